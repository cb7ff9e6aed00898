import { plainLine } from '../../observe/text.ts';
import type { Fired, Observation, Stamp } from '../../types.ts';
import { typeWords } from './alarm.ts';
import { type Candidate, countedFact } from './candidate.ts';
import type { Seen } from './reading.ts';
import { figure, fit, pathName, quoted, span, times } from './wording.ts';

/** The same prediction is not made again for so long, nor while it stands. */
const quietMs = 12 * 3_600_000;

/** A decision without any confidence would be none. */
const leastConfidence = 0.1;

/** What a learned pattern foretells after something that was just seen, with its figures: `Rule.look`. Only what is worth noticing. */
export function pattern({ all, context }: Seen): Candidate | null {
  const found = context.patterns.flatMap((fired) => {
    const item = all.find(({ observation }) => observation.id === fired.observationId);
    return item && isForetold(fired, context.now) ? [{ fired, item }] : [];
  });
  const [top] = found.sort((a, b) => b.fired.confidence - a.fired.confidence || (a.item.ref < b.item.ref ? -1 : 1));
  if (!top) return null;
  const { fired, item } = top;
  const withinMs = fired.until - item.observation.occurredAt;
  const cases = fired.hits + fired.misses;
  const happened = happenedTo(item.observation);
  const often = `${figure(fired.hits)} of ${times(cases)}`;
  const expected = plainLine(fired.expects, 90);
  return {
    text: fit([
      `${happened}; within ${span(withinMs) ?? 'a moment'} after that came ${expected} ${often}${since(fired)}.`,
    ]),
    clause: `${happened}: ${expected} may follow (${often}).`,
    importance: 0.5 + 0.3 * fired.confidence,
    confidence: Math.min(countedFact, Math.max(leastConfidence, fired.confidence)),
    refs: [item.ref],
    because: `a learned pattern held ${often}`,
    isOther: (told) => told.formedAt + Math.max(quietMs, withinMs) < item.observation.occurredAt,
  };
}

/** Trouble ahead that is still ahead. */
const isForetold = ({ lift = 0, hits, until }: Fired, now: Stamp): boolean => lift > 0 && hits >= 2 && until > now;

/** `package-lock.json changed`, `“deploy started” on shop`. */
function happenedTo({ type, target }: Observation): string {
  const kind = /^file-(created|changed|deleted|renamed)$/.exec(type)?.[1];
  return kind ? `${pathName(target)} ${kind}` : `${quoted(typeWords(type), 40)} on ${pathName(target)}`;
}

const since = ({ learnedAt }: Fired): string =>
  learnedAt === undefined ? '' : ` (learned on ${new Date(learnedAt).toISOString().slice(0, 10)})`;
