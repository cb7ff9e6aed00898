import type { Evidence, Expectation, HeldEpisode, LearnedFrom, Memory, MemoryChange, Settled } from '../memory.ts';
import type { Draft } from '../remember/draft.ts';
import { overdue, sawAmong, settle } from '../remember/expectations.ts';
import { fadeEpisode } from '../remember/forgetting.ts';
import { lessonsOf, reweighedBy } from '../remember/outcomes.ts';
import { promotingOn } from '../remember/promotion.ts';
import { scored } from '../remember/scoring.ts';
import { admitted, knownFor, letGoBefore } from './admitting.ts';
import { learnFrom } from './learn-from.ts';
import { createMiner } from './mine/mine.ts';
import { findingToDraft } from './mine/to-draft.ts';
import { pagesOfBriefs } from './pages.ts';
import type { Night } from './phase.ts';
import { renewRunning, sumUp } from './summing-up.ts';

const dayMs = 86_400_000;
/**
 * A busy day has four or five sleeps: counting in each of them would only find the same. Once a night is enough; a nap in the middle of work,
 * and after that one over lunch, leaves it to the night.
 */
const mineEveryMs = 16 * 3_600_000;
const mineAfterMs = 20 * 3_600_000;
export const minedAtKey = 'sleep-mined-at';
/** Up to when settled decisions have been weighed. */
const weighedUntilKey = 'sleep-weighed-until';
/** Admitting more at once would hold up the loop. */
const draftsAtATime = 8;
const openAtMost = 1_000;
const settledAtMost = 500;
const episodesAtMost = 5_000;
/** Observations that are looked at to see what became of what was expected. */
const witnessesAtMost = 20_000;

/** Light sleep (SL2): learns from what was counted, from each episode once, and from what decisions came to; then short-term memory fades. */
export async function light(night: Night): Promise<void> {
  if (night.news) {
    if (await isWorthMining(night)) await mine(night);
    await settleOutcomes(night);
  }
  await consolidate(night);
  await sumUp(night);
  if (night.news) await renewRunning(night);
  await fade(night);
}

/** Fourteen days look much the same an hour later; whoever asks for a sleep gets all of it, and a clock that was set back holds up nothing. */
async function isWorthMining(night: Night): Promise<boolean> {
  const minedAt = await night.parts.store.state(minedAtKey);
  const { reason } = night.sleep();
  const sinceMs = typeof minedAt === 'number' ? night.now() - minedAt : mineAfterMs;
  return reason === 'request' || sinceMs < 0 || sinceMs >= (reason === 'cycles' ? mineAfterMs : mineEveryMs);
}

/** Counts through the last days, page by page so that nobody has to wait for it. What is found is admitted in a few steps. */
async function mine(night: Night): Promise<void> {
  const { store, clock, settings } = night.parts;
  const days = settings().sleep.mineDays;
  const miner = createMiner({ now: night.now(), days });
  let minedSeq = night.agenda().minedSeq;
  for await (const page of pagesOfBriefs(store, { from: night.now() - (days + 1) * dayMs, signal: night.signal })) {
    miner.take(page);
    minedSeq = Math.max(minedSeq, page.at(-1)?.seq ?? 0);
  }
  const search = miner.search();
  let part = search.next();
  for (; !part.done; part = search.next()) {
    await new Promise<void>((resolve) => clock.after(0, resolve));
    night.signal.throwIfAborted();
  }
  const drafts = part.value.map(findingToDraft);
  const letGo = await letGoBefore(store);
  for (let at = 0; at < drafts.length; at += draftsAtATime) {
    const { changes, made } = await admitted(night, drafts.slice(at, at + draftsAtATime), letGo);
    night.signal.throwIfAborted();
    await night.commit({ changes, made: made.byKind });
  }
  await night.commit({ made: { found: drafts.length }, agenda: { minedSeq }, state: { [minedAtKey]: night.now() } });
}

/** What was expected and is overdue is settled by what was seen, memories gain or lose by it, and repeated mistakes become lessons (ME6). */
async function settleOutcomes(night: Night): Promise<void> {
  const { store } = night.parts;
  const now = night.now();
  const due = overdue(await store.openExpectations(openAtMost), now);
  const settled = due.length > 0 ? await settledBySight(night, due, now) : [];
  const weighed = await weighedDecisions(night, settled, now);
  if (settled.length > 0 || weighed.length > 0) {
    const changes = [...(settled.length > 0 ? await scores(night, settled, now) : []), ...weighed];
    await night.commit({ settled, changes, made: { settled: settled.length }, state: { [weighedUntilKey]: now } });
  }
  const judged = await store.settledExpectations('decision', settledAtMost);
  const lessons = judged.length > 0 ? lessonsOf(judged, await store.episodesById(judged.map(({ ofId }) => ofId))) : [];
  if (lessons.length === 0) return;
  const { changes, made } = await admitted(night, lessons);
  await night.commit({ changes, made: made.byKind });
}

