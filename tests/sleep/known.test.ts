import { expect, it } from 'vitest';
import type { Draft } from '../../core/remember/draft.ts';
import { knownFor } from '../../core/sleep/admitting.ts';
import { memoryStore } from '../kit/memory-store.ts';
import { memory } from '../kit/nouns.ts';

const draft = (text: string, key: string | null): Draft => ({
  kind: 'learning',
  text,
  key,
  target: null,
  importance: 0.5,
  rule: null,
  hits: 0,
  misses: 0,
  evidence: [],
  expiresInDays: null,
});

it('[ME7.47] what is known by its key and in the same words, figures aside, is not searched for by its words again', async () => {
  const store = memoryStore();
  const known = [
    memory('m1', { key: 'k', text: 'Otters dug in 4 of 9 places.' }),
    memory('m2', { text: 'Otters slept in many places.' }),
    memory('m3', { kind: 'lesson', key: 'k', text: 'Foxes ran.' }),
  ];
  await store.changeMemories(known.map((each) => ({ kind: 'remember', memory: each, evidence: [] })));
  const idsFor = async (...drafts: Draft[]) => (await knownFor(store, drafts)).map(({ id }) => id).sort();
  expect(await idsFor(draft('Otters dug in 5 of 12 places.', 'k'))).toEqual(['m1']);
  expect(await idsFor(draft('Otters slept in these places.', 'k'))).toEqual(['m1', 'm2']);
  expect(await idsFor(draft('Otters dug in 5 of 12 places.', null))).toEqual(['m1', 'm2']);
});
