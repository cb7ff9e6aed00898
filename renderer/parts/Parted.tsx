import { useEffect, useRef } from 'react';
import { memoryWords } from '../memory-words.ts';
import { useActions } from '../page-context.ts';
import { useTask } from '../use-task.ts';

/** How the owner parted with a memory: for 30 days, or for good. */
export type Parting = 'forgotten' | 'deleted';

/** Stands where the memory stood. What was only forgotten can be brought back at once. */
export function Parted({ id, parting, onBack }: { id: string; parting: Parting; onBack: () => void }) {
  const actions = useActions();
  const { run, busy, said } = useTask();
  const title = useRef<HTMLHeadingElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => (button.current ?? title.current)?.focus(), []);
  const bringBack = async () => {
    if (await run(() => actions.send({ kind: 'bring-back', id }))) onBack();
  };
  return (
    <section className="empty parted">
      <h2 ref={title} className="empty-title" tabIndex={-1}>
        {parting === 'forgotten' ? memoryWords.forgotten : memoryWords.removed}
      </h2>
      <output className="faint">
        {parting === 'forgotten' ? memoryWords.forgottenMeans : memoryWords.removedMeans}
      </output>
      {parting === 'forgotten' && (
        <button ref={button} type="button" className="button" aria-disabled={busy} onClick={() => void bringBack()}>
          {memoryWords.bringBack}
        </button>
      )}
      {said}
    </section>
  );
}
