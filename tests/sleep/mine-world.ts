import type { Brief } from '../../core/memory.ts';
import type { Finding, FindingKind } from '../../core/sleep/mine/finding.ts';
import { createMiner } from '../../core/sleep/mine/mine.ts';

export const minuteMs = 60_000;
export const days = 14;
/** Monday, 2026-06-15, 03:00 of the owner's clock: the night in which is counted. */
export const night = new Date(2026, 5, 15, 3).getTime();
/** A moment of 2026-06 of the owner's clock. */
export const june = (day: number, hour = 9, minute = 0) => new Date(2026, 5, day, hour, minute).getTime();

export type Happening = Partial<Brief> & { at: number };

export const edit = (at: number, target: string, over: Partial<Brief> = {}): Happening => ({ at, target, ...over });
export const failed = (at: number, target = 'npm test', over: Partial<Brief> = {}): Happening => ({
  at,
  target,
  source: 'ci',
  type: 'test-failed',
  severity: 'error',
  attended: true,
  ...over,
});
export const commit = (at: number, over: Partial<Brief> = {}): Happening => ({
  at,
  source: 'git',
  type: 'commit-made',
  target: 'shop',
  attended: true,
  ...over,
});

/** Happenings as the store would give them: in the order in which they are listed. */
export const briefs = (happenings: readonly Happening[]): Brief[] =>
  happenings.map((each, seq) => ({
    seq,
    id: `o${seq}`,
    source: 'files',
    type: 'file-changed',
    target: 'src/a.ts',
    place: '/shop',
    severity: 'info',
    trust: 'observed',
    causeId: null,
    count: 1,
    attended: false,
    ...each,
  }));

export const inOrder = (happenings: readonly Happening[]) => happenings.toSorted((a, b) => a.at - b.at);

/** What one night finds in these happenings, in the order given. */
export function mined(happenings: readonly Happening[], now = night): Finding[] {
  const miner = createMiner({ now, days });
  const all = briefs(happenings);
  for (let from = 0; from < all.length; from += 2_000) miner.take(all.slice(from, from + 2_000));
  return miner.findings();
}

export const ofKind = (found: readonly Finding[], kind: FindingKind) => found.filter((each) => each.kind === kind);

/** Ordinary work: on each of these days an edit every five minutes from nine to five, of files that nothing else touches. */
export const work = (from = 1, until = 14): Happening[] =>
  Array.from({ length: until - from + 1 }, (_, day) =>
    Array.from({ length: 96 }, (_, n) =>
      edit(june(from + day, 9, n * 5), `src/work/part-${'abcdefgh'[(n * 7 + day * 3) % 8]}.ts`),
    ),
  ).flat();
