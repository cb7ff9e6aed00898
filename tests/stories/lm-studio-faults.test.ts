import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Snapshot } from '../../core/protocol.ts';
import type { Settings } from '../../core/settings.ts';
import { type StudioWorld, studioWorld } from '../kit/lm-studio-engine.ts';
import { type FaultName, faultNames } from '../kit/lmstudio/faults.ts';
import { createHold } from '../kit/lmstudio/pace.ts';
import type { LmsKnobs, SimulatorOptions } from '../kit/lmstudio/simulator.ts';
import { waitFor } from '../kit/wait-for.ts';

const demo = 'acme/demo-8b';
const always = 10_000;

/** One fault, met by a whole engine that wants to think: where the server stands then, who formed the thought, what the owner reads. */
interface Row {
  fault: FaultName | `lms: ${string}`;
  /** How often it strikes; 1 when absent. */
  times?: number;
  /** The model is named and not loaded, so that the thought has to load it. */
  unloaded?: boolean;
  settings?: (settings: Settings) => void;
  simulator?: SimulatorOptions;
  knobs?: Partial<LmsKnobs>;
  state: Snapshot['server']['state'];
  thinker: 'server' | 'rules';
  /** What the owner reads: a trouble, or the words of the server's state. */
  reads: RegExp | null;
  /** Loads after both thoughts. */
  loads?: number;
  /** Who forms the thought after that. */
  next: 'server' | 'rules';
}

const silentSoon = (settings: Settings): void => {
  settings.model.inactivityMs = 300;
  settings.model.prefillMsPerToken = 0;
};

