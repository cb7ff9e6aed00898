import { z } from 'zod';
import type { Result } from '../../errors.ts';
import { fail, ok } from '../../errors.ts';
import type { Mark } from '../../types.ts';
import { type Head, type KnownHead, type Move, readHead, readMoves } from './head.ts';
import { type HistoryParts, type Told, tellRecent, tellStep } from './history.ts';
import { type Step, stepsOf, stepsWithoutLog } from './steps.ts';
import { markKey, type Telling, tell } from './telling.ts';

/**
 * What to tell of a repository that was never seen before: nothing, the commits of the last `spanMs`, or what the log of HEAD holds since
 * a stamp (for a repository that was made before our eyes).
 */
export type FirstLook = { kind: 'nothing' } | { kind: 'recent'; spanMs: number } | { kind: 'log'; since: number };

export interface HeadFollower {
  /** What is known; null before the first look. */
  known(): KnownHead | null;
  load(): Promise<void>;
  /** Tells what moved HEAD since the last look. Fails when HEAD cannot be read; what is known then stays as it was. */
  look(): Promise<Result<null>>;
}

/** Commits remembered as told, so that merging one's own branch tells none of them again. */
const toldRing = 200;
/** Git writes the log and the branch one after the other: so often we read both again before we believe that they differ. */
const mostReads = 5;

const objectId = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/);
const knownSchema = z.object({
  hash: objectId.nullable(),
  branch: z.string(),
  detached: z.boolean(),
  at: z.number().int().min(0),
});

export function followHead(telling: Telling, firstLook: FirstLook): HeadFollower {
  const { place, ask, clock, marks } = telling;
  const headKey = markKey(place, 'head');
  const toldKey = markKey(place, 'told');
  let head: KnownHead | null = null;
  let told: string[] = [];
  const history: HistoryParts = { place, ask, clock, draft: telling.draft, wasTold: (hash) => told.includes(hash) };

  /** HEAD is known to have moved only with the last draft of a step: a crash in between tells the rest, and nothing twice. */
  function offer(drafts: Told[], after: KnownHead): void {
    const moved: Mark = { key: headKey, value: { ...after } };
    drafts.forEach(({ draft, hashes }, index) => {
      told = [...told, ...hashes].slice(-toldRing);
      const marked: Mark[] = hashes.length > 0 ? [{ key: toldKey, value: told }] : [];
      tell(telling, draft, index === drafts.length - 1 ? [...marked, moved] : marked);
    });
    if (drafts.length === 0) tell(telling, null, [moved]);
    head = after;
  }

  async function offerSteps(steps: Step[], after: KnownHead): Promise<void> {
    for (const step of steps) offer(await tellStep(history, step), step.after);
    if (head === null || !same(head, after)) offer([], after);
  }

  async function begin(now: Head): Promise<void> {
    const { moves, end } = await readMoves(place, { ...now, hash: null, at: 0 });
    const after = { ...now, at: end };
    if (firstLook.kind === 'log') {
      const since = Math.floor(firstLook.since / 1000);
      const recent = (moves ?? []).filter((move) => move.second >= since);
      return offerSteps(stepsOf({ ...now, at: 0 }, after, recent), after);
    }
    const tells = firstLook.kind === 'recent' && now.hash !== null;
    offer(tells ? await tellRecent(history, now.hash as string, now.branch, firstLook.spanMs) : [], after);
  }

  async function look(): Promise<Result<null>> {
    const read = await readBoth(telling, head);
    if (!read.ok) return read;
    const { now, moves, end } = read.value;
    if (head === null) await begin(now);
    else if (now.hash === null && head.hash !== null && now.branch === head.branch) return lost;
    else {
      const after = { ...now, at: end };
      await offerSteps(moves ? stepsOf(head, after, moves) : stepsWithoutLog(head, after), after);
    }
    return ok(null);
  }

  async function load(): Promise<void> {
    const [known, hashes] = await Promise.all([marks.get(headKey), marks.get(toldKey)]);
    head = knownSchema.nullable().catch(null).parse(known);
    told = z.array(z.string()).catch([]).parse(hashes);
  }

  return { known: () => head, load, look };
}

/** HEAD and what its log says led there; no moves when the log does not lead there. */
async function readBoth(
  { ask, place }: Telling,
  known: KnownHead | null,
): Promise<Result<{ now: Head; moves: Move[] | null; end: number }>> {
  for (let reads = 1; ; reads++) {
    const now = await readHead(ask);
    if (!now.ok) return now;
    if (known === null) return ok({ now: now.value, moves: null, end: 0 });
    const { moves, end } = await readMoves(place, known);
    const leadsTo = moves?.at(-1)?.to ?? known.hash;
    if (moves !== null && leadsTo === now.value.hash) return ok({ now: now.value, moves, end });
    // A new branch without commits is not in the log.
    if (end === 0 || now.value.hash === null || reads === mostReads) return ok({ now: now.value, moves: null, end });
  }
}

const lost = fail({ class: 'permanent', code: 'head-unreadable', message: 'its current branch cannot be read' });

const same = (a: KnownHead, b: KnownHead): boolean =>
  a.hash === b.hash && a.branch === b.branch && a.detached === b.detached && a.at === b.at;
