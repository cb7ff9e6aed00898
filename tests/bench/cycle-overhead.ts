import { systemClock, systemRandom } from '../../core/host/system.ts';
import { idMaker } from '../../core/ids.ts';
import { runCycle } from '../../core/loop/cycle.ts';
import { createLife } from '../../core/loop/life.ts';
import { bornNow, type Mind } from '../../core/loop/mind.ts';
import type { Log, Store } from '../../core/ports.ts';
import { defaultSettings } from '../../core/settings.ts';
import { createBudget } from '../../core/think/gateway/budget.ts';
import { createRuleReasoner } from '../../core/think/models/rules.ts';
import { createTokenCounter } from '../../core/think/tokens.ts';
import { temporaryStore } from '../kit/data-dir.ts';
import { plainGateway } from '../kit/gateway.ts';
import { steadyReasoners } from '../kit/reasoners.ts';
import { fillStore, novelBatch } from './full-store.ts';
import { figure, type Measurement, median, percentile } from './measurement.ts';
import { wordMaker } from './samples.ts';

const stored = 10_000;
const warmUps = 20;
const counted = 300;

/** One whole cycle, from taking the batch to its durable commit, with rules instead of a model and a database that has some history. */
export const cycleOverhead: Measurement = {
  rows: { 'cycle-overhead-p95-ms': { unit: 'ms', target: 15, want: 'at-most' } },
  async take() {
    const { store, close } = await temporaryStore();
    try {
      await fillStore(store, stored);
      const { observations } = await store.counts();
      const took = await timeCycles(rulesMind(store));
      const spread = `median ${figure(median(took))}, worst ${figure(Math.max(...took))} ms`;
      return {
        'cycle-overhead-p95-ms': {
          value: percentile(took, 0.95),
          note: `${took.length} cycles of 1 to 3 observations, each ending in a thought (${spread}), after ${warmUps} to warm up; ${observations} observations stored before`,
        },
      };
    } finally {
      await close();
    }
  },
};

async function timeCycles(mind: Mind): Promise<number[]> {
  const word = wordMaker(3);
  const took: number[] = [];
  for (let n = 0; n < warmUps + counted; n++) {
    const observations = novelBatch(word, 1 + (n % 3), mind.nextId, mind.clock.now());
    await mind.store.append({
      entries: observations.map((observation) => ({ observation, mergeInto: null })),
      marks: [],
    });
    const startedAt = performance.now();
    const outcome = await runCycle(mind, new AbortController().signal);
    const ms = performance.now() - startedAt;
    if (outcome !== 'thought') throw new Error(`cycle ${n} of ${observations.length} observations was ${outcome}`);
    if (n >= warmUps) took.push(ms);
  }
  return took;
}

const nothing = () => undefined;
const news: Mind['news'] = {
  thoughtStarted: nothing,
  thoughtGrew: nothing,
  thoughtEnded: nothing,
  insightFormed: nothing,
  proposalMade: nothing,
  setAside: nothing,
  memoryChanged: nothing,
};
const log: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** The mind as the engine puts it together, without sources and without anybody who looks on. */
function rulesMind(store: Store): Mind {
  const settings = defaultSettings();
  settings.model.reasoner = 'rules';
  const tokens = createTokenCounter();
  const budget = createBudget({ clock: systemClock, store, settings: () => settings.budget });
  const rules = createRuleReasoner();
  const life = createLife();
  life.send('recover');
  life.send('wake');
  return {
    store,
    clock: systemClock,
    log,
    nextId: idMaker(systemClock, systemRandom),
    life,
    settings: () => settings,
    fence: 'bench',
    working: { now: bornNow(systemClock.now()) },
    run: { startedAt: 0, beforeMs: 0 },
    vectorFor: async () => null,
    thinking: {
      gateway: plainGateway({ budget, tokens, random: systemRandom, clock: systemClock }),
      reasoners: steadyReasoners(rules, rules),
      tokens,
      settings: () => settings.model,
      clock: systemClock,
      log,
      onFailure: nothing,
    },
    news,
  };
}
