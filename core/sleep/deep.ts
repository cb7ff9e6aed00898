import type { HeldEpisode, Memory, MemoryChange } from '../memory.ts';
import type { Draft } from '../remember/draft.ts';
import { decayed, letGo } from '../remember/forgetting.ts';
import { admitted } from './admitting.ts';
import { contradictions, type Grounded, generalise, sameRules } from './generalise.ts';
import { pagesOfMemories } from './pages.ts';
import type { Night } from './phase.ts';

/** So many recent memories are looked at (SL3). */
const recentAtMost = 50;
const patternsAtMost = 2_000;
const episodesAtMost = 2_000;
const gapsAtMost = 5;
/** Something that so many episodes were about, and of which nothing is known, is a gap. */
const gapEpisodes = 5;

export const gapsKey = 'sleep-gaps';
export interface Gap {
  target: string;
  episodes: number;
}

/** Deep sleep (SL3): what is remembered is generalised, contradictions are linked, doubled rules become one, and the weakest is let go. */
export async function deep(night: Night): Promise<void> {
  await deepen(night);
  await mergeRules(night);
  await lookForGaps(night);
  await weaken(night);
  await forget(night);
  await night.commit({ agenda: { deepOwed: false } });
}

/** Principles, wider rules and contradictions of the 50 latest memories. One step. */
async function deepen(night: Night): Promise<void> {
  const { store } = night.parts;
  const kinds = ['note', 'learning', 'principle', 'lesson', 'pattern'] as const;
  const recent = await store.memories({ kinds, limit: recentAtMost });
  const grounded: Grounded[] = [];
  for (const memory of recent) grounded.push({ memory, evidence: await store.evidenceOf(memory.id) });
  const byModel =
    recent.length > 1
      ? await night.ask(
          (model, signal) => model.generalise(recent, signal),
          (value) => value.drafts.length + value.contradictions.length > 0,
        )
      : null;
  const drafts: Draft[] = byModel?.drafts ?? generalise(grounded);
  const ids = new Set(recent.map(({ id }) => id));
  // What rules can tell for certain is linked whoever thinks.
  const opposed = [...contradictions(recent), ...(byModel?.contradictions ?? [])].filter(
    ([id, otherId]) => id !== otherId && ids.has(id) && ids.has(otherId),
  );
  const linked = [...new Map(opposed.map((pair) => [pair.toSorted().join(' '), pair])).values()];
  const { changes, made } = await admitted(night, drafts);
  const links: MemoryChange[] = linked.map(([id, otherId]) => ({ kind: 'contradict', id, otherId }));
  await night.commit({ changes: [...changes, ...links], made: { ...made.byKind, contradictions: links.length } });
}

/** Patterns with the same rule become one, with the evidence and the cases of all. One step. */
async function mergeRules(night: Night): Promise<void> {
  const { store } = night.parts;
  const at = night.now();
  const patterns = await store.memories({ kinds: ['pattern'], limit: patternsAtMost });
  const changes: MemoryChange[] = [];
  for (const { kept, others } of sameRules(patterns)) {
    const evidence = (await Promise.all(others.map(({ id }) => store.evidenceOf(id)))).flat();
    const most = [kept, ...others].reduce((best, each) => (cases(each) > cases(best) ? each : best));
    // Both have watched the same happenings: their cases are not added up.
    const { hits, misses } = most;
    changes.push({ kind: 'reinforce', id: kept.id, at, evidence, hits, misses });
    for (const { id } of others) changes.push({ kind: 'forget', id, why: 'another pattern has the same rule', at });
  }
  if (changes.length > 0)
    await night.commit({ changes, made: { merged: changes.filter(({ kind }) => kind === 'forget').length } });
}

const cases = ({ hits, misses }: Memory) => hits + misses;

/** What much work went into and nothing is known of: told, never remembered. One step. */
async function lookForGaps(night: Night): Promise<void> {
  const { store } = night.parts;
  const often = gapCandidates(await store.heldEpisodes(episodesAtMost));
  const gaps: Gap[] = [];
  for (const gap of often) {
    const known = await store.memories({ target: gap.target, limit: 1 });
    if (known.length === 0) gaps.push(gap);
    if (gaps.length === gapsAtMost) break;
  }
  await night.commit({ state: { [gapsKey]: gaps.map((each) => ({ ...each })) }, made: { gaps: gaps.length } });
}

function gapCandidates(episodes: readonly HeldEpisode[]): Gap[] {
  const counts = new Map<string, number>();
  for (const { targets } of episodes)
    for (const target of new Set(targets)) counts.set(target, (counts.get(target) ?? 0) + 1);
  return [...counts]
    .map(([target, count]) => ({ target, episodes: count }))
    .filter((each) => each.episodes >= gapEpisodes)
    .sort((a, b) => b.episodes - a.episodes || (a.target < b.target ? -1 : 1))
    .slice(0, gapsAtMost * 10);
}

/** Every memory that is due for it loses a tenth of its strength. One step for each page; what has been weakened is not due again. */
async function weaken(night: Night): Promise<void> {
  const at = night.now();
  for await (const page of pagesOfMemories(night.parts.store, night.signal)) {
    const changes = page.flatMap(({ memory }) => decayed(memory, at) ?? []);
    if (changes.length > 0) await night.commit({ changes, made: { weakened: changes.length } });
  }
}

/** Deep sleep forgets what has faded; the cap holds in every night. */
export async function keepCap(night: Night): Promise<void> {
  const { store, settings } = night.parts;
  if ((await store.counts()).memories > settings().memory.atMost) await forget(night);
}

/** The weakest are forgotten; each leaves a tombstone with the reason. One step. */
async function forget(night: Night): Promise<void> {
  const at = night.now();
  const all: Memory[] = [];
  for await (const page of pagesOfMemories(night.parts.store, night.signal))
    all.push(...page.map(({ memory }) => memory));
  const gone = letGo(all, at, night.parts.settings().memory);
  if (gone.length === 0) return;
  const changes = gone.map(({ id, why }): MemoryChange => ({ kind: 'forget', id, why, at }));
  await night.commit({ changes, made: { forgotten: changes.length } });
}
