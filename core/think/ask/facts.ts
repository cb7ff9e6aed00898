import { plainLine } from '../../observe/text.ts';
import { observationWords } from '../../observe/words.ts';
import type { Focus, Observation, Stamp, Trouble } from '../../types.ts';
import { counted, times } from '../rules/wording.ts';
import { withoutRefs } from './citations.ts';
import { clockWords, dayWords } from './dates.ts';
import type { Observed } from './gather.ts';

/** What goes on now: no memory yet, but what a question may be about. */
export interface Facts {
  focus: Pick<Focus, 'topic' | 'since'> | null;
  troubles: readonly Pick<Trouble, 'what' | 'remedy'>[];
  /** What was observed in the last hour, newest first. */
  seen: readonly Observation[];
  /** How often the things that the question names were observed; null when it names none, or asks for something else. */
  observed: Observed | null;
}

const troublesAtMost = 4;
const seenAtMost = 8;

/** The same in lines for a prompt, the most telling first; what looks like a ref in them is none. */
export const factLines = (facts: Facts, now: Stamp): string[] => told(facts, now).map(withoutRefs);

function told({ focus, troubles, seen, observed }: Facts, now: Stamp): string[] {
  return [
    ...observedLines(observed, now),
    ...troubles.slice(0, troublesAtMost).map(({ what }) => `Trouble: ${what}`),
    ...(focus ? [`Attends to: ${focus.topic}, since ${clockWords(focus.since)}`] : []),
    seen.length > 0
      ? `Observed in the last hour: ${counted(seen.length, 'thing')}`
      : 'Observed in the last hour: nothing',
    ...seen
      .slice(0, seenAtMost)
      .map((each) => `${clockWords(Math.min(each.occurredAt, now))} ${observationWords(each)}`),
  ];
}

/** `Observed: “test failed” on npm test 8 times, on 2 days since 2 May, last yesterday at 16:20.` */
export const observedLines = (observed: Observed | null, now: Stamp): string[] =>
  (observed?.tallies ?? []).map(({ target, type, count, days, lastAt }) => {
    const what = `“${plainLine(type.replaceAll('-', ' '), 60)}” on ${plainLine(target, 100)}`;
    const span = `on ${counted(days, 'day')} since ${dayWords(observed?.since ?? now, now)}`;
    return `Observed: ${what} ${times(count)}, ${span}, last ${dayWords(lastAt, now)} at ${clockWords(lastAt)}.`;
  });