const rows: Row[] = [
  // Any route
  {
    fault: 'unauthorized',
    times: always,
    state: 'auth-required',
    thinker: 'rules',
    reads: /wants an API token/,
    next: 'rules',
  },
  { fault: 'connection-reset', state: 'ready', thinker: 'server', reads: null, next: 'server' },
  { fault: 'keep-alive-reset', times: always, state: 'ready', thinker: 'server', reads: null, next: 'server' },
  {
    fault: 'no-answer',
    times: always,
    state: 'server-off',
    thinker: 'rules',
    reads: /No model server answers|does not answer well|server is off/,
    next: 'rules',
  },
  {
    fault: 'html-everywhere',
    times: always,
    state: 'server-off',
    thinker: 'rules',
    reads: /another program|web page|no model server/i,
    next: 'rules',
  },
  {
    fault: 'server-error',
    times: always,
    state: 'server-off',
    thinker: 'rules',
    reads: /error of its own/,
    next: 'rules',
  },
  // Lists and paths
  { fault: 'html-on-bad-path', times: always, state: 'ready', thinker: 'server', reads: null, next: 'server' },
  { fault: 'empty-list', times: always, state: 'ready', thinker: 'server', reads: null, next: 'server' },
  { fault: 'list-of-5000', times: always, state: 'ready', thinker: 'server', reads: null, next: 'server' },
  {
    fault: 'list-without-end',
    times: always,
    state: 'server-off',
    thinker: 'rules',
    reads: /does not answer well/,
    next: 'rules',
  },
  // Before an answer
  { fault: 'unknown-model', state: 'ready', thinker: 'rules', reads: /does not have the model/, next: 'server' },
  { fault: 'no-models-400', state: 'ready', thinker: 'rules', reads: /no model loaded/, next: 'server' },
  { fault: 'no-models-404', state: 'ready', thinker: 'rules', reads: /no model loaded/, next: 'server' },
  { fault: 'no-models-object', state: 'ready', thinker: 'rules', reads: /no model loaded/, next: 'server' },
  { fault: 'overflow-n-keep', state: 'ready', thinker: 'rules', reads: /does not fit/, next: 'server' },
  { fault: 'overflow-greater', state: 'ready', thinker: 'rules', reads: /does not fit/, next: 'server' },
  { fault: 'overflow-keep-first', state: 'ready', thinker: 'rules', reads: /does not fit/, next: 'server' },
  { fault: 'model-unloaded', state: 'ready', thinker: 'rules', reads: /was unloaded/, next: 'server' },
  { fault: 'model-crashed', state: 'ready', thinker: 'server', reads: null, next: 'server' },
  { fault: 'grammar', state: 'ready', thinker: 'server', reads: null, next: 'server' },
  { fault: 'template', state: 'ready', thinker: 'rules', reads: /template/, next: 'server' },
  // While loading
  {
    fault: 'crash-on-load',
    unloaded: true,
    state: 'no-model',
    thinker: 'rules',
    reads: /could not be loaded/,
    loads: 1,
    next: 'rules',
  },
  {
    fault: 'load-refused',
    unloaded: true,
    state: 'no-model',
    thinker: 'rules',
    reads: /could not be loaded.*memory/,
    loads: 1,
    next: 'rules',
  },
  {
    fault: 'smaller-context',
    unloaded: true,
    state: 'ready',
    thinker: 'server',
    reads: /small window of 4,096/,
    loads: 1,
    next: 'server',
  },
  { fault: 'load-twice', simulator: { jit: true }, state: 'ready', thinker: 'server', reads: null, next: 'server' },
  {
    fault: 'old-load-answer',
    unloaded: true,
    state: 'ready',
    thinker: 'server',
    reads: null,
    loads: 1,
    next: 'server',
  },
  // During an answer
  { fault: 'crash-mid-stream', state: 'ready', thinker: 'server', reads: null, loads: 2, next: 'server' },
  { fault: 'overflow-mid-stream', state: 'ready', thinker: 'rules', reads: /does not fit/, next: 'server' },
  { fault: 'error-object', state: 'ready', thinker: 'rules', reads: /reported an error/, next: 'server' },
  { fault: 'error-string', state: 'ready', thinker: 'rules', reads: /reported an error/, next: 'server' },
  { fault: 'error-event', state: 'ready', thinker: 'rules', reads: /reported an error/, next: 'server' },
  { fault: 'cut', state: 'ready', thinker: 'rules', reads: /broke/, next: 'server' },
  { fault: 'end-early', state: 'ready', thinker: 'rules', reads: /broke|ended/, next: 'server' },
  { fault: 'no-done', state: 'ready', thinker: 'server', reads: null, next: 'server' },
  { fault: 'hang', settings: silentSoon, state: 'ready', thinker: 'rules', reads: /silent/, next: 'server' },
  { fault: 'no-chunks', settings: silentSoon, state: 'ready', thinker: 'rules', reads: /silent/, next: 'server' },
  { fault: 'late-headers', state: 'ready', thinker: 'server', reads: null, next: 'server' },
  { fault: 'empty-success', state: 'ready', thinker: 'server', reads: null, next: 'server' },
  { fault: 'json-in-reasoning', state: 'ready', thinker: 'server', reads: null, next: 'server' },
  {
    fault: 'slow-prefill',
    simulator: { prefill: 900 },
    settings: (settings) => void (settings.model.inactivityMs = 300),
    state: 'ready',
    thinker: 'server',
    reads: null,
    next: 'server',
  },
  // `lms`
  { fault: 'ps-race', times: 1, state: 'ready', thinker: 'server', reads: null, next: 'server' },
  { fault: 'lms: hangs', knobs: { hang: ['*'] }, state: 'ready', thinker: 'server', reads: null, next: 'server' },
  {
    fault: 'lms: prints 10 MB',
    knobs: { flood: ['ps', 'ls'] },
    state: 'ready',
    thinker: 'server',
    reads: null,
    next: 'server',
  },
  {
    fault: 'lms: dies of an illegal instruction',
    knobs: { dies: 'SIGILL' },
    unloaded: true,
    state: 'ready',
    thinker: 'server',
    reads: null,
    loads: 1,
    next: 'server',
  },
  {
    fault: 'lms: stale AppImage',
    knobs: { dies: 'ENOENT' },
    unloaded: true,
    state: 'ready',
    thinker: 'server',
    reads: null,
    loads: 1,
    next: 'server',
  },
  {
    fault: 'lms: prints Chinese',
    knobs: { chinese: true },
    unloaded: true,
    state: 'ready',
    thinker: 'server',
    reads: null,
    loads: 1,
    next: 'server',
  },
  {
    fault: 'lms: much older',
    knobs: { old: true },
    unloaded: true,
    state: 'ready',
    thinker: 'server',
    reads: null,
    loads: 1,
    next: 'server',
  },
];

async function met(row: Row): Promise<StudioWorld> {
  const world = await studioWorld({
    simulator: { jit: false, ...row.simulator },
    settings(settings) {
      settings.model.name = demo;
      row.settings?.(settings);
    },
  });
  onTestFinished(() => world.end());
  const { simulator, engine } = world;
  await simulator.launch();
  await simulator.startServer();
  if (!row.unloaded) await simulator.load(demo, { contextLength: 8_192 });
  Object.assign(simulator.lms, row.knobs);
  // The simulator’s own slow prompt takes five minutes of its clock; here a second beyond all patience for silence stands for it.
  if (row.fault !== 'slow-prefill' && faultNames.includes(row.fault as FaultName))
    simulator.faults.inject(row.fault as FaultName, row.times);
  await engine.start();
  return world;
}

