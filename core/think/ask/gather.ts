import type { RecallHit } from '../../memory.ts';
import type { Store } from '../../ports.ts';
import { hitOf } from '../../remember/ranking.ts';
import type { Stamp, TargetHistory } from '../../types.ts';
import { meaningsOf, type Question } from './question.ts';

/** What an answer can be made of. */
export interface Gathered {
  /** What is put before whoever answers, best first. */
  hits: RecallHit[];
  /** Of "when" and "how often": all that happened and speaks of all that was asked, oldest first; else empty. */
  counted: RecallHit[];
  /** The same as it was observed, for the things that the question names: thoughts pass over much of what repeats. */
  observed: Observed | null;
}

export interface Observed {
  since: Stamp;
  /** Most often first. */
  tallies: Pick<TargetHistory, 'target' | 'type' | 'count' | 'days' | 'lastAt'>[];
}

export type GatherStore = Pick<Store, 'recall' | 'lexical' | 'recentItems' | 'history'>;

const shownAtMost = 12;
const countedAtMost = 500;
const chooseFrom = 200;
const targetsAtMost = 3;
const talliesAtMost = 4;
const observedMs = 30 * 86_400_000;
const lookBackMs = 7 * 86_400_000;
const learnedAtMost = 3;
const happened: readonly RecallHit['kind'][] = ['insight', 'episode', 'note'];
const nowMs = 6 * 3_600_000;
/** After so long half as pressing. */
const pressingMs = 2 * 86_400_000;
/** Less is not worth a look that was not asked for by name. */
const importantFrom = 0.5;

/**
 * What memory holds about a question: by recall, and without any word to look for by importance ("what should I look at") or newness ("what
 * is going on"). Rejects only as the store does.
 */
export async function gather(
  store: GatherStore,
  { text, kind, asked }: Question,
  now: Stamp,
  vector: { model: string; vector: Float32Array } | null,
): Promise<Gathered> {
  const isAbout = asked.names.size > 0 || asked.span !== null;
  if (kind === 'look' && !isAbout) return alone(await pressing(store, now));
  if (kind === 'now' && !isAbout) return alone(await newest(store, now));
  if (kind !== 'often' && kind !== 'when') return alone(await store.recall({ text, now, limit: shownAtMost, vector }));
  const [hits, counted] = await Promise.all([
    store.recall({ text, now, limit: shownAtMost, vector }),
    happenings(store, { text, kind, asked }),
  ]);
  const observed = await tallied(store, { text, kind, asked }, [...counted, ...hits], now);
  if (counted.length === 0) return { hits, counted, observed };
  const wanted = /\bfirst\b/i.test(text) ? counted : counted.toReversed();
  const learned = hits.filter((hit) => !happened.includes(hit.kind)).slice(0, learnedAtMost);
  return { hits: [...wanted.slice(0, shownAtMost - learned.length), ...learned], counted, observed };
}

/**
 * What happened and speaks of all that was asked, oldest first; recall would leave out what is like something better. Where the question names
 * the thing that some of it is about, only that: what is about something else only speaks of it.
 */
async function happenings(store: GatherStore, { text, asked }: Question): Promise<RecallHit[]> {
  const meanings = [...meaningsOf(asked).values()];
  if (meanings.length === 0) return [];
  const { span } = asked;
  const time = span ? { from: span.from, until: span.until } : {};
  const found = await store.lexical(asked.terms, { kinds: happened, ...time }, countedAtMost);
  const all = found
    .filter(({ item }) => meanings.every((forms) => forms.some((form) => form.test(item.text))))
    .map(({ item, score }) => hitOf(item, score, ['holds all that was asked']));
  const named = all.filter((hit) => isNamed(hit.target, text));
  return (named.length > 0 ? named : all).toSorted((a, b) => a.at - b.at);
}

/** What was observed of the things that the question names, as far back as is kept; null for a time that has ended, which no tally knows. */
async function tallied(
  store: GatherStore,
  { text, asked }: Question,
  hits: readonly RecallHit[],
  now: Stamp,
): Promise<Observed | null> {
  if (asked.span && asked.span.until < now) return null;
  const since = asked.span?.from ?? now - observedMs;
  const targets = hits.flatMap(({ target }) => (target !== null && isNamed(target, text) ? [target] : []));
  const named = [...new Set(targets)].slice(0, targetsAtMost);
  const history = named.length > 0 ? await store.history(named, since) : [];
  // Of “did npm test fail” the type says `fail`: where any does, the others were not asked for.
  const meanings = [...meaningsOf(asked)].filter(([word]) => !named.some((each) => each.toLowerCase().includes(word)));
  const meant = history.filter(({ type }) =>
    meanings.some(([, forms]) => forms.some((form) => form.test(type.replaceAll('-', ' ')))),
  );
  const tallies = (meant.length > 0 ? meant : history).toSorted((a, b) => b.count - a.count).slice(0, talliesAtMost);
  return tallies.length > 0 ? { since, tallies } : null;
}

const isNamed = (target: string | null, text: string): boolean =>
  target !== null && text.toLowerCase().includes(lastPart(target));
const lastPart = (target: string) => target.toLowerCase().split(/[/\\]/).at(-1) || target;

const alone = (hits: RecallHit[]): Gathered => ({ hits, counted: [], observed: null });

async function pressing(store: GatherStore, now: Stamp): Promise<RecallHit[]> {
  const items = await store.recentItems(
    { kinds: ['insight', 'learning', 'lesson'], from: now - lookBackMs },
    chooseFrom,
  );
  return items
    .filter((item) => item.importance >= importantFrom)
    .map((item) => hitOf(item, item.importance * 0.5 ** (Math.max(0, now - item.at) / pressingMs), ['important']))
    .sort((a, b) => b.score - a.score)
    .slice(0, shownAtMost);
}

const newest = async (store: GatherStore, now: Stamp): Promise<RecallHit[]> =>
  (await store.recentItems({ from: now - nowMs }, shownAtMost)).map((item) => hitOf(item, 0, ['new']));
