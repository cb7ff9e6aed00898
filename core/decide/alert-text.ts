import { topicOf } from '../attend/focus.ts';
import { pathName, plain } from '../think/rules/wording.ts';
import { type Insight, type Observation, severities } from '../types.ts';

const titleAtMost = 60;
const bodyAtMost = 200;

/**
 * What an alert says: in the title what it is about (the worst of what it rests on, of equals the newest), in the body the insight. Each is
 * one line of visible characters, cut on a word. `evidence` may be empty.
 */
export function alertText(
  insight: Pick<Insight, 'text'>,
  evidence: readonly Observation[],
  critical: boolean,
): { title: string; body: string } {
  const [worst] = evidence.toSorted(
    (a, b) => severities.indexOf(b.severity) - severities.indexOf(a.severity) || b.occurredAt - a.occurredAt,
  );
  const about =
    worst && (worst.trust === 'owner' ? plain(topicOf(worst), titleAtMost) : pathName(worst.target, titleAtMost));
  return { title: about || (critical ? 'Something critical' : 'Worth a look'), body: plain(insight.text, bodyAtMost) };
}