async function settledBySight(night: Night, due: readonly Expectation[], now: number): Promise<Settled[]> {
  const from = Math.min(...due.map((each) => each.since));
  const seen = [];
  for await (const page of pagesOfBriefs(night.parts.store, { from, signal: night.signal })) {
    seen.push(...page);
    if (seen.length >= witnessesAtMost) break;
  }
  return settle(due, seen, now, sawAmong(seen));
}

/** What patterns and dreams score. A dream that comes true rests on everything that bore it out, now and before. */
async function scores(night: Night, settled: readonly Settled[], now: number): Promise<MemoryChange[]> {
  const { store, nextId } = night.parts;
  const ofDreams = settled.filter((each) => each.of === 'dream');
  const batch = await store.observations([...new Set(ofDreams.flatMap((each) => each.observationIds))]);
  const before = new Map<string, Evidence[]>();
  for (const id of new Set(ofDreams.map(({ ofId }) => ofId))) before.set(id, await store.evidenceOf(id));
  return scored(settled, await store.rules(), { now, nextId, batch, promoteDream: promotingOn(before) });
}

/** What rests on what decisions were made on gains or loses by how they came out: those settled just now, and those settled while awake. */
async function weighedDecisions(night: Night, settled: readonly Settled[], now: number): Promise<MemoryChange[]> {
  const { store } = night.parts;
  const until = await store.state(weighedUntilKey);
  const awake = (await store.settledExpectations('decision', settledAtMost)).filter(
    ({ at }) => typeof until !== 'number' || at > until,
  );
  const judged = [...awake.toReversed(), ...settled].filter(
    (each) => each.of === 'decision' && each.settlement !== 'unknown',
  );
  const episodes = new Map((await store.episodesById(judged.map(({ ofId }) => ofId))).map((each) => [each.id, each]));
  const ids = [...episodes.values()].flatMap((each) => each.observationIds);
  const restingOn = Map.groupBy(await store.restingOn([...new Set(ids)]), ({ id }) => id);
  const decisions = judged.map(({ settlement, ofId }) => ({
    came: settlement,
    resting: (episodes.get(ofId)?.observationIds ?? [])
      .flatMap((id) => restingOn.get(id) ?? [])
      .map((each) => each.memoryId),
  }));
  const memories = await store.memoriesById([...new Set(decisions.flatMap(({ resting }) => resting))]);
  return reweighedBy(decisions, memories, now);
}

/** Batch by batch, oldest first: learnings and marks in one step, so that each episode is learned from exactly once. */
export async function consolidate(night: Night): Promise<void> {
  const { store, settings } = night.parts;
  const { keepNewest, batch, leastWaiting } = settings().sleep;
  if ((await store.unconsolidatedCount()) - keepNewest < leastWaiting) return;
  for (;;) {
    night.signal.throwIfAborted();
    const material = await store.unconsolidated(keepNewest, batch);
    if (material.length === 0) return;
    const { changes, made } = await admitted(night, await learned(night, material));
    night.signal.throwIfAborted();
    await night.commit({
      changes,
      consolidated: material.map(({ episode }) => episode.id),
      made: { episodes: material.length, ...made.byKind },
    });
  }
}

async function learned(night: Night, material: LearnedFrom[]): Promise<Draft[]> {
  const byRules = learnFrom(material);
  const known: Memory[] = await knownFor(night.parts.store, byRules);
  const byModel = await night.ask(
    (model, signal) => model.learn(material, known, signal),
    (drafts) => drafts.length > 0,
  );
  return byModel ?? byRules;
}

/** Consolidated episodes lose a tenth in each pass and leave when too little is left, or when there is no room (ME4). One step. */
async function fade(night: Night): Promise<void> {
  const { store, settings } = night.parts;
  const [oldest] = await store.unconsolidated(0, 1);
  const held = await store.heldEpisodes(episodesAtMost);
  // Episodes are consolidated oldest first: all before the first that waits are.
  const done = held.filter(({ id }) => !oldest || id < oldest.episode.id);
  if (done.length === 0) return;
  const crowdedOut = new Set(held.slice(settings().memory.episodes).map(({ id }) => id));
  const left = done.map((each) => ({ each, strength: crowdedOut.has(each.id) ? null : fadeEpisode(each.strength) }));
  const at = night.now();
  await night.commit({
    changes: left.flatMap(({ each, strength }) => (strength === null ? [] : [weakened(each, strength, at)])),
    faded: left.flatMap(({ each, strength }) => (strength === null ? [each.id] : [])),
    made: { faded: left.filter(({ strength }) => strength === null).length },
  });
}

const weakened = ({ id }: HeldEpisode, strength: number, at: number) => ({ kind: 'weaken' as const, id, strength, at });
