import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { topicOf } from '../../core/attend/focus.ts';
import { attend } from '../../core/attend/salience.ts';
import { rule } from '../../core/decide/policy.ts';
import { verify } from '../../core/decide/verify.ts';
import { propose } from '../../core/delegate/gate.ts';
import { systemClock, systemRandom } from '../../core/host/system.ts';
import { workerUrl } from '../../core/host/worker-url.ts';
import { idMaker } from '../../core/ids.ts';
import { runCycle } from '../../core/loop/cycle.ts';
import { createLife } from '../../core/loop/life.ts';
import { bornNow, type Mind } from '../../core/loop/mind.ts';
import { createIntake } from '../../core/observe/intake.ts';
import { createFilesSource } from '../../core/observe/sources/files.ts';
import type { Log, Store } from '../../core/ports.ts';
import { defaultSettings } from '../../core/settings.ts';
import { createBudget } from '../../core/think/gateway/budget.ts';
import { createRuleReasoner } from '../../core/think/models/rules.ts';
import { reflect } from '../../core/think/reflect.ts';
import { createTokenCounter } from '../../core/think/tokens.ts';
import type { Decision, Insight, Observation } from '../../core/types.ts';
import { temporaryStore } from '../kit/data-dir.ts';
import { plainGateway } from '../kit/gateway.ts';
import { cycleRecord, decision, noon } from '../kit/nouns.ts';
import { steadyReasoners } from '../kit/reasoners.ts';
import { makeTree } from '../kit/tree.ts';
import { waitFor } from '../kit/wait-for.ts';

/**
 * One observation, eight files. The owner edits a file; each test follows it one file further, with the real thing at every step: a real
 * folder and repository, the watching thread, the database. Read it from top to bottom.
 */
const settings = defaultSettings();
const log: Log = { debug() {}, info() {}, warn() {}, error() {} };
const clock = systemClock;
const nextId = idMaker(clock, systemRandom);
const tree = makeTree({ repository: true });
const rules = createRuleReasoner();
const tokens = createTokenCounter();

let store: Store;
let closeStore: () => Promise<void>;
let stopWatching: () => Promise<void>;
let observation: Observation;
const told: Insight[] = [];

beforeAll(async () => {
  ({ store, close: closeStore } = await temporaryStore());
  tree.write('src/checkout.ts', 'export function total(items: number[]) {\n  return items.length;\n}\n');
  tree.commit('Begin');
});
afterAll(async () => {
  await stopWatching?.();
  await closeStore();
  tree.end();
});

