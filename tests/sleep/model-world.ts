import type { HeldEpisode, LearnedFrom, Memory } from '../../core/memory.ts';
import type { ModelTraits } from '../../core/ports.ts';
import { noTerms } from '../../core/remember/importance.ts';
import { defaultSettings, type Settings } from '../../core/settings.ts';
import { createSleepModel } from '../../core/sleep/model/create-sleep-model.ts';
import { createBudget } from '../../core/think/gateway/budget.ts';
import { createTokenCounter } from '../../core/think/tokens.ts';
import type { Episode, Observation, ObservationDraft } from '../../core/types.ts';
import { fakeClock, seededRandom } from '../kit/clock.ts';
import { plainGateway } from '../kit/gateway.ts';
import { episode, noon, observer } from '../kit/nouns.ts';
import { withTraits } from '../think/gateway-world.ts';
import { scriptedModel } from '../think/scripted-model.ts';

export const fence = 'k3nz8w1q';

/** A sleeping model that says what it is told to, behind the real gateway. */
export function sleepWorld(
  said: Parameters<typeof scriptedModel>[0],
  over: { traits?: Partial<ModelTraits>; budgetLeft?: number; settings?: Partial<Settings['model']> } = {},
) {
  const clock = fakeClock();
  const tokens = createTokenCounter();
  const scripted = scriptedModel(said);
  const spent: { purpose: string; tokens: number }[] = [];
  const store = {
    spend: async ({ purpose, tokens: each }: { purpose: string; tokens: number }) => {
      spent.push({ purpose, tokens: each });
    },
    spent: async () => [],
  };
  const budget = createBudget({ clock, store, settings: () => defaultSettings().budget });
  const defaults = defaultSettings();
  const settings = { ...defaults, model: { ...defaults.model, ...over.settings } };
  const model = createSleepModel({
    model: withTraits(scripted, over.traits ?? {}),
    gateway: plainGateway({ budget, tokens, random: seededRandom(1), clock }),
    tokens,
    fence,
    settings: () => settings,
    budgetLeft: () => over.budgetLeft ?? Infinity,
  });
  const controller = new AbortController();
  return { model, requests: scripted.requests, spent, clock, tokens, controller, signal: controller.signal };
}

export const held = (id: string, over: Partial<Episode> = {}): HeldEpisode => ({
  ...episode(id, over),
  importance: 0.5,
  strength: 1,
  recalled: 0,
});

const see = observer();

/** One episode of these observations. */
export function learnedFrom(
  id: string,
  drafts: (Partial<ObservationDraft> & { fields?: Partial<Observation> })[],
  over: Partial<LearnedFrom> = {},
): LearnedFrom {
  const observations = drafts.map(({ fields, ...draft }) => see(draft, fields));
  return {
    episode: held(id, {
      summary: observations.map(({ type, target }) => `${target}: ${type}`).join('; '),
      observationIds: observations.map((each) => each.id),
    }),
    observations,
    insights: [],
    ...over,
  };
}

export const memory = (id: string, text: string, over: Partial<Memory> = {}): Memory => ({
  id,
  kind: 'learning',
  text,
  key: null,
  target: null,
  importance: 0.6,
  terms: noTerms,
  strength: 1,
  strengthAt: noon,
  stabilityDays: 7,
  recalled: 0,
  recalledAt: null,
  formedAt: noon,
  changedAt: noon,
  reasoner: { kind: 'rules', name: 'rules' },
  sleepId: null,
  trust: 'derived',
  validation: 'seen',
  pinned: false,
  support: 2,
  rule: null,
  hits: 0,
  misses: 0,
  expiresAt: null,
  contradicts: [],
  ...over,
});

/** A day at a shop: edits, a failing test, a commit, a note. */
export const day = (): LearnedFrom[] => [
  learnedFrom('ep1', [
    { target: 'src/cart.ts', details: { added: 14, removed: 3, place: '/shop' } },
    { type: 'test-failed', target: 'npm test', severity: 'error', details: { failed: 37, place: '/shop' } },
  ]),
  learnedFrom('ep2', [{ type: 'commit-made', target: 'shop', details: { subject: 'Round the cart total down' } }]),
  learnedFrom('ep3', [
    { target: 'src/cart.ts', details: { added: 2, removed: 2, place: '/shop' } },
    { type: 'test-passed', target: 'npm test', details: { passed: 120, place: '/shop' } },
  ]),
];
