import type { Severity } from '../../types.ts';
import { severities } from '../../types.ts';
import { type Candidate, countedFact } from './candidate.ts';
import { type Item, type Seen, sum, words } from './reading.ts';
import { counted, figure, fit, ordinal, pathName, quoted, times } from './wording.ts';

/** Rules that hold for every source, known or not: errors, and warnings that come back. Each is a `Rule.look`. */

/** Its place in the order of severities; larger is worse. */
export const rank = (severity: Severity): number => severities.indexOf(severity);

/** Every error and critical observation: the two worst kinds by name, the others by number. */
export function alarm(seen: Seen): Candidate | null {
  const alarms = seen.all.filter(({ observation }) => rank(observation.severity) >= rank('error'));
  const [worst, next, ...others] = [...Map.groupBy(alarms, alarmKey).values()]
    .map(alarmOf)
    .sort((a, b) => rank(b.severity) - rank(a.severity));
  if (!worst) return null;
  const more = sum(others, ({ often }) => often);
  const second = next ? `; ${next.severity} from ${next.what}` : '';
  const critical = worst.severity === 'critical';
  return {
    text: fit([
      `${critical ? 'Critical' : 'Error'} from ${worst.what}${second}${more ? `; and ${figure(more)} more` : ''}.`,
      worst.message && `It says: ${quoted(worst.message, 90)}.`,
    ]),
    clause: `${critical ? 'Critical' : 'Error'} from ${worst.what}.`,
    importance: critical ? 0.95 : 0.8,
    confidence: countedFact,
    refs: alarms.map(({ ref }) => ref),
    because: `${counted(sum(alarms, countOf), 'observation')} of severity error or worse, which is always worth a word`,
    must: true,
    watchFor: `No further ${critical ? 'critical observation' : 'error'} on ${worst.target}.`,
  };
}

const alarmKey = ({ observation: { source, type, target, severity } }: Item): string =>
  JSON.stringify([severity, source, type, target]);

/** Equal alarms as one: `ci: “test failed” on cart.test.ts, 3 times`. */
function alarmOf(items: Item[]) {
  const { observation } = items[0] as Item;
  const { source, type, details, severity } = observation;
  const often = sum(items, countOf);
  const target = pathName(observation.target);
  return {
    severity,
    often,
    target,
    what: `${pathName(source, 30)}: ${quoted(typeWords(type), 30)} on ${target}, ${times(often)}`,
    message: words(details.message) ?? words(details.text) ?? words(details.error),
  };
}

/** The same warning or error on the same target for at least the third time in the history. */
export function repeats(seen: Seen): Candidate | null {
  const warned = seen.all.filter(
    ({ observation }) => rank(observation.severity) >= rank('warning') && observation.type !== 'work-uncommitted',
  );
  const found = warned.flatMap((item) => {
    const { type, target, source } = item.observation;
    const entry = seen.context.history.find(
      (each) => each.target === target && each.type === type && each.source === source,
    );
    return entry && entry.count >= 3 ? [{ item, entry }] : [];
  });
  const [top] = found.sort((a, b) => b.entry.count - a.entry.count || (a.item.ref < b.item.ref ? -1 : 1));
  if (!top) return null;
  const { count, days } = top.entry;
  const what = `${quoted(typeWords(top.entry.type), 40)} on ${pathName(top.entry.target)}`;
  const when = days > 1 ? `on ${figure(days)} of the last 7 days` : 'within one day';
  return {
    text: `${what} for the ${ordinal(count)} time ${when}.`,
    clause: `${what}: ${ordinal(count)} time ${when}.`,
    importance: rank(top.item.observation.severity) >= rank('error') ? 0.7 : 0.6,
    confidence: countedFact,
    refs: found.filter(({ entry }) => entry === top.entry).map(({ item }) => item.ref),
    because: `the history of the last 7 days holds it ${times(count)}`,
  };
}

const countOf = ({ observation }: Item): number => Math.max(1, Math.round(observation.count));

/** `test-failed` → `test failed`. */
export const typeWords = (type: string): string => type.replace(/[-_]+/g, ' ').trim() || 'unnamed';
