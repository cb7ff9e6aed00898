import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createMemoryDesk } from '../../core/host/memory-desk.ts';
import { openStoreFile } from '../../core/host/store-file.ts';
import { workerUrl } from '../../core/host/worker-url.ts';
import { bornNow, type Working, workingKey, workingToJson } from '../../core/loop/mind.ts';
import type { Evidence, Memory } from '../../core/memory.ts';
import type { Store, StoreCare } from '../../core/ports.ts';
import { defaultSettings } from '../../core/settings.ts';
import type { Observation } from '../../core/types.ts';
import { fakeClock } from '../kit/clock.ts';
import { temporaryFolder } from '../kit/data-dir.ts';
import { memoryStore } from '../kit/memory-store.ts';
import { noCare } from '../kit/no-care.ts';
import {
  bounds,
  cycleRecord,
  dream,
  episode,
  evidence,
  expectation,
  insight,
  memory,
  noon,
  observer,
  salience,
  sleepRecord,
  sleepStep,
} from '../kit/nouns.ts';
import { silentLog } from '../think/scripted-model.ts';

const hourMs = 3_600_000;
const dayMs = 86_400_000;

function deskOn(options: { store?: Store; care?: Partial<StoreCare>; forgetWorking?: () => Promise<void> } = {}) {
  const clock = fakeClock(noon + hourMs);
  const store = options.store ?? memoryStore();
  const settings = defaultSettings();
  const steps: string[] = [];
  const changed: string[] = [];
  const noted = <T extends unknown[], R>(name: string, call: (...args: T) => Promise<R>) => {
    return async (...args: T): Promise<R> => {
      const answer = await call(...args);
      steps.push(name);
      return answer;
    };
  };
  const desk = createMemoryDesk({
    store: {
      ...store,
      deleteMemory: noted('delete', store.deleteMemory),
      deleteAll: noted('delete all', store.deleteAll),
    },
    clock,
    settings: () => settings,
    vectorFor: async () => null,
    care: {
      writeExport: options.care?.writeExport ?? noCare.writeExport,
      dropBackups: noted('drop backups', options.care?.dropBackups ?? noCare.dropBackups),
    },
    forgetWorking: noted('forget working', options.forgetWorking ?? (async () => undefined)),
    onChange: (what) => void changed.push(what),
  });
  const keep = (kept: Memory, rests: Evidence[] = []) =>
    store.changeMemories([{ kind: 'remember', memory: kept, evidence: rests }]);
  const see = (...observations: Observation[]) =>
    store.append({ entries: observations.map((observation) => ({ observation, mergeInto: null })), marks: [] });
  return { desk, store, clock, settings, steps, changed, keep, see };
}

const idsOf = (items: readonly { id: string }[]) => items.map(({ id }) => id);
const one = { limit: 50 };

describe('what is found', () => {
  async function filled() {
    const world = deskOn();
    const { keep } = world;
    await keep(
      memory('refund', { text: 'Refunds are paid out on Fridays.', target: 'src/refund.ts', importance: 0.9 }),
      [evidence('o1', { at: noon - 3 * dayMs })],
    );
    await keep(memory('lock', { kind: 'pattern', text: 'The tests fail after the lock file changed.' }), [
      evidence('o2', { at: noon - 2 * dayMs }),
    ]);
    await keep(memory('own', { kind: 'note', text: 'The invoice job runs at night.', trust: 'owner' }), [
      evidence('o3', { at: noon - dayMs }),
    ]);
    await keep(dream('dreamt', { text: 'Perhaps refunds fail on Mondays.', pinned: true }));
    return world;
  }

  it('[ME5.50] by words, each with why; never a dream', async () => {
    const { desk } = await filled();
    const [best, ...others] = await desk.find({ ...one, text: 'when are refunds paid' });
    expect(best).toMatchObject({ kind: 'learning', id: 'refund', memory: { id: 'refund', text: best?.text } });
    expect(best?.why.join(' ')).toMatch(/refund/i);
    expect([...idsOf(others), ...idsOf(await desk.search('refunds', 10))]).not.toContain('dreamt');
    expect(await desk.find({ ...one, text: 'zeppelin' })).toEqual([]);
  });

  it('[ME5.51] without words the newest first, page by page', async () => {
    const { desk } = await filled();
    const first = await desk.find({ limit: 2 });
    expect(idsOf(first)).toEqual(['own', 'lock']);
    expect(first.every((each) => each.why.length === 0)).toBe(true);
    expect(idsOf(await desk.find({ limit: 2, before: first[1]!.at }))).toEqual(['refund']);
    expect(idsOf(await desk.find({ limit: 2, text: '  ' }))).toEqual(['own', 'lock']);
  });

  it('[ME5.52] inside kinds, a span, a target and trust, also among what is pinned', async () => {
    const { desk } = await filled();
    for (const pinned of [false, true]) {
      if (pinned) for (const id of ['refund', 'lock', 'own']) await desk.send({ kind: 'pin-memory', id, pinned });
      const found = async (query: object) => idsOf(await desk.find({ ...one, ...(pinned && { pinned }), ...query }));
      expect((await found({})).toSorted()).toEqual(['lock', 'own', 'refund']);
      expect(await found({ kinds: ['pattern'] })).toEqual(['lock']);
      expect(await found({ target: 'src/refund.ts' })).toEqual(['refund']);
      expect(await found({ trust: ['owner'] })).toEqual(['own']);
    }
    const within = { from: noon - 2 * dayMs, until: noon - dayMs };
    expect(idsOf(await desk.find({ ...one, ...within }))).toEqual(['lock']);
    expect(idsOf(await desk.find({ limit: 1, pinned: true, text: 'lock file' })), 'words and pins').toEqual(['lock']);
    await desk.send({ kind: 'pin-memory', id: 'lock', pinned: false });
    expect(await desk.find({ ...one, pinned: true, text: 'lock file' })).not.toContainEqual(
      expect.objectContaining({ id: 'lock' }),
    );
  });
});