/** Everything that the owner could read about models now. */
const readsNow = ({ server, troubles }: Snapshot): string =>
  [server.what, ...troubles.filter(({ key }) => key === 'model' || key === 'server').map(({ what }) => what)].join(' ');

describe('every fault of LM Studio', () => {
  it.for(rows)('[LM2.95] $fault: the state, the thought, what the owner reads, and what comes next', async (row) => {
    const { engine, simulator, see } = await met(row);
    const first = await see('first.ts');
    expect(first.thought?.reasoner.kind).toBe(row.thinker);
    const now = await waitFor(`${row.fault} to end in ${row.state}`, () => {
      const snapshot = engine.snapshot();
      return snapshot.server.state === row.state ? snapshot : null;
    });
    if (row.reads) expect(readsNow(now)).toMatch(row.reads);
    else expect(now.troubles).toEqual([]);
    const second = await see('second.ts');
    expect(second.thought?.reasoner.kind).toBe(row.next);
    expect(simulator.loads()).toBe(row.loads ?? (row.unloaded ? 0 : 1));
    expect(engine.snapshot().counts).toMatchObject({ observations: 2, episodes: 2, pending: 0, dead: 0 });
  });

  it('[LM2.95] the table of SPEC.md names each of them, and no other', () => {
    const spec = readFileSync(new URL('../../core/SPEC.md', import.meta.url), 'utf8');
    const table = spec.slice(spec.indexOf('## Faults of LM Studio'));
    const named = [...table.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name);
    expect(named.toSorted()).toEqual([...rows.map(({ fault }) => fault), ...elsewhere].toSorted());
    expect(faultNames.filter((name) => !named.includes(name))).toEqual([]);
  });

  it('[LM2.96] a call that is given up while the prompt is read keeps its place there; the next one waits and is answered', async () => {
    const prefill = createHold();
    const { engine, simulator, offer } = await met({
      ...rows[1]!,
      fault: 'lms: none',
      simulator: { prefill, slots: 1 },
    });
    offer('first.ts');
    await waitFor('the prompt to be read', () => prefill.standing() === 1);
    await engine.send({ kind: 'pause' });
    await engine.send({ kind: 'resume' });
    prefill.open();
    await waitFor('the thought', () => engine.snapshot().counts.episodes === 1);
    expect(engine.snapshot().thought?.reasoner.kind).toBe('server');
    expect(simulator.instancesNow()).toHaveLength(1);
  });

  it('[LM2.97] a right token in the settings mends a server that wants one', async () => {
    const token = 'sk-lm-abcd1234:abcdefghij0123456789';
    const { engine, see, settings, logged, events } = await met({
      ...rows[1]!,
      fault: 'lms: none',
      simulator: { token },
    });
    await waitFor('the first look', () => engine.snapshot().server.state === 'auth-required');
    expect((await see('first.ts')).thought?.reasoner.kind).toBe('rules');
    expect(await engine.send({ kind: 'change-settings', patch: { model: { apiKey: token } } })).toEqual({ ok: true });
    await waitFor('the server to be ready', () => engine.snapshot().server.state === 'ready');
    expect((await see('second.ts')).thought?.reasoner.kind).toBe('server');
    expect(settings.model.apiKey).toBe(token);
    expect(JSON.stringify([logged, events, await engine.query.model()])).not.toContain(token);
  });

  it('[LM2.98] a download onto a full disk is refused before it begins or ends in words, and changes nothing', async () => {
    const { engine, simulator } = await met({ ...rows[1]!, fault: 'lms: none' });
    simulator.faults.inject('disk-full');
    expect(await engine.send({ kind: 'get-model', name: 'acme/small-1b' })).toEqual({ ok: true });
    const { server } = await waitFor('the refusal', () => {
      const snapshot = engine.snapshot();
      return snapshot.troubles.some(({ what }) => what.includes('could not be downloaded')) ? snapshot : null;
    });
    expect(server.state).toBe('ready');
  });
});

/** Faults that no thought meets; they are tested by name where they belong. */
const elsewhere = ['crash-on-embedding', 'disk-full', 'download-fails'];
