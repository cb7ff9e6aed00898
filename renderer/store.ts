import type { EngineEvent, InsightView, ModelView, ProposalView, Snapshot } from '../core/protocol.ts';
import type { DreamsView, MemoryItem } from '../core/protocol-memory.ts';
import type { Link } from './connect.ts';
import { anyMemory, type MemoryAsk } from './memory-ask.ts';

export type View = 'now' | 'insights' | 'memory' | 'dreams' | 'proposals' | 'model' | 'health';

/** What the page shows. Every part is replaced, never changed, so that readers can compare by identity. */
export interface PageState {
  link: Link;
  snapshot: Snapshot | null;
  /** The host's clock, carried on from the last snapshot by the page's monotonic clock. */
  nowAt: number;
  /** The growing text, apart from the snapshot so that only the thought redraws while it grows. */
  thought: { id: string; text: string } | null;
  insights: { items: InsightView[]; loaded: boolean; more: boolean };
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
  /** Counts the changes of memory that were told: who shows some of it asks again. */
  memoryChanges: number;
  view: View;
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
  insights: { items: [], loaded: false, more: false },
  proposals: { items: [], loaded: false },
  model: { seen: null, problem: '' },
  memory: { ask: anyMemory, items: [], loaded: false, more: false, headless: false, problem: '' },
  opened: null,
  returnTo: null,
  dreams: { seen: null, problem: '' },
  memoryChanges: 0,
  view: 'now',
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
    case 'insight-judged':
      return { insights: { ...state.insights, items: mergeInsights(state.insights.items, [event.insight]) } };
    case 'proposal-made':
      return {
        proposals: {
          ...state.proposals,
          items: [event.proposal, ...state.proposals.items.filter((p) => p.id !== event.proposal.id)],
        },
      };
    case 'memory-changed':
      return { memoryChanges: state.memoryChanges + 1 };
  }
}

/** Newest first, each id once; what comes in replaces what was held. */
export function mergeInsights(held: readonly InsightView[], incoming: readonly InsightView[]): InsightView[] {
  const byId = new Map(held.map((insight) => [insight.id, insight]));
  for (const insight of incoming) byId.set(insight.id, insight);
  return [...byId.values()].sort((a, b) => b.formedAt - a.formedAt || (a.id < b.id ? 1 : -1));
}