describe('one memory', () => {
  it('[ME5.53] says of each piece of evidence whether it can still be opened: observations, episodes, insights, memories', async () => {
    const { desk, store, keep, see } = deskOn();
    const observe = observer();
    const [old, fresh] = [observe({}, { occurredAt: noon - 60 * dayMs }), observe()];
    await see(old, fresh);
    await store.commitCycle(
      cycleRecord({
        attended: [old, fresh].map(({ id }) => ({ id, salience: salience() })),
        episode: episode('e1', { observationIds: [fresh.id] }),
        insights: [insight('i1')],
      }),
    );
    await keep(memory('m0'));
    const cited = [old.id, fresh.id].map((id) => evidence(id));
    const others = (['episode', 'insight', 'memory'] as const).flatMap((kind) =>
      [`${kind[0]}${kind === 'memory' ? 0 : 1}`, `${kind}-gone`].map((id) => evidence(id, { kind })),
    );
    await keep(memory('m1'), [...cited, ...others]);
    await store.tidy(bounds({ observationsBefore: noon - 30 * dayMs }));
    const seen = await desk.detail('m1');
    expect(Object.fromEntries(seen?.evidence.map((each) => [each.id, each.there]) ?? [])).toEqual({
      [old.id]: false,
      [fresh.id]: true,
      e1: true,
      'episode-gone': false,
      i1: true,
      'insight-gone': false,
      m0: true,
      'memory-gone': false,
    });
    expect(
      seen?.evidence.every((each) => each.snapshot !== ''),
      'what it said stays',
    ).toBe(true);
    expect(await desk.detail('nobody')).toBeNull();
  });

  it('[ME5.54] shows what contradicts it, what it predicted and what came, newest first, and only its own', async () => {
    const { desk, store, keep } = deskOn();
    const rule = { when: { target: 'src/a.ts' }, then: { type: 'test-failed' }, withinMs: hourMs };
    await keep(memory('m1', { kind: 'pattern', rule }));
    await keep(memory('m2'));
    const at = (n: number) => ({ since: noon + n, dueAt: noon + n + hourMs });
    const settled = { of: 'pattern' as const, ofId: 'm1', observationIds: ['o9'] };
    await store.commitCycle(
      cycleRecord({
        changes: [{ kind: 'contradict', id: 'm1', otherId: 'm2' }],
        expectations: [
          expectation('x1', at(1)),
          expectation('x2', at(2)),
          expectation('x3', at(3)),
          expectation('x4', { ofId: 'other', ...at(4) }),
        ],
        settled: [
          { id: 'x1', ...settled, settlement: 'met', at: noon + 10 },
          { id: 'x2', ...settled, settlement: 'not-met', at: noon + 20, observationIds: [] },
        ],
      }),
    );
    const seen = await desk.detail('m1');
    expect(idsOf(seen?.contradicting ?? [])).toEqual(['m2']);
    expect(seen?.predictions.map(({ since, settlement }) => [since - noon, settlement])).toEqual([
      [3, 'open'],
      [2, 'not-met'],
      [1, 'met'],
    ]);
    expect(seen?.predictions[2]).toMatchObject({ at: noon + 10, observationIds: ['o9'] });
    expect(seen?.memory).toMatchObject({ rule: expect.stringMatching(/test.failed/), contradicts: ['m2'] });
  });
});