describe('one observation, eight files', () => {
  it('[OB1.3] observe/sources/files notices the edit; [OB5.1] observe/intake writes it down durably', async () => {
    const intake = createIntake({
      store,
      clock,
      nextId,
      settings: () => settings.intake,
      log,
      onWritten: () => undefined,
      onTrouble: () => undefined,
    });
    const source = createFilesSource({
      root: tree.root,
      label: '',
      ignore: [],
      maxFiles: 1000,
      exclude: [],
      announce: false,
      workerUrl: workerUrl('files'),
      log,
    });
    stopWatching = async () => {
      await source.stop();
      await intake.stop();
    };
    await source.start(
      { ...intake.sink(source), health: () => undefined },
      {
        page: (after, limit) => store.markPage(source.id, after, limit),
        get: (key) => store.mark(source.id, key),
      },
    );
    expect((await store.counts()).observations, 'what was there before is a baseline, not news').toBe(0);

    tree.write(
      'src/checkout.ts',
      'export function total(items: number[]) {\n  return items.reduce((sum, item) => sum + item, 0);\n}\n',
    );
    [observation] = (await waitFor('the edit to be written down', async () => {
      const waiting = await store.take(50);
      return waiting.length > 0 ? waiting : null;
    })) as [Observation];
    expect(observation).toMatchObject({
      source: 'files',
      type: 'file-changed',
      target: 'src/checkout.ts',
      trust: 'observed',
      severity: 'info',
      priority: 3,
    });
    expect(observation.details).toMatchObject({ added: 1, removed: 1, against: 'commit', near: ['total'] });
  });

  it('[AT1.2] attend/salience finds it worth a thought, and can say why', () => {
    const { salient } = attend([observation], { attended: [], focus: null, lessOf: new Map() }, settings.attend);
    expect(salient[0]?.salience).toMatchObject({ terms: { novelty: 1, urgency: 0.3 }, ignored: null });
    expect(salient[0]?.salience.score).toBeGreaterThan(settings.attend.threshold);
  });

  it('[ME3.3] remember/recall brings what is known about it', async () => {
    const known: Insight = {
      id: 'known',
      text: 'checkout.ts had no test on Friday',
      evidenceIds: [],
      confidence: 1,
      importance: 0.5,
      formedAt: noon,
      toldAt: null,
      reasoner: rules.reasoner,
      verdict: null,
      pinned: false,
    };
    await store.commitCycle(cycleRecord({ insights: [known] }));
    const hits = await store.recall({ text: topicOf(observation), now: noon, limit: 5 });
    expect(hits.map((hit) => hit.id)).toEqual(['known']);
  });

  it('[TH4.10] think/reflect forms decision and insight; [DE1.1] decide/policy chooses what may be done', async () => {
    const thinking = await makeThinking();
    const salient = attend([observation], { attended: [], focus: null, lessOf: new Map() }, settings.attend).salient;
    const context = {
      now: clock.now(),
      focus: null,
      salient: salient.map((each) => ({ ...each, ref: 'o1' })),
      history: await store.history([observation.target], 0),
      session: { startedAt: null, edits: 0, files: [] },
      told: [],
      recalled: [],
      patterns: [],
      summary: '',
    };
    const prompt = {
      identity: bornNow(clock.now()).identity,
      fence: 'f3nc3',
      log: [],
      context,
      lastThoughtAt: null,
      memoryAnswer: null,
    };
    const { answer, reasoner } = await reflect(
      { ...thinking, onThought: () => undefined },
      prompt,
      'loop',
      new AbortController().signal,
    );
    expect(reasoner).toEqual({ kind: 'rules', name: 'rules' });
    expect(answer.insight?.text).toContain('src/checkout.ts');

    const refs = new Map([['o1', observation.id]]);
    const insight = answer.insight && { text: answer.insight.text, importance: answer.insight.importance ?? 0 };
    const verified = verify({ decision: answer as Decision, insight, evidence: answer.evidence }, { refs, told: [] });
    expect(verified).toMatchObject({ ok: true, thought: { evidenceIds: [observation.id] } });
    expect(rule(answer as Decision, { worst: observation.severity, mayReflect: true }).decision).toMatchObject({
      action_type: 'observe',
      target_agent: null,
      command: null,
    });
  });

  it('[DL3.1] delegate/gate proposes, and no more than that', () => {
    const wish = decision({ action_type: 'delegate', target_agent: 'claude-code', command: 'Add a test for total' });
    const thought = { decision: wish, insight: null, evidenceIds: [observation.id] };
    expect(propose(thought, { id: 'p', episodeId: 'e', evidence: [observation], now: noon })).toMatchObject({
      status: 'proposed',
      tainted: true,
    });
  });

  it('[OB8.1] loop/cycle does all of it in order, and acknowledges the observation with its episode', async () => {
    const stages: string[] = [];
    const life = createLife();
    life.send('recover');
    life.send('wake');
    life.onChange(() => stages.push(life.stage()));
    const nothing = () => undefined;
    const mind: Mind = {
      store,
      clock,
      log,
      nextId,
      life,
      settings: () => settings,
      fence: 'f3nc3',
      working: { now: bornNow(clock.now()) },
      run: { startedAt: 0, beforeMs: 0 },
      vectorFor: async () => null,
      thinking: await makeThinking(),
      news: {
        thoughtStarted: nothing,
        thoughtGrew: nothing,
        thoughtEnded: nothing,
        insightFormed: (insight) => told.push(insight),
        proposalMade: nothing,
        setAside: nothing,
        memoryChanged: nothing,
      },
    };
    expect(await runCycle(mind, new AbortController().signal)).toBe('thought');
    expect(stages).toEqual(['perceive', 'attend', 'reflect', 'decide', 'act', 'resting']);
    expect(told).toMatchObject([{ evidenceIds: [observation.id], reasoner: { kind: 'rules' } }]);
    expect((await store.episodes(1))[0]).toMatchObject({ observationIds: [observation.id], insightIds: [told[0]?.id] });
    expect(mind.working.now.focus.focus?.topic).toBe('src/checkout.ts');
    expect(await runCycle(mind, new AbortController().signal), 'it is thought about once').toBe('empty');
  });
});

async function makeThinking() {
  const budget = createBudget({ clock, store, settings: () => settings.budget });
  const gateway = plainGateway({ budget, tokens, random: systemRandom, clock });
  const reasoners = steadyReasoners(rules, rules);
  const model = { ...settings.model, reasoner: 'rules' as const };
  return { gateway, reasoners, tokens, clock, log, settings: () => model, onFailure: () => undefined };
}
