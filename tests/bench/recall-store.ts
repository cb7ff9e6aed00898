import type { ItemKind } from '../../core/memory.ts';
import { openDatabase } from '../../core/remember/sql/opening.ts';
import { createSql } from '../../core/remember/sql/sql.ts';
import { createVectors } from '../../core/remember/sql/vectors.ts';
import { seededRandom } from '../kit/clock.ts';
import { clusteredVectors } from '../kit/clustered-vectors.ts';
import { wordMaker } from './samples.ts';

export const model = 'bench/768';
const length = 768;
const topics = 1_000;
const dayMs = 86_400_000;
const perBatch = 5_000;
/** The last moment of the year that is remembered. */
export const lastAt = Date.UTC(2026, 5, 1, 12);

/** The most frequent words first, as in any English text and in what a developer's machine tells. */
const frequent =
  'the of and to in a is was for it with that on by as at from this be were has not file changed test build are had after error or failed an but commit which branch they function module been more when than its before again run line lines one two other all their there can would package will out up no into so about server some then because times first deployed started page same order cart user price total list old new fixed broken config value request response timeout query table index cache token key payment checkout login session email report release version review merge'.split(
    ' ',
  );
const vocabulary = 15_000;

/** The same text and vectors for the same seed: word frequencies follow Zipf's law, so that a common word stands in most sentences. */
export function recallWorld(seed: number) {
  const draw = seededRandom(seed).stream('recall');
  const rare = wordMaker(seed);
  const words = [...frequent, ...Array.from({ length: vocabulary - frequent.length }, rare)];
  const vectors = clusteredVectors(seed, { length, clusters: topics, noise: 1 });
  const upTo = (bound: number) => Math.floor(draw() * bound);
  /** Zipf's law with exponent 1: the logarithm of the rank is uniform. */
  const word = () => words[Math.floor(words.length ** draw()) - 1] ?? 'the';
  const fileOf = (topic: number) => `src/${words[200 + (topic % 97)]}/${words[400 + topic]}.ts`;

  function text(topic: number): string {
    const sentence = Array.from({ length: 8 + upTo(18) }, word);
    if (upTo(3) === 0) sentence.unshift(fileOf(topic));
    else sentence.splice(upTo(sentence.length), 0, words[400 + topic] ?? '');
    return `${sentence.join(' ')}.`;
  }

  const kinds: readonly ItemKind[] = [
    'insight',
    'insight',
    'insight',
    'insight',
    'insight',
    'insight',
    'episode',
    'episode',
    'episode',
    'learning',
  ];

  return {
    vectors,
    item: (n: number, of: number) => {
      const topic = upTo(topics);
      return {
        topic,
        kind: kinds[upTo(kinds.length)] ?? 'insight',
        id: `${n}`.padStart(12, '0'),
        text: text(topic),
        at: Math.floor(lastAt - 365 * dayMs * (1 - n / of)),
        target: upTo(2) === 0 ? fileOf(topic) : null,
        importance: draw(),
        groupId: upTo(4) === 0 ? null : `g${n >> 2}`,
      };
    },
    /** A question of 3 to 12 words about a topic: some of its own words, common ones, now and then a time. */
    question: () => {
      const topic = upTo(topics);
      const opening = [
        'what happened to',
        'why did',
        'when was the last time',
        'how often did',
        'what do we know about',
        '',
      ][upTo(6)];
      const time = ['', '', '', ' yesterday', ' last week', ' in March', ' on Monday', ' this month'][upTo(8)];
      const about = upTo(3) === 0 ? fileOf(topic) : words[400 + topic];
      const more = Array.from({ length: upTo(5) }, word).join(' ');
      return { text: `${opening} ${about} ${more}${time}`.trim(), vector: vectors.near(topic) };
    },
  };
}

/** Writes so many things into a new store, past its thread: only the time of recalls is of interest. */
export function fillRecallStore(file: string, count: number, withVectors: 'with-vectors' | 'words-only'): void {
  const world = recallWorld(count);
  const db = openDatabase(file);
  try {
    db.pragma('synchronous = OFF');
    const sql = createSql(db);
    const { setVectors } = createVectors(sql);
    const insert = db.prepare(
      "INSERT INTO items (n, kind, id, text, at, target, trust, importance, group_id) VALUES (?, ?, ?, ?, ?, ?, 'derived', ?, ?)",
    );
    for (let from = 0; from < count; from += perBatch)
      db.transaction(() => {
        const batch = Array.from({ length: Math.min(perBatch, count - from) }, (_, at) => {
          const n = from + at + 1;
          const { topic, kind, id, text, at: happenedAt, target, importance, groupId } = world.item(n, count);
          insert.run(n, kind, id, text, happenedAt, target, importance, groupId);
          return { n, topic };
        });
        if (withVectors === 'with-vectors')
          setVectors(
            model,
            batch.map(({ n, topic }) => ({ n, vector: world.vectors.near(topic) })),
          );
      })();
    db.exec("INSERT INTO search (search) VALUES ('rebuild')");
    db.pragma('optimize');
  } finally {
    db.close();
  }
}
