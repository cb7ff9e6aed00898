import { asJson } from '../json.ts';
import type { Digest, Memory, Sleep, Tombstone } from '../memory.ts';
import { plainLine } from '../observe/text.ts';
import type { Stamp } from '../types.ts';
import { audit, auditKey } from './audit.ts';
import { type Gap, gapsKey, keepCap } from './deep.ts';
import { counted } from './mine/wording.ts';
import type { Night } from './phase.ts';

type Line = Digest['lines'][number];

/** What happened to memory since the digest before. */
export interface Since {
  from: Stamp;
  until: Stamp;
  /** Formed since. */
  learned: readonly Memory[];
  /** Dreams settled since. */
  settled: readonly Memory[];
  /** Forgotten since. */
  forgotten: readonly Tombstone[];
  /** What happened often and nothing is known of, most often first. */
  gaps: readonly Gap[];
  sleep: Pick<Sleep, 'phases'>;
}

const mostOf = { learned: 8, settled: 5, reasons: 3 };
const lineLength = 300;
const memoriesAtMost = 500;
const dayMs = 86_400_000;
const auditEveryMs = 20 * 3_600_000;

/**
 * "While you slept" (SL5): plain sentences, most important first: what was learned, what dreams came to, what was forgotten and why, what
 * went wrong in the night. Null when there is nothing to tell.
 */
export function digestOf(since: Since): Digest | null {
  const lines = [
    ...learnedLines(since),
    ...settledLines(since),
    ...forgottenLines(since),
    ...failedLines(since),
    ...gapLines(since),
  ];
  return lines.length === 0 ? null : { from: since.from, until: since.until, lines };
}

const heads: Partial<Record<Memory['kind'], string>> = {
  pattern: 'New pattern',
  lesson: 'Lesson',
  principle: 'Principle',
  learning: 'Learned',
};
const order: readonly Memory['kind'][] = ['pattern', 'lesson', 'principle', 'learning'];

