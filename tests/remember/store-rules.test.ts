import { expect, it } from 'vitest';
import { memoryStore } from '../kit/memory-store.ts';
import { dream, evidence, memory } from '../kit/nouns.ts';

it('[ME7.48] of patterns the 200 most important are at work, and of dreams the 50 newest wait; pinned ones always', async () => {
  const store = memoryStore();
  const rule = { when: { type: 'a' }, then: { type: 'b' }, withinMs: 60_000 };
  const id = (n: number) => String(n).padStart(4, '0');
  const patterns = Array.from({ length: 230 }, (_, n) =>
    memory(`p${id(n)}`, { kind: 'pattern', rule, importance: n / 230, pinned: n === 3, text: `pattern ${n}` }),
  );
  const dreams = Array.from({ length: 60 }, (_, n) => dream(`d${id(n)}`, { text: `dream ${n}`, key: `d${n}` }));
  await store.changeMemories(
    [...patterns, ...dreams].map((each) => ({ kind: 'remember', memory: each, evidence: [evidence(`o-${each.id}`)] })),
  );
  const ids = (await store.rules()).map((each) => each.id);
  const expected = patterns.filter((_, n) => n === 3 || n >= 31).map((each) => each.id);
  expect(ids).toEqual([...dreams.slice(10).map((each) => each.id), ...expected]);
});
