import { expect, it } from 'vitest';
import { heed } from '../../core/loop/heeding.ts';
import { cycleRecord, expectation, memory, noon, observer } from '../kit/nouns.ts';
import { mindWorld } from './mind-double.ts';

const dayMs = 86_400_000;
const wants = { source: 'files', type: 'file-deleted', target: 'src/gone.ts' };

it('[ME6.38] what did not come is a miss when its source was looked at, however much others told in the meantime', async () => {
  const { mind, see } = await mindWorld();
  const observe = observer();
  const others = Array.from({ length: 2_100 }, (_, n) => observe({}, { source: 'system', occurredAt: noon + n }));
  await see(...others, observe({}, { source: 'files', occurredAt: noon + 60_000 }));
  const dueAt = noon + 120_000;
  await mind.store.commitCycle(
    cycleRecord({
      expectations: [
        expectation('x1', { wants, dueAt }),
        expectation('x2', { ofId: 'm2', wants: { ...wants, source: 'calendar' }, dueAt }),
      ],
    }),
  );
  const { settled } = await heed(mind, []);
  expect(settled.map(({ id, settlement }) => [id, settlement])).toEqual([
    ['x1', 'not-met'],
    ['x2', 'unknown'],
  ]);
});

it('[ME6.39] of what a late batch sets off and is overdue at once, the batch itself says whether anybody looked', async () => {
  const { mind } = await mindWorld();
  const rule = { when: { target: 'src/a.ts' }, then: wants, withinMs: 60_000 };
  const formedAt = noon - dayMs;
  await mind.store.changeMemories([
    { kind: 'remember', memory: memory('m1', { kind: 'pattern', rule, formedAt }), evidence: [] },
  ]);
  const observe = observer();
  const batch = [observe(), observe({ target: 'src/b.ts' })];
  expect((await heed(mind, batch)).settled).toMatchObject([{ ofId: 'm1', settlement: 'not-met' }]);
  expect((await heed(mind, batch.slice(0, 1))).settled).toMatchObject([{ ofId: 'm1', settlement: 'unknown' }]);
});
