import { describe, expect, it } from 'vitest';
import type { Memory, Tombstone } from '../../core/memory.ts';
import type { Draft } from '../../core/remember/draft.ts';
import { deletedFromJson, deletedKey, saidSo, staysAway, withDeleted } from '../../core/remember/stays-away.ts';
import { evidence, memory, noon } from '../kit/nouns.ts';
import { dayMs, sleepOnce, sleepWorld } from './sleep-world.ts';

const rule = {
  when: { source: 'files', type: 'file-changed', target: 'src/a.ts' },
  then: { source: 'ci', type: 'test-failed', target: 'npm test' },
  withinMs: 600_000,
};
const pattern = (over: Partial<Memory> = {}) => memory('p', { kind: 'pattern', key: 'a > b', rule, ...over });
const tombstone = (was: Memory, why: string): Tombstone => ({
  id: was.id,
  kind: was.kind,
  text: was.text,
  why,
  forgottenAt: noon,
  was,
});
const found = (at: number, over: Partial<Draft> = {}): Draft => ({
  kind: 'pattern',
  text: 'After src/a.ts changed, npm test failed in 5 of 5 cases',
  key: 'a > b',
  target: 'npm test',
  importance: 0.6,
  rule,
  hits: 5,
  misses: 0,
  evidence: [evidence('old', { at: noon - dayMs }), evidence('new', { at })],
  expiresInDays: null,
  ...over,
});

/** A night that found a pattern, and what the next one finds. */
async function afterANight() {
  const world = sleepWorld();
  await world.days(30);
  await sleepOnce(world, world.sleeper, 'cycles');
  const [first] = await world.store.memories({ kinds: ['pattern'], limit: 50 });
  if (!first) throw new Error('no pattern was found');
  const again = async () => {
    await world.work(1);
    const { digest } = await sleepOnce(world, world.sleeper, 'request');
    const keys = (await world.store.memories({ kinds: ['pattern'], limit: 50 })).map(({ key }) => key);
    return { keys, told: (digest?.lines ?? []).map(({ text }) => text).join('\n') };
  };
  return { ...world, first, again };
}

describe('what was let go', () => {
  it('[SL2.100] by the owner does not come back while its tombstone stands, whatever is seen, nor is it told as new', async () => {
    const away = staysAway([tombstone(pattern(), saidSo)], null);
    expect(away(found(noon + dayMs))).toBe(true);
    expect(away(found(noon + dayMs, { key: 'other' })), 'by its rule').toBe(true);
    expect(away(found(noon + dayMs, { rule: null })), 'by its key').toBe(true);
    expect(away(found(noon, { key: 'other', rule: null }))).toBe(false);
    const { store, clock, first, again } = await afterANight();
    await store.changeMemories([{ kind: 'forget', id: first.id, why: saidSo, at: clock.now() }]);
    const night = await again();
    expect(night.keys).not.toContain(first.key);
    expect(night.told).not.toContain('New pattern');
    expect(await store.bury(clock.now() + 1)).toBe(1);
    expect((await again()).keys).toContain(first.key);
  });

  it('[SL2.101] because it was wrong or faded comes back only with something that was seen since', async () => {
    const away = staysAway([tombstone(pattern(), 'it was wrong 4 of 6 times')], null);
    expect(away(found(noon))).toBe(true);
    expect(away(found(noon + 1))).toBe(false);
    const { store, clock, first, again } = await afterANight();
    const why = 'it was wrong 4 of 6 times';
    await store.changeMemories([{ kind: 'forget', id: first.id, why, at: clock.now() }]);
    expect((await again()).keys).not.toContain(first.key);
  });

  it('[SL2.102] for good is known again by salted hashes of its names, at most 500 and without a word of it', async () => {
    const { store, first, again } = await afterANight();
    const second = pattern({ key: 'npm test again and again' });
    await store.changeMemories([{ kind: 'remember', memory: second, evidence: [] }]);
    expect(await store.deleteMemory(first.id)).toBe(true);
    await store.changeMemories([{ kind: 'forget', id: second.id, why: 'it faded', at: noon }]);
    expect(await store.deleteMemory(second.id), 'out of its tombstone').toBe(true);
    const row = await store.state(deletedKey);
    expect(deletedFromJson(row)?.hashes).toHaveLength(4);
    expect(JSON.stringify(row)).not.toMatch(/npm|src|file|test/);
    expect((await again()).keys).not.toContain(first.key);
    let deleted = { salt: 's', hashes: [] as string[] };
    for (let n = 0; n < 600; n++) deleted = withDeleted(deleted, pattern({ key: `${n}`, rule: null }));
    expect(deleted.hashes).toHaveLength(500);
    const away = staysAway([], deleted);
    expect([599, 0].map((n) => away(found(noon, { key: `${n}`, rule: null })))).toEqual([true, false]);
    expect(withDeleted(deleted, pattern({ key: '599', rule: null }))).toEqual(deleted);
    for (const odd of [null, 3, [], {}, { salt: 's' }, { salt: 3, hashes: [] }])
      expect(deletedFromJson(odd)).toBeNull();
  });

  it('[SL2.103] is not dreamt of either; a dream that was let go keeps nothing from being seen', () => {
    const dreamt = { kind: 'dream' as const, key: 'rule:x' };
    expect(staysAway([tombstone(pattern(), saidSo)], null)(found(noon + 1, dreamt))).toBe(true);
    const away = staysAway([tombstone(pattern({ kind: 'dream', key: 'rule:x' }), saidSo)], null);
    expect(away(found(noon + 1, dreamt))).toBe(true);
    expect(away(found(noon + 1))).toBe(false);
  });

  it('[SL2.104] holds back nothing that is there in spite of it: the other of two patterns that became one goes on to gain', async () => {
    const { store, first, again } = await afterANight();
    const twin = { ...first, id: '01TWIN', key: 'another way to say it' };
    await store.changeMemories([
      { kind: 'remember', memory: twin, evidence: [] },
      { kind: 'forget', id: first.id, why: 'another pattern has the same rule', at: Date.UTC(2027, 0, 1) },
    ]);
    expect(await store.evidenceOf(twin.id)).toEqual([]);
    await again();
    expect((await store.evidenceOf(twin.id)).length).toBeGreaterThan(0);
  });
});
