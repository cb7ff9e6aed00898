import type { Memory, Validation } from '../memory.ts';
import type { Store } from '../ports.ts';
import type { Json } from '../types.ts';

/** What became of dreams that are remembered no more. */
interface Gone {
  confirmed: number;
  refuted: number;
  expired: number;
  /** Those of them that still have a tombstone, and as what they were counted. */
  buried: Record<string, Ended>;
}
type Ended = 'confirmed' | 'refuted' | 'expired';

/** The key under which the figures outlive the dreams. */
export const goneDreamsKey = 'gone-dreams';

const tombstonesAtMost = 5_000;

/**
 * How many dreams wait, and how many were ever confirmed, refuted, or let go untested: those that are remembered (`remembered`: all of
 * them), and those that were forgotten since. A forgotten one is counted while its tombstone is there, and stays counted; one that is
 * brought back is remembered again. Only what the owner deletes for good is not counted.
 */
export async function dreamCounts(
  store: Pick<Store, 'state' | 'setState' | 'tombstones' | 'memoriesById'>,
  remembered: readonly Memory[],
): Promise<Record<Ended | 'waiting', number>> {
  const gone = await countGone(store);
  const counts = { waiting: 0, confirmed: gone.confirmed, refuted: gone.refuted, expired: gone.expired };
  for (const { validation } of remembered)
    if (validation === 'needs-validation') counts.waiting += 1;
    else if (isEnded(validation)) counts[validation] += 1;
  return counts;
}

/** Has to be called more often than tombstones are dropped; writes only when something is new. */
export async function countGone(
  store: Pick<Store, 'state' | 'setState' | 'tombstones' | 'memoriesById'>,
): Promise<Gone> {
  const [kept, tombstones] = await Promise.all([store.state(goneDreamsKey), store.tombstones(tombstonesAtMost)]);
  const before = goneFromJson(kept);
  const standing = tombstones.filter(({ kind }) => kind === 'dream');
  const ids = new Set(standing.map(({ id }) => id));
  const left = Object.keys(before.buried).filter((id) => !ids.has(id));
  const fresh = standing.filter(({ id, was }) => before.buried[id] === undefined && isEnded(was.validation));
  if (left.length + fresh.length === 0) return before;
  const back = new Set((left.length > 0 ? await store.memoriesById(left) : []).map(({ id }) => id));
  const after: Gone = { ...before, buried: { ...before.buried } };
  for (const id of left) {
    const as = after.buried[id];
    delete after.buried[id];
    if (as && back.has(id)) after[as] -= 1;
  }
  for (const { id, was } of fresh)
    if (isEnded(was.validation)) {
      after.buried[id] = was.validation;
      after[was.validation] += 1;
    }
  await store.setState(goneDreamsKey, { ...after });
  return after;
}

const isEnded = (validation: Validation): validation is Ended =>
  validation === 'confirmed' || validation === 'refuted' || validation === 'expired';

/** Reads what was kept; whatever is missing or odd is as if nothing were gone. */
function goneFromJson(value: Json): Gone {
  const kept = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  const count = (name: Ended) => {
    const figure = kept[name];
    return typeof figure === 'number' && figure >= 0 ? Math.floor(figure) : 0;
  };
  const buried =
    typeof kept.buried === 'object' && kept.buried !== null && !Array.isArray(kept.buried) ? kept.buried : {};
  return {
    confirmed: count('confirmed'),
    refuted: count('refuted'),
    expired: count('expired'),
    buried: Object.fromEntries(
      Object.entries(buried).filter((entry): entry is [string, Ended] => isEnded(entry[1] as Validation)),
    ),
  };
}
