import { idMaker } from '../../core/ids.ts';
import { createLife } from '../../core/loop/life.ts';
import { type Mind, workingFromJson, workingKey } from '../../core/loop/mind.ts';
import type { Store } from '../../core/ports.ts';
import { defaultSettings, type Settings } from '../../core/settings.ts';
import { createBudget } from '../../core/think/gateway/budget.ts';
import { createRuleReasoner } from '../../core/think/models/rules.ts';
import { createTokenCounter } from '../../core/think/tokens.ts';
import type { Observation } from '../../core/types.ts';
import { fakeClock, seededRandom } from '../kit/clock.ts';
import { plainGateway } from '../kit/gateway.ts';
import { memoryStore } from '../kit/memory-store.ts';
import { noon, observer } from '../kit/nouns.ts';
import { steadyReasoners } from '../kit/reasoners.ts';
import { scriptedModel, silentLog } from '../think/scripted-model.ts';

/** A mind of real parts over rows in memory, a clock that stands, and a model that says what it is told. */
export async function mindWorld(
  options: {
    said?: Parameters<typeof scriptedModel>[0];
    settings?: (defaults: Settings) => void;
    store?: Store;
    clock?: ReturnType<typeof fakeClock>;
  } = {},
) {
  const clock = options.clock ?? fakeClock(noon + 3_600_000);
  const store = options.store ?? memoryStore();
  const settings = defaultSettings();
  options.settings?.(settings);
  const model = scriptedModel(options.said ?? ['']);
  const random = seededRandom(7);
  const tokens = createTokenCounter();
  const budget = createBudget({ clock, store, settings: () => settings.budget });
  const gateway = plainGateway({ budget, tokens, random, clock });
  const modelSettings = () => settings.model;
  const rules = createRuleReasoner();
  const reasoners = steadyReasoners(settings.model.reasoner === 'rules' ? rules : model, rules);
  const life = createLife();
  life.send('recover');
  life.send('wake');
  const news: [string, ...unknown[]][] = [];
  const failures: string[] = [];
  const mind: Mind = {
    store,
    clock,
    log: silentLog,
    nextId: idMaker(clock, random),
    life,
    settings: () => settings,
    fence: 'k3nz8w1q',
    working: { now: workingFromJson(await store.state(workingKey), clock.now()) },
    run: { startedAt: 0, beforeMs: 0 },
    vectorFor: async () => null,
    thinking: {
      gateway,
      reasoners,
      tokens,
      clock,
      log: silentLog,
      settings: modelSettings,
      onFailure: ({ code }) => failures.push(code),
    },
    news: {
      thoughtStarted: (...what) => news.push(['thought-started', ...what]),
      thoughtGrew: (...what) => news.push(['thought-grew', ...what]),
      thoughtEnded: (...what) => news.push(['thought-ended', ...what]),
      insightFormed: (...what) => news.push(['insight-formed', ...what]),
      proposalMade: (...what) => news.push(['proposal-made', ...what]),
      setAside: (...what) => news.push(['set-aside', ...what]),
      memoryChanged: () => news.push(['memory-changed']),
    },
  };
  return {
    mind,
    store,
    clock,
    model,
    life,
    settings,
    news,
    failures,
    random,
    signal: new AbortController().signal,
    newsOf: (kind: string) => news.filter(([each]) => each === kind).map(([, ...what]) => what),
    see: (...observations: Observation[]) =>
      store.append({ entries: observations.map((observation) => ({ observation, mergeInto: null })), marks: [] }),
  };
}

const see = observer(noon);
/** An edit worth a thought, and one that is none. */
export const edit = (target = 'src/cart/total.ts') =>
  see({ target, severity: 'warning', details: { added: 12, removed: 3, place: '/shop' } });
export const blank = (target = 'src/blank.ts') => see({ target, details: { whitespaceOnly: true } });
export const ownerNote = (text = 'the discount is for members only') =>
  see({ type: 'note-written', target: 'owner', trust: 'owner', details: { text } });
