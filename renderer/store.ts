import type { EngineEvent, InsightView, ModelView, ProposalView, Snapshot } from '../core/protocol.ts';
import type { DreamsView, MemoryItem } from '../core/protocol-memory.ts';
import type { AlertView, AnswerView, SettingsView } from '../core/protocol-owner.ts';
import type { View } from '../core/protocol-shell.ts';
import type { Link } from './connect.ts';
import { type InsightList, noInsights, renewInsight } from './insight-list.ts';
import { anyMemory, type MemoryAsk } from './memory-ask.ts';

/** What may lie over the page, one at a time. */
export type Layer = 'palette' | 'keys' | 'welcome';

/** What the page shows. Every part is replaced, never changed, so that readers can compare by identity. */
export interface PageState {
  link: Link;
  snapshot: Snapshot | null;
  /** The host's clock, carried on from the last snapshot by the page's monotonic clock. */
  nowAt: number;
  /** The growing text, apart from the snapshot so that only the thought redraws while it grows. */
  thought: { id: string; text: string } | null;
  /** The newest insights, a page of them. */
  insights: { items: InsightView[]; loaded: boolean };
  /** The Insights view's list, as far back as it was read. */
  insightList: InsightList;
  proposals: { items: ProposalView[]; loaded: boolean };
  /** The last answer about the model server, kept while other views are open; `problem` when the newest question failed. */
  model: { seen: ModelView | null; problem: string };
  /** The Memory view's list as it was last asked for. `headless` when the newest were let go to keep the page small. */
  memory: { ask: MemoryAsk; items: MemoryItem[]; loaded: boolean; more: boolean; headless: boolean; problem: string };
  /** The memory that lies open in the Memory view (the last of the trail), those it was reached through, and the view it began in. */
  opened: { trail: readonly string[]; from: View } | null;
  /** The memory that was open last: the list gives it the focus again. */
  returnTo: string | null;
  /** The last answer about sleep and dreams; `problem` when the newest question failed. */
  dreams: { seen: DreamsView | null; problem: string };
  /** The questions of this run with their answers, newest first; `problem` when the newest look at them failed. */
  answers: { items: AnswerView[]; loaded: boolean; problem: string };
  /** The unsent question; survives a change of view. */
  question: string;
  /** What the settings are; `problem` when the newest look at them failed. */
  settings: { seen: SettingsView | null; problem: string };
  /** Counts the changes of settings that were told: who shows them asks again. */
  settingsChanges: number;
  /** Counts the changes of memory that were told: who shows some of it asks again. */
  memoryChanges: number;
  view: View;
  /** Counts the changes of view that were asked for by key or by name: the focus goes to the heading of the view. */
  arrivals: number;
  layer: Layer | null;
  /** The insight that the Insights view shall show and give the focus to; null once it has. */
  wantedInsight: string | null;
  /** The last alert that was raised while the page was open. */
  alert: AlertView | null;
  /** The unsent note; survives a change of view. */
  draft: string;
}

export interface Store {
  get(): PageState;
  set(change: Partial<PageState>): void;
  subscribe(listener: () => void): () => void;
}

export const firstState: PageState = {
  link: { kind: 'connecting' },
  snapshot: null,
  nowAt: 0,
  thought: null,
  insights: { items: [], loaded: false },
  insightList: noInsights,
  proposals: { items: [], loaded: false },
  model: { seen: null, problem: '' },
  memory: { ask: anyMemory, items: [], loaded: false, more: false, headless: false, problem: '' },
  opened: null,
  returnTo: null,
  dreams: { seen: null, problem: '' },
  answers: { items: [], loaded: false, problem: '' },
  question: '',
  settings: { seen: null, problem: '' },
  settingsChanges: 0,
  memoryChanges: 0,
  view: 'now',
  arrivals: 0,
  layer: null,
  wantedInsight: null,
  alert: null,
  draft: '',
};

/** Holds the state and tells its readers when it changed. */
export function createStore(initial: PageState = firstState): Store {
  let state = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => state,
    set(change) {
      state = { ...state, ...change };
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** What one event changes. Pure. */
export function changeFor(state: PageState, event: EngineEvent): Partial<PageState> {
  switch (event.kind) {
    case 'snapshot-changed': {
      const { snapshot } = event;
      const { thought } = snapshot;
      return { snapshot, nowAt: snapshot.at, thought: thought && { id: thought.id, text: thought.text } };
    }
    case 'thought-grew':
      return { thought: { id: event.id, text: event.text } };
    case 'insight-formed':
      return { insights: { ...state.insights, items: mergeInsights(state.insights.items, [event.insight]) } };
    case 'insight-changed':
      return {
        insights: { ...state.insights, items: renewedIn(state.insights.items, event.insight) },
        insightList: renewInsight(state.insightList, event.insight),
      };
    case 'proposal-made':
      return {
        proposals: {
          ...state.proposals,
          items: [event.proposal, ...state.proposals.items.filter((p) => p.id !== event.proposal.id)],
        },
      };
    case 'memory-changed':
      return { memoryChanges: state.memoryChanges + 1 };
    case 'answer-grew':
      return { answers: { ...state.answers, items: mergeAnswers(state.answers.items, [event.answer]) } };
    case 'alert-raised':
      return { alert: event.alert };
    case 'settings-changed':
      return { settingsChanges: state.settingsChanges + 1 };
  }
}

const newestHeld = 30;

/** Newest first, each id once, a page at most; what comes in replaces what was held. */
export function mergeInsights(held: readonly InsightView[], incoming: readonly InsightView[]): InsightView[] {
  const byId = new Map(held.map((insight) => [insight.id, insight]));
  for (const insight of incoming) byId.set(insight.id, insight);
  return [...byId.values()].sort((a, b) => b.formedAt - a.formedAt || (a.id < b.id ? 1 : -1)).slice(0, newestHeld);
}

const renewedIn = (held: readonly InsightView[], insight: InsightView): InsightView[] =>
  held.map((each) => (each.id === insight.id ? insight : each));

const progress: Record<AnswerView['state'], number> = { recalling: 0, answering: 1, done: 2, stopped: 2, failed: 2 };
/** Ended with nothing to show, as when what it rested on was deleted: nothing comes after that. */
const isBare = ({ state, text, evidence }: AnswerView): boolean =>
  progress[state] === 2 && text === '' && evidence.length === 0;

function isBehind(one: AnswerView, other: AnswerView): boolean {
  if (isBare(one) || isBare(other)) return !isBare(one);
  const further = progress[one.state] - progress[other.state];
  return further < 0 || (one.state === other.state && one.text.length < other.text.length);
}

/** Newest first, each id once. Of two states of one answer the further stays: a list that was asked for may come after an event. */
export function mergeAnswers(held: readonly AnswerView[], incoming: readonly AnswerView[]): AnswerView[] {
  const byId = new Map(held.map((answer) => [answer.id, answer]));
  for (const answer of incoming) {
    const known = byId.get(answer.id);
    if (!known || !isBehind(answer, known)) byId.set(answer.id, answer);
  }
  return [...byId.values()].sort((a, b) => b.askedAt - a.askedAt || (a.id < b.id ? 1 : -1));
}