describe('what the owner does with it', () => {
  it('[ME5.55] pins, corrects and is trusted, each told as a change; what is not there is refused in words', async () => {
    const { desk, store, keep, changed } = deskOn();
    await keep(memory('m1', { importance: 0.4 }), [evidence('o1')]);
    expect(await desk.send({ kind: 'pin-memory', id: 'm1', pinned: true })).toEqual({ ok: true });
    expect(await desk.send({ kind: 'correct-memory', id: 'm1', text: 'It is the release that is slow.' })).toEqual({
      ok: true,
    });
    expect(await store.memory('m1')).toMatchObject({
      text: 'It is the release that is slow.',
      trust: 'owner',
      pinned: true,
    });
    expect(await desk.find({ ...one, text: 'slow release' })).toMatchObject([{ id: 'm1', trust: 'owner' }]);
    expect(changed).toEqual(['some', 'some']);
    const refused = { ok: false, message: 'That memory is not there any more.' };
    const id = 'nobody';
    expect(await desk.send({ kind: 'pin-memory', id, pinned: true })).toEqual(refused);
    expect(await desk.send({ kind: 'correct-memory', id, text: 'x' })).toEqual(refused);
    expect(await desk.send({ kind: 'forget-memory', id })).toEqual(refused);
    expect(await desk.send({ kind: 'delete-memory', id })).toEqual(refused);
    expect(changed).toHaveLength(2);
  });

  it('[ME4.70] what is forgotten says why and until when it can be brought back; what is pinned is refused', async () => {
    const { desk, clock, keep, settings } = deskOn();
    await keep(memory('m1', { pinned: true }));
    expect(await desk.send({ kind: 'forget-memory', id: 'm1' })).toMatchObject({
      ok: false,
      message: expect.stringMatching(/Unpin/),
    });
    await desk.send({ kind: 'pin-memory', id: 'm1', pinned: false });
    settings.memory.tombstoneDays = 12;
    expect(await desk.send({ kind: 'forget-memory', id: 'm1' })).toEqual({
      ok: true,
      said: 'Forgotten. It can be brought back for 12 days.',
    });
    expect(await desk.find(one)).toEqual([]);
    expect(await desk.tombstones(10)).toMatchObject([
      { id: 'm1', why: 'you said so', forgottenAt: clock.now(), goneAt: clock.now() + 12 * dayMs },
    ]);
    expect(await desk.send({ kind: 'bring-back', id: 'm1' })).toEqual({ ok: true });
    expect(idsOf(await desk.find(one))).toEqual(['m1']);
    expect(await desk.send({ kind: 'bring-back', id: 'm1' })).toMatchObject({
      ok: false,
      message: expect.stringMatching(/already/),
    });
  });

  it('[ME5.56] deleting first clears what is in mind, then the memory, then what was thought meanwhile, then the copies, and says so only then', async () => {
    const { desk, keep, store, steps, changed } = deskOn();
    await keep(memory('m1'));
    await keep(memory('m2'));
    await store.changeMemories([{ kind: 'forget', id: 'm2', why: 'it faded', at: noon }]);
    const inOrder = ['forget working', 'delete', 'forget working', 'drop backups'];
    expect(await desk.send({ kind: 'delete-memory', id: 'm1' })).toMatchObject({
      ok: true,
      said: expect.stringMatching(/^Deleted for good, .*exported stays/),
    });
    expect(steps.splice(0)).toEqual(inOrder);
    expect(await desk.send({ kind: 'delete-memory', id: 'm2' }), 'a tombstone, too').toMatchObject({ ok: true });
    expect(steps.splice(0)).toEqual(inOrder);
    await desk.send({ kind: 'delete-memory', id: 'm1' });
    expect(steps, 'for nothing nothing is cleared').toEqual([]);
    expect(await desk.send({ kind: 'delete-everything', confirm: 'delete everything' })).toMatchObject({ ok: true });
    expect(steps.map((each) => each.replace(' all', ''))).toEqual(inOrder);
    expect(changed).toEqual(['some', 'some', 'all']);
  });

  it('[ME5.57] what the disk refuses is said with what is left and what to do, and never as done', async () => {
    const refuse = async () => Promise.reject(new Error('EBUSY'));
    const { desk, keep, store, changed } = deskOn({ care: { writeExport: refuse, dropBackups: refuse } });
    await keep(memory('m1'));
    const said = async (command: Parameters<typeof desk.send>[0]) => {
      const outcome = await desk.send(command);
      return outcome.ok ? 'done' : outcome.message;
    };
    expect(await said({ kind: 'export-memory', format: 'json' })).toMatch(/could not be written: EBUSY/);
    expect(await said({ kind: 'delete-memory', id: 'm1' })).toMatch(/It is deleted, but a backup.*EBUSY.*next start/);
    expect(await store.memory('m1')).toBeNull();
    const full = deskOn({ store: { ...store, deleteAll: refuse, deleteMemory: refuse } });
    await full.keep(memory('m2'));
    const outcomes = [
      await full.desk.send({ kind: 'delete-memory', id: 'm2' }),
      await full.desk.send({ kind: 'delete-everything', confirm: 'delete everything' }),
    ];
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ ok: false, message: expect.stringMatching(/Make room/) });
    expect(full.steps).not.toContain('drop backups');
    expect([...changed, ...full.changed]).toEqual([]);
  });
});

