import { ageWords, exactWords } from '../age.ts';
import { usePart } from '../page-context.ts';

/** How long ago, moving on by itself; the exact time on hover. */
export function Age({ at }: { at: number }) {
  const age = usePart((state) => ageWords(at, state.nowAt));
  return (
    <time className="age" dateTime={new Date(at).toISOString()} title={exactWords(at)}>
      {age}
    </time>
  );
}
