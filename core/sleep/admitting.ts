import type { Evidence, Memory, MemoryChange, QueryTerm } from '../memory.ts';
import type { TrustOf } from '../remember/acceptable.ts';
import { admit } from '../remember/admission.ts';
import type { Draft } from '../remember/draft.ts';
import { tokensOf } from '../remember/reading.ts';
import { deletedFromJson, deletedKey, namesOf, staysAway } from '../remember/stays-away.ts';
import type { Night, SleepStore } from './phase.ts';
import { ruleKey } from './recombine.ts';

/** What is looked through for something that says the same. */
const atTarget = 10;
const nearby = 8;
/** In one look at the index, and that for no kind in particular: a filter costs more than it saves. */
const listed = 60;
const placesAtMost = 600;
const termsAtMost = 8;
const wordLength = 3;
/** The newest tombstones: what was forgotten before them may come back. */
const tombstonesAtMost = 2_000;

/** The changes that drafts come to, and how many of what kind they are. */
export interface Admitted {
  changes: MemoryChange[];
  made: {
    /** Memories that were not there before. */
    new: number;
    /** By name: `learnings`, `patterns`, … for new ones, `merged` for what was known already. */
    byKind: Record<string, number>;
  };
}

const names: Record<Draft['kind'], string> = {
  learning: 'learnings',
  principle: 'principles',
  lesson: 'lessons',
  pattern: 'patterns',
  dream: 'dreams',
};

/** Whether a draft would bring back what was let go (`remember/stays-away`), by what is known of that now. */
export async function letGoBefore(store: SleepStore): Promise<(draft: Draft) => boolean> {
  const [tombstones, deleted] = await Promise.all([store.tombstones(tombstonesAtMost), store.state(deletedKey)]);
  return staysAway(tombstones, deletedFromJson(deleted));
}

/**
 * Turns drafts into changes, held against everything that may say the same already. What was let go stays away; whoever admits in many
 * steps asks once for what that is.
 */
export async function admitted(
  night: Night,
  found: readonly Draft[],
  letGo?: (draft: Draft) => boolean,
): Promise<Admitted> {
  if (found.length === 0) return { changes: [], made: { new: 0, byKind: {} } };
  const { store, nextId, settings } = night.parts;
  const known = await knownFor(store, found);
  const drafts = withoutLetGo(found, known, letGo ?? (await letGoBefore(store)));
  const changes = admit(drafts, {
    known,
    now: night.now(),
    nextId,
    reasoner: night.reasoner(),
    sleepId: night.sleep().id,
    settings: settings().memory,
    trustOf: await trustOf(store, drafts),
  });
  const byKind: Record<string, number> = {};
  const count = (name: string) => {
    byKind[name] = (byKind[name] ?? 0) + 1;
  };
  for (const change of changes)
    if (change.kind === 'remember' && change.memory.kind !== 'note') count(names[change.memory.kind]);
    else if (change.kind === 'reinforce') count('merged');
    else if (change.kind === 'contradict') count('contradictions');
  return { changes, made: { new: changes.filter(({ kind }) => kind === 'remember').length, byKind } };
}

/** What is there in spite of it, like the other of two patterns that became one, goes on to gain evidence. */
function withoutLetGo(drafts: readonly Draft[], known: readonly Memory[], letGo: (draft: Draft) => boolean): Draft[] {
  const there = new Set(known.flatMap(namesOf));
  return drafts.filter((draft) => !letGo(draft) || namesOf(draft).some((name) => there.has(name)));
}

/** Who stands behind what drafts cite; what is not there is nobody's. */
async function trustOf(store: SleepStore, drafts: readonly Draft[]): Promise<TrustOf> {
  const cited = drafts.flatMap(({ evidence }) => evidence);
  const ids = (kind: Evidence['kind']) => [...new Set(cited.filter((each) => each.kind === kind).map(({ id }) => id))];
  const [observations, memories, episodes] = await Promise.all([
    store.observations(ids('observation')),
    store.memoriesById(ids('memory')),
    store.episodesById(ids('episode')),
  ]);
  const known = new Map<string, ReturnType<TrustOf>>([
    ...observations.map(({ id, trust }) => [`observation ${id}`, trust] as const),
    ...memories.map(({ id, kind, trust }) => [`memory ${id}`, kind === 'dream' ? 'dream' : trust] as const),
    ...episodes.map(({ id }) => [`episode ${id}`, 'derived'] as const),
  ]);
  // An insight is Reverie's own and carries nothing by itself.
  return ({ kind, id }) => (kind === 'insight' ? 'derived' : (known.get(`${kind} ${id}`) ?? null));
}

/** What a draft could be the same as: by its key, its rule, its target, and its words. Dreams only by key or rule. */
export async function knownFor(store: SleepStore, drafts: readonly Draft[]): Promise<Memory[]> {
  const found = new Map<string, Memory>();
  const add = (memories: readonly Memory[]) => {
    for (const each of memories) found.set(each.id, each);
  };
  const rules = new Set(drafts.flatMap(({ rule }) => (rule ? [ruleKey(rule)] : [])));
  if (rules.size > 0) add((await store.rules()).filter(({ rule }) => rule && rules.has(ruleKey(rule))));
  const targets = new Set(drafts.flatMap(({ target }) => target ?? []));
  for (const target of targets) add(await store.memories({ target, limit: atTarget }));
  for (const draft of drafts) {
    const same = draft.key === null ? [] : await store.memories({ kinds: [draft.kind], key: draft.key, limit: 1 });
    add(same);
    if (same.some((each) => plain(each.text) === plain(draft.text))) continue;
    const near = await store.lexical(termsFor(draft.text), {}, listed, placesAtMost);
    const fresh = near
      .filter(({ item }) => item.kind !== 'insight' && item.kind !== 'episode')
      .slice(0, nearby)
      .map(({ item }) => item.id)
      .filter((id) => !found.has(id));
    if (fresh.length > 0) add(await store.memoriesById(fresh));
  }
  return [...found.values()];
}

/** A text without its figures: what is known in these words already was held against its neighbours when it was admitted. */
const plain = (text: string) => text.replaceAll(/\d+/g, '0');

/** Its longest words: the rarest, more often than not. */
const termsFor = (text: string): QueryTerm[] =>
  [...new Set(tokensOf(text).map((token) => token.text))]
    .filter((word) => word.length >= wordLength)
    .sort((a, b) => b.length - a.length)
    .slice(0, termsAtMost)
    .map((word) => ({ text: word }));
