import { createObjectWatch } from './object-watch.ts';
import type { Processor } from './processor.ts';

/** Without these an object is no decision, whatever it is; a model that names them otherwise simply speaks to its end. */
const ofDecision = ['action_type', 'reasoning'];

/**
 * Complete as soon as the decision's JSON object has closed with which the answer begins (TH2): with the very token that holds the closing
 * brace. What is only weighed while reasoning, also aloud before an answer, does not count. `names` are those that the object must have;
 * others are for other schemas.
 */
export function decisionComplete({ names = ofDecision }: { names?: readonly string[] } = {}): Processor {
  const watch = createObjectWatch(names);
  return {
    name: 'decision-complete',
    push: ({ channel, text }) => (channel === 'answer' && watch.push(text) ? { kind: 'complete' } : null),
  };
}
