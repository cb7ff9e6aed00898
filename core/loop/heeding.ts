import { firedPatterns } from '../attend/learned.ts';
import type { Evidence, Expectation, MemoryChange, Settled } from '../memory.ts';
import { follow, graceMs, overdue, type SawSource, sawAmong } from '../remember/expectations.ts';
import { promotingOn } from '../remember/promotion.ts';
import { type PromoteDream, scored } from '../remember/scoring.ts';
import type { Fired, Observation } from '../types.ts';
import type { Mind } from './mind.ts';

/** What a batch means for what is expected: it settles what was, and gives rise to what will be. */
export interface Heeded {
  /** Learned patterns that this batch sets off, for attention and thought. */
  fired: Fired[];
  settled: Settled[];
  expectations: Expectation[];
  /** The scores that follow, and what has become of dreams. */
  changes: MemoryChange[];
}

const openAtMost = 500;

/**
 * Holds the batch against what learned patterns, dreams and decisions expect (ME6, SL4). Dreams are watched in the same way as patterns,
 * and end here: only patterns fire.
 */
export async function heed(mind: Mind, batch: readonly Observation[]): Promise<Heeded> {
  const now = mind.clock.now();
  const [rules, open] = await Promise.all([mind.store.rules(), mind.store.openExpectations(openAtMost)]);
  const { expectations, settled } = follow(rules, batch, open, {
    now,
    nextId: mind.nextId,
    sawSource: await sawSources(mind, overdue(open, now), batch),
  });
  const patterns = rules.filter((each) => each.kind === 'pattern');
  return {
    fired: firedPatterns(batch, patterns, now),
    settled,
    expectations,
    changes: scored(settled, rules, { now, nextId: mind.nextId, batch, promoteDream: await promoting(mind, settled) }),
  };
}

/** A dream that comes true rests on everything that bore it out, now and before. */
async function promoting(mind: Mind, settled: readonly Settled[]): Promise<PromoteDream> {
  const dreams = new Set(settled.filter((each) => each.of === 'dream').map((each) => each.ofId));
  const before = new Map<string, Evidence[]>();
  for (const id of dreams) before.set(id, await mind.store.evidenceOf(id));
  return promotingOn(before);
}

/** Whether anybody looked while these were waited for decides between "did not come" and "nobody knows". */
async function sawSources(mind: Mind, late: readonly Expectation[], batch: readonly Observation[]): Promise<SawSource> {
  const stretches = late.map(({ wants, since, dueAt }) => ({
    source: wants.source ?? null,
    from: since,
    until: dueAt + graceMs,
  }));
  const saw = stretches.length > 0 ? await mind.store.sawSource(stretches) : [];
  const known = new Map(stretches.map(({ source, from, until }, n) => [keyOf(source, from, until), saw[n]]));
  // What this batch sets off may be overdue at once: of that the batch tells.
  const among = sawAmong(batch);
  return (source, from, until) => known.get(keyOf(source, from, until)) ?? among(source, from, until);
}

const keyOf = (source: string | null, from: number, until: number) => JSON.stringify([source, from, until]);