function learnedLines({ learned }: Since): Line[] {
  const told = learned
    .filter((each) => heads[each.kind] !== undefined)
    .toSorted(
      (a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || b.importance - a.importance || (a.id < b.id ? -1 : 1),
    );
  const rest = told.slice(mostOf.learned);
  const more = rest.length > 0 ? [lineOf(`And ${counted(rest.length, 'more learning')}.`, rest)] : [];
  return [
    ...told.slice(0, mostOf.learned).map((each) => lineOf(`${heads[each.kind]}: ${each.text}${figures(each)}`, [each])),
    ...more,
  ];
}

/** How often a rule held, unless its words say so already. */
const figures = ({ rule, hits, misses, text }: Memory): string =>
  rule && hits + misses > 0 && !/\d+ of \d+/.test(text) ? ` It held ${hits} of ${hits + misses} times.` : '';

const became = {
  confirmed: 'A dream came true',
  refuted: 'A dream was wrong',
} as const;

function settledLines({ settled }: Since): Line[] {
  const lines = (['confirmed', 'refuted'] as const).flatMap((validation) =>
    settled
      .filter((each) => each.validation === validation)
      .slice(0, mostOf.settled)
      .map((each) => {
        const cases = each.hits + each.misses;
        return lineOf(`${became[validation]}: ${each.text} It held ${each.hits} of ${counted(cases, 'time')}.`, [each]);
      }),
  );
  const expired = settled.filter((each) => each.validation === 'expired');
  if (expired.length === 0) return lines;
  return [
    ...lines,
    lineOf(
      `${counted(expired.length, 'dream')} could not be tested in time and ${expired.length === 1 ? 'was' : 'were'} let go.`,
      expired,
    ),
  ];
}

function forgottenLines({ forgotten }: Since): Line[] {
  if (forgotten.length === 0) return [];
  const reasons = [...Map.groupBy(forgotten, (each) => each.why)].sort(([, a], [, b]) => b.length - a.length);
  const why = reasons
    .slice(0, mostOf.reasons)
    .map(([words, each]) => `${each.length} because ${plainLine(words, 120)}`);
  const rest = reasons.slice(mostOf.reasons).reduce((sum, [, each]) => sum + each.length, 0);
  const said = [...why, ...(rest > 0 ? [`${rest} for other reasons`] : [])].join(', ');
  const things = forgotten.length === 1 ? '1 memory was' : `${forgotten.length.toLocaleString('en')} memories were`;
  return [lineOf(`${things} forgotten: ${said}.`, [])];
}

const phaseNames = { light: 'light sleep', deep: 'deep sleep', dream: 'the dream', digest: 'the digest' } as const;

function failedLines({ sleep }: Since): Line[] {
  return sleep.phases
    .filter((each) => each.note !== null && each.made.failed !== undefined)
    .map((each) => lineOf(`Something went wrong in ${phaseNames[each.phase]}: ${each.note}`, []));
}

function gapLines({ gaps }: Since): Line[] {
  const [most] = gaps;
  if (!most) return [];
  return [
    lineOf(
      `Much happened to ${plainLine(most.target, 120)} (${counted(most.episodes, 'episode')}), and nothing is known of it yet.`,
      [],
    ),
  ];
}

const lineOf = (text: string, memories: readonly Memory[]): Line => ({
  text: plainLine(text, lineLength),
  memoryIds: memories.slice(0, 20).map((each) => each.id),
});

/** The last phase (SL5): lets dreams go whose time is over, buries what was forgotten long ago, takes stock, and tells. */
export async function digest(night: Night): Promise<void> {
  const { store, settings } = night.parts;
  await expire(night);
  await store.bury(night.now() - settings().memory.tombstoneDays * dayMs);
  if (night.news && (await auditDue(night))) {
    await keepCap(night);
    await night.commit({ state: { [auditKey]: asJson(await audit(night)) } });
  }
  const since = await gather(night);
  const told = digestOf(since);
  await night.commit({
    ...(told && { digest: told }),
    made: { lines: told?.lines.length ?? 0 },
    agenda: { toldUntil: since.until },
  });
}

/** Once a night: a busy day has several sleeps. A clock that was set back makes it due again. */
async function auditDue(night: Night): Promise<boolean> {
  const before = await night.parts.store.state(auditKey);
  const at = before !== null && typeof before === 'object' && !Array.isArray(before) ? before.at : null;
  const age = typeof at === 'number' ? night.now() - at : Number.POSITIVE_INFINITY;
  return age < 0 || age >= auditEveryMs;
}

async function gather(night: Night): Promise<Since> {
  const { store } = night.parts;
  const sleep = night.sleep();
  const from = night.agenda().toldUntil ?? sleep.startedAt - dayMs;
  const settledAs = ['confirmed', 'refuted', 'expired'] as const;
  const [learned, settled, forgotten, gaps] = await Promise.all([
    store.memories({ kinds: order, limit: memoriesAtMost }),
    store.memories({ kinds: ['dream'], validation: settledAs, limit: memoriesAtMost }),
    store.tombstones(memoriesAtMost),
    sleep.phases.some((each) => each.phase === 'deep') ? store.state(gapsKey) : [],
  ]);
  return {
    from,
    until: night.now(),
    // A pattern that was a dream is told as a dream that came true.
    learned: learned.filter((each) => each.formedAt > from && each.validation === 'seen' && each.trust !== 'owner'),
    settled: settled.filter((each) => each.changedAt > from),
    forgotten: forgotten.filter((each) => each.forgottenAt > from),
    gaps: Array.isArray(gaps) ? (gaps as unknown as Gap[]) : [],
    sleep,
  };
}

/** Dreams that nothing could test in their time. */
async function expire(night: Night): Promise<void> {
  const at = night.now();
  const waiting = await night.parts.store.memories({
    kinds: ['dream'],
    validation: ['needs-validation'],
    limit: memoriesAtMost,
  });
  const over = waiting.filter(({ expiresAt }) => expiresAt !== null && expiresAt <= at);
  if (over.length === 0) return;
  await night.commit({
    changes: over.map(({ id }) => ({ kind: 'validate', id, validation: 'expired', at })),
    made: { expired: over.length },
  });
}
