import { idMaker } from '../../core/ids.ts';
import { createLife } from '../../core/loop/life.ts';
import { bornNow, type Mind } from '../../core/loop/mind.ts';
import type { Clock, Log, Model, Random, Store } from '../../core/ports.ts';
import { defaultSettings, type Settings } from '../../core/settings.ts';
import { createSleeper, type Sleeper } from '../../core/sleep/sleeper.ts';
import { createBudget } from '../../core/think/gateway/budget.ts';
import { createTokenCounter } from '../../core/think/tokens.ts';
import type { Stamp } from '../../core/types.ts';
import { plainGateway } from '../kit/gateway.ts';
import { steadyReasoners } from '../kit/reasoners.ts';

/** A clock that only moves when told. What is to be called at once is; deadlines never come. */
export function toldClock(startAt: Stamp): Clock & { goTo(at: Stamp): void } {
  let at = startAt;
  return {
    now: () => at,
    elapsed: () => at - startAt,
    after(ms, call) {
      if (ms > 0) return () => undefined;
      const timer = setImmediate(call);
      return () => clearImmediate(timer);
    },
    goTo(next) {
      at = Math.max(at, next);
    },
  };
}

const nothing = () => undefined;

/** The mind and its sleep as the engine puts them together: rules think, nobody looks on, and a sleep takes as long as it takes. */
export function livingMind(parts: { store: Store; clock: Clock; random: Random; rules: Model; failures: string[] }): {
  mind: Mind;
  sleeper: Sleeper;
  settings: Settings;
} {
  const { store, clock, random, rules, failures } = parts;
  const settings = defaultSettings();
  settings.model.reasoner = 'rules';
  settings.sleep.leastMs = 0;
  const log: Log = {
    debug: nothing,
    info: nothing,
    warn: (event) => failures.push(event),
    error: (event) => failures.push(event),
  };
  const tokens = createTokenCounter();
  const budget = createBudget({ clock, store, settings: () => settings.budget });
  const life = createLife();
  life.send('recover');
  life.send('wake');
  const nextId = idMaker(clock, random);
  const mind: Mind = {
    store,
    clock,
    log,
    nextId,
    life,
    settings: () => settings,
    fence: 'bench',
    vectorFor: async () => null,
    working: { now: bornNow(clock.now()) },
    run: { startedAt: 0, beforeMs: 0 },
    thinking: {
      gateway: plainGateway({ budget, tokens, random, clock }),
      reasoners: steadyReasoners(rules, rules),
      tokens,
      settings: () => settings.model,
      clock,
      log,
      onFailure: ({ code }) => failures.push(code),
    },
    news: {
      thoughtStarted: nothing,
      thoughtGrew: nothing,
      thoughtEnded: nothing,
      insightFormed: nothing,
      proposalMade: nothing,
      setAside: nothing,
      memoryChanged: nothing,
    },
  };
  const sleeper = createSleeper({
    store,
    clock,
    random,
    log,
    nextId,
    settings: () => settings,
    model: () => null,
    tokens,
    running: { now: () => mind.working.now.summary, replace: async () => undefined },
  });
  return { mind, sleeper, settings };
}
