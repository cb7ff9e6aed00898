import { similarity, termsOf } from '../attend/similarity.ts';
import type { Item, ItemKind, MemoryStore, RecallAsk, RecallHit } from '../memory.ts';
import type { Episode } from '../types.ts';
import { rank } from './ranking.ts';
import { understand } from './recall-query.ts';
import type { WorkingItem } from './working-memory.ts';

export interface ThoughtAsk extends Omit<RecallAsk, 'limit' | 'filter' | 'away'> {
  /** What is in mind already. */
  working: readonly WorkingItem[];
  /** What a text costs, and what all of it may cost together. */
  tokens: (text: string) => number;
  budget: number;
}

type ThoughtStore = Pick<MemoryStore, 'lexical' | 'nearest' | 'recentItems' | 'pastWithOutcome'>;

/** What is looked for in the index, where at most, and how much comes of it. */
const termsAtMost = 7;
const placesAtMost = 500;
const listed = 120;

/** ME8. */
const recentAtMost = 3;
const pastAtMost = 3;
const knownAtMost = 5;
const dayMs = 86_400_000;
const happened: readonly ItemKind[] = ['episode', 'insight', 'note'];
const known: readonly ItemKind[] = ['note', 'learning', 'principle', 'lesson', 'pattern'];

/** Two texts whose words are so much alike say the same. */
const sameFrom = 0.9;

/**
 * Everything memory brings to one thought (ME8): what is in mind, up to three things of the last 24 hours, three similar ones of the past
 * with how they went, five pieces of knowledge; in this order, nothing twice, all within one budget of tokens. Each part has its turn at the
 * budget, so that a full mind does not crowd out knowledge; what does not fit is left out whole. Rejects only as the store does.
 */
export async function recallForThought(store: ThoughtStore, ask: ThoughtAsk): Promise<RecallHit[]> {
  const yesterday = ask.now - dayMs;
  const [alike, newest, judged] = await Promise.all([
    alikeOf(store, ask),
    store.recentItems({ kinds: happened, from: yesterday }, recentAtMost * 3),
    ask.targets?.length ? store.pastWithOutcome([...ask.targets], pastAtMost) : [],
  ]);
  const related = alike.filter((hit) => happened.includes(hit.kind) && hit.at >= yesterday);
  const similar = alike.filter(({ kind, at }) => (kind === 'episode' || kind === 'insight') && at < yesterday);
  const knowledge = alike.filter((hit) => known.includes(hit.kind));
  const once = onlyOnce(ask.exclude);
  const parts = [
    once(ask.working.map(inMind), ask.working.length),
    once([...related, ...newest.map(ofToday)], recentAtMost),
    once([...judged.map(asPast), ...similar], pastAtMost),
    once(knowledge, knownAtMost),
  ];
  return withinBudget(parts, ask);
}

/**
 * Everything alike, best first, in one look at the index: a thought comes many times an hour and asks for little. Time in an observed text is
 * no question about a time, and stays out of it.
 */
async function alikeOf(store: ThoughtStore, ask: ThoughtAsk): Promise<RecallHit[]> {
  const asked = understand(ask.text, ask.now, ask.targets);
  const [words, vectors] = await Promise.all([
    asked.terms.length > 0 ? store.lexical(asked.terms.slice(0, termsAtMost), {}, listed, placesAtMost) : [],
    ask.vector ? store.nearest(ask.vector.model, ask.vector.vector, {}, listed) : [],
  ]);
  const items = new Map([...words, ...vectors].map(({ item }) => [item.n, item]));
  const wanted = [...items.values()].filter((item) => !ask.exclude?.has(item.id));
  const found = { items: wanted, words, vectors, companions: [] };
  return rank(found, { asked, time: null, now: ask.now, targets: ask.targets ?? [] });
}

/** Passes at most `limit` things that no earlier call has passed and that say something else than those. */
function onlyOnce(
  exclude: ReadonlySet<string> = new Set(),
): (hits: readonly RecallHit[], limit: number) => RecallHit[] {
  const ids = new Set(exclude);
  const said = new Set<string>();
  const terms: ReturnType<typeof termsOf>[] = [];
  return (hits, limit) => {
    const passed: RecallHit[] = [];
    for (const hit of hits) {
      if (passed.length >= limit) break;
      const words = termsOf(hit.text.slice(0, 2_000));
      if (ids.has(hit.id) || said.has(hit.text) || terms.some((other) => (similarity(words, other) ?? 0) >= sameFrom))
        continue;
      ids.add(hit.id);
      said.add(hit.text);
      terms.push(words);
      passed.push(hit);
    }
    return passed;
  };
}

/** One of each part in turn while there is room; the answer keeps the order of the parts. */
function withinBudget(parts: readonly RecallHit[][], { tokens, budget }: ThoughtAsk): RecallHit[] {
  const taken = new Set<RecallHit>();
  let room = budget;
  for (let turn = 0; turn < Math.max(...parts.map((part) => part.length)); turn += 1)
    for (const part of parts) {
      const hit = part[turn];
      const cost = hit ? tokens(hit.text) : 0;
      if (!hit || cost > room) continue;
      taken.add(hit);
      room -= cost;
    }
  return parts.flat().filter((hit) => taken.has(hit));
}

/** What is in mind is Reverie's own reading of what was observed. */
const inMind = ({ id, text, importance, at }: WorkingItem): RecallHit => ({
  kind: 'insight',
  id,
  text,
  at,
  score: 1,
  trust: 'derived',
  target: null,
  importance,
  why: ['in mind now'],
});

const ofToday = ({ kind, id, text, at, trust, target, importance }: Item): RecallHit => ({
  kind,
  id,
  text,
  at,
  score: 0,
  trust,
  target,
  importance,
  why: ['from the last 24 hours'],
});

const asPast = ({ id, summary, outcome, startedAt, importance, targets }: Episode): RecallHit => ({
  kind: 'episode',
  id,
  text: `${summary}\n${outcome}`,
  at: startedAt,
  score: 1,
  trust: 'derived',
  target: targets?.length === 1 ? (targets[0] ?? null) : null,
  importance: importance ?? 0.5,
  why: ['about the same, and how it went is known'],
});
