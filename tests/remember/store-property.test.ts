import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Evidence, MemoryChange, MemoryKind } from '../../core/memory.ts';
import { memoryKinds } from '../../core/memory.ts';
import { openDatabase } from '../../core/remember/sql/opening.ts';
import { storeOn } from '../../core/remember/sql/store.ts';
import {
  bounds,
  cycleRecord,
  dream,
  episode,
  evidence,
  insight,
  memory,
  noon,
  observer,
  salience,
  sleepStep,
} from '../kit/nouns.ts';

/** What a run of the mind may do to its store, in any order; ids are few, so that they meet. */
type Step =
  | { do: 'change'; change: MemoryChange }
  | { do: 'note' | 'live' | 'sleep' | 'tidy' | 'fade' }
  | { do: 'bring-back' | 'delete' | 'correct' | 'pin'; id: string };

const anId = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const words = fc.oneof(
  fc.constantFrom('', 'otters swim', 'otters swim', '"', 'NEAR(', 'a\u0000b', '漢字', '\ud800', 'x'.repeat(11_000)),
  fc.string({ unit: 'binary', maxLength: 30 }),
);
const someEvidence: fc.Arbitrary<Evidence[]> = fc.array(
  fc
    .record({
      kind: fc.constantFrom('observation', 'memory', 'insight', 'episode'),
      id: anId,
      at: fc.nat(9),
      snapshot: words,
    })
    .map((each) => evidence(each.id, { ...each, at: noon + each.at })),
  { maxLength: 4 },
);
const made = (kind: MemoryKind, id: string, text: string, key: string | null) =>
  kind === 'dream' ? dream(id, { text, key }) : memory(id, { kind, text, key });
const at = fc.nat(100).map((n) => noon + n);
const aChange: fc.Arbitrary<MemoryChange> = fc.oneof(
  fc
    .tuple(fc.constantFrom(...memoryKinds), anId, words, fc.constantFrom(null, null, 'k', 'l'), someEvidence)
    .map(([kind, id, text, key, rests]) => ({
      kind: 'remember' as const,
      memory: made(kind, id, text, key),
      evidence: rests,
    })),
  fc.tuple(anId, at, someEvidence, fc.option(words, { nil: undefined })).map(([id, when, rests, text]) => ({
    kind: 'reinforce' as const,
    id,
    at: when,
    evidence: rests,
    ...(text === undefined ? {} : { text }),
  })),
  fc.tuple(anId, anId).map(([id, otherId]) => ({ kind: 'contradict' as const, id, otherId })),
  fc.tuple(anId, at).map(([id, when]) => ({ kind: 'forget' as const, id, why: 'weak', at: when })),
  fc.tuple(anId, at).map(([id, when]) => ({ kind: 'weaken' as const, id, strength: 0.2, importance: 0.1, at: when })),
  fc
    .tuple(anId, at)
    .map(([id, when]) => ({ kind: 'validate' as const, id, validation: 'confirmed' as const, at: when })),
);
const aStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: aChange.map((change) => ({ do: 'change' as const, change })) },
  {
    weight: 2,
    arbitrary: fc.constantFrom('note', 'live', 'sleep', 'tidy', 'fade').map((each) => ({ do: each })),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom('bring-back', 'delete', 'correct', 'pin'), anId)
      .map(([each, id]) => ({ do: each, id })),
  },
);

function run(steps: readonly Step[]) {
  const db = openDatabase(':memory:');
  const store = storeOn(db, ':memory:');
  const see = observer();
  let n = 0;
  for (const step of steps) {
    n += 1;
    if (step.do === 'change') store.changeMemories([step.change]);
    else if (step.do === 'note') {
      const note = see({ type: 'note-written', trust: 'owner', details: { text: `note ${n}` } });
      store.append({ entries: [{ observation: note, mergeInto: null }], marks: [] });
      store.commitCycle(cycleRecord({ attended: [{ id: note.id, salience: salience() }] }));
    } else if (step.do === 'live')
      store.commitCycle(
        cycleRecord({
          episode: episode(`e${n}`, { importance: (n % 10) / 10 }),
          insights: [insight(`i${n}`, { formedAt: noon + n })],
        }),
      );
    else if (step.do === 'sleep')
      store.commitSleep(sleepStep({ consolidated: store.unconsolidated(0, 2).map((each) => each.episode.id) }));
    else if (step.do === 'fade') store.commitSleep(sleepStep({ faded: store.heldEpisodes(2).map(({ id }) => id) }));
    else if (step.do === 'tidy')
      store.tidy(bounds({ observationsBefore: noon + 20, episodesBefore: noon + 20, insightsBefore: noon + 5 }));
    else if (step.do === 'bring-back') store.bringBack(step.id, noon + n);
    else if (step.do === 'correct') store.correctMemory(step.id, 'the owner says', noon + n);
    else if (step.do === 'pin') store.setPinned(step.id, n % 2 === 0);
    else if (step.do === 'delete') store.deleteMemory(step.id);
  }
  // Compares the full-text index with every text in the table; throws when they differ.
  db.exec("INSERT INTO search (search, rank) VALUES ('integrity-check', 1)");
  return store;
}

describe('whatever happens to memories', () => {
  it('[ME7.39] the index holds exactly what may be recalled, and no dream; evidence is counted and no link leads nowhere', () => {
    fc.assert(
      fc.property(fc.array(aStep, { maxLength: 40 }), (steps) => {
        const store = run(steps);
        const all = store.memories({ limit: 1_000 });
        const expected = [
          ...all.filter(({ kind }) => kind !== 'dream').map(({ kind, id }) => `${kind} ${id}`),
          ...store.insights({ limit: 1_000 }).map(({ id }) => `insight ${id}`),
          ...store.heldEpisodes(1_000).map(({ id }) => `episode ${id}`),
        ];
        const items = store.recentItems({}, 1_000);
        expect(items.map(({ kind, id }) => `${kind} ${id}`).sort()).toEqual(expected.sort());
        const texts = new Map(all.map(({ id, text }) => [id, text]));
        for (const { id, text } of items) expect(text).toBe(texts.get(id) ?? text);
        for (const each of all) {
          const kept = store.evidenceOf(each.id);
          expect(each.support).toBeGreaterThanOrEqual(kept.length);
          for (const { snapshot } of kept) expect(Buffer.byteLength(snapshot)).toBeLessThanOrEqual(500);
          for (const other of each.contradicts) expect(store.memory(other)?.contradicts).toContain(each.id);
        }
        for (const { id } of store.tombstones(100)) expect(texts.has(id)).toBe(false);
        expect(store.counts()).toMatchObject({ memories: all.filter(({ kind }) => kind !== 'dream').length });
        expect(store.checkIntegrity()).toBeNull();
        store.close();
      }),
      { seed: 20_260_601, numRuns: 150 },
    );
  });
});