/** Every file under a folder, as bytes. */
const filesIn = (path: string): { path: string; bytes: string }[] =>
  readdirSync(path, { recursive: true, encoding: 'utf8' })
    .map((name) => join(path, name))
    .filter((each) => statSync(each).isFile())
    .map((each) => ({ path: each, bytes: readFileSync(each).toString('latin1') }));

/** A data folder in which a secret stands wherever it can. */
async function secretFolder() {
  const folder = temporaryFolder('desk');
  onTestFinished(folder.remove);
  const opened = await openStoreFile({
    dataDir: folder.path,
    workerUrl: workerUrl('store'),
    clock: fakeClock(noon),
    log: silentLog,
  });
  if (!opened.ok) throw new Error(opened.failure.message);
  const { store, care } = opened.value;
  onTestFinished(store.close);
  const secret = 'zyxotter owes zyxbadger nine';
  const working: Working = {
    ...bornNow(noon),
    log: [`you wrote ${secret}`],
    summary: { text: secret, waiting: [secret] },
    held: { items: [{ id: 'e1', text: secret, importance: 1, at: noon }], folded: secret },
  };
  const forgetWorking = () => store.setState(workingKey, workingToJson(bornNow(noon)));
  const world = deskOn({ store, care, forgetWorking });
  await store.setState(workingKey, workingToJson(working));
  await world.keep(memory('m1', { text: secret }), [evidence('o1', { snapshot: secret })]);
  await world.keep(memory('m2', { text: 'what may stay' }));
  const digest = { from: noon, until: noon, lines: [{ text: `Learned: ${secret}`, memoryIds: ['m1'] }] };
  await store.commitSleep(sleepStep({ sleep: sleepRecord('s1', { endedAt: noon, ended: 'done', digest }) }));
  await care.backupIfDue(24);
  writeFileSync(join(folder.path, 'reverie.db.bad-1'), secret);
  const withSecret = () =>
    filesIn(folder.path)
      .filter(({ bytes }) => bytes.includes('zyx'))
      .map(({ path }) => path);
  return { ...world, path: folder.path, withSecret };
}

describe('really gone', () => {
  it('[ME5.58] after a memory is deleted no file of the data folder holds a word of it: state, log, backups, what was set aside', async () => {
    const { desk, path, withSecret } = await secretFolder();
    expect(withSecret().length).toBeGreaterThanOrEqual(3);
    expect(await desk.send({ kind: 'delete-memory', id: 'm1' })).toMatchObject({ ok: true });
    expect(withSecret()).toEqual([]);
    expect(filesIn(path).some(({ bytes }) => bytes.includes('what may stay'))).toBe(true);
  });

  it('[ME5.59] after everything is deleted neither; only what the owner exported stays, and that is said', async () => {
    const { desk, store, path, withSecret } = await secretFolder();
    const exported = await desk.send({ kind: 'export-memory', format: 'markdown' });
    const outcome = await desk.send({ kind: 'delete-everything', confirm: 'delete everything' });
    expect(outcome).toMatchObject({ ok: true, said: expect.stringContaining('What you exported stays where it is.') });
    const [left, ...others] = withSecret();
    expect(left).toContain(join(path, 'exports'));
    expect(exported).toEqual({ ok: true, said: `Written to ${left}.` });
    expect(others).toEqual([]);
    expect(filesIn(path).filter(({ bytes }) => bytes.includes('what may stay'))).toHaveLength(1);
    expect(await store.counts()).toMatchObject({ memories: 0, observations: 0 });
  });
});
