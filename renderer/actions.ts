import type { Command, DeadLetterView, ObservationView, Outcome, Snapshot } from '../core/protocol.ts';
import type { MemoryDetail, TombstoneView } from '../core/protocol-memory.ts';
import type { IgnorePreview } from '../core/protocol-owner.ts';
import type { Connection } from './connect.ts';
import { type InsightActions, insightActions } from './insight-actions.ts';
import { asksForBest, joinOlder, type MemoryAsk, memoryPage, queryFor } from './memory-ask.ts';
import { firstState, mergeAnswers, mergeInsights, type Store } from './store.ts';

const pageSize = 30;

type Answer<T> = Promise<{ ok: true; value: T } | { ok: false; message: string }>;

/** Everything the page can ask of the host. Refusals and broken connections come back as outcomes with words, never as throws. */
export interface Actions extends InsightActions {
  send(command: Command): Promise<Outcome>;
  note(text: string): Promise<Outcome>;
  /** Fetches the newest insights and all proposals again, as after a reconnect. */
  refresh(): Promise<Outcome>;
  /** Asks how the model server stands. What was known stays when the question fails. */
  refreshModel(): Promise<void>;
  evidence(ids: string[]): Answer<ObservationView[]>;
  deadLetters(): Answer<DeadLetterView[]>;
  /** Asks for memories anew; without an ask, for the same ones again. */
  findMemories(ask?: MemoryAsk): Promise<void>;
  olderMemories(): Promise<Outcome>;
  memory(id: string): Answer<MemoryDetail | null>;
  /** The words of an episode, or an insight as it stands, that happened at that time; null when it is not there any more. */
  happened(kind: 'episode' | 'insight', id: string, at: number): Answer<string | null>;
  tombstones(): Answer<TombstoneView[]>;
  /** Asks about sleep and dreams. What was known stays when the question fails. */
  refreshDreams(): Promise<void>;
  /** Begins a question; its answer comes as it grows. */
  ask(text: string): Promise<Outcome>;
  /** Asks for the questions of this run. */
  refreshAnswers(): Promise<void>;
  /** Asks for the settings. What was known stays when the question fails. */
  refreshSettings(): Promise<void>;
  previewIgnore(rules: string[]): Answer<IgnorePreview>;
  /** The host's own picker; null when nothing was chosen. */
  pickFolder(): Answer<string | null>;
  retryNow(): void;
}

/** Binds the actions to one store and one connection. */
export function createActions(store: Store, connection: Connection): Actions {
  const attempt = async <T>(work: () => Promise<T>): Answer<T> => {
    try {
      return { ok: true, value: await work() };
    } catch (thrown) {
      return { ok: false, message: thrown instanceof Error ? thrown.message : String(thrown) };
    }
  };

  // Only the newest question is answered: an older answer may come later.
  let modelQuestions = 0;
  let memoryQuestions = 0;
  let dreamQuestions = 0;
  let settingsQuestions = 0;

  return {
    async send(command) {
      const sent = await attempt(() => connection.calls().send(command));
      const outcome = sent.ok ? sent.value : sent;
      if (outcome.ok && command.kind === 'delete-everything') {
        // Nothing that was shown is there any more.
        const { insights, insightList, proposals, memory, dreams, opened, returnTo, answers, alert } = firstState;
        store.set({ insights, insightList, proposals, memory, dreams, opened, returnTo, answers, alert });
        await this.refresh();
      }
      return outcome;
    },
    note: (text) => attempt(() => connection.calls().note({ text })),
    refresh: () =>
      attempt(async () => {
        const calls = connection.calls();
        const [insights, proposals] = await Promise.all([calls.insights({ limit: pageSize }), calls.proposals({})]);
        // What formed while the answer was on its way is newer than it.
        const newestAt = insights[0]?.formedAt ?? 0;
        const justFormed = store.get().insights.items.filter((each) => each.formedAt >= newestAt);
        store.set({
          insights: { items: mergeInsights(justFormed, insights), loaded: true },
          proposals: { items: proposals, loaded: true },
        });
      }),
    ...insightActions(store, () => connection.calls(), attempt),
    async refreshModel() {
      const question = ++modelQuestions;
      const asked = await attempt(() => connection.calls().model());
      if (question !== modelQuestions) return;
      const { seen } = store.get().model;
      store.set({ model: asked.ok ? { seen: asked.value, problem: '' } : { seen, problem: asked.message } });
    },
    evidence: (ids) => attempt(() => connection.calls().evidence({ ids: ids.slice(0, 200) })),
    deadLetters: () => attempt(() => connection.calls().deadLetters({})),
    async findMemories(ask = store.get().memory.ask) {
      const question = ++memoryQuestions;
      const held = store.get().memory;
      const same = ask === held.ask;
      if (!same) store.set({ memory: { ...held, ask } });
      const limit = same && !held.headless ? memoryPage(held.items.length) : memoryPage(0);
      const asked = await attempt(() => connection.calls().memories({ ...queryFor(ask, store.get().nowAt), limit }));
      if (question !== memoryQuestions) return;
      store.set({
        memory: asked.ok
          ? { ask, items: asked.value, loaded: true, more: asked.value.length === limit, headless: false, problem: '' }
          : { ...store.get().memory, problem: asked.message },
      });
    },
    async olderMemories() {
      const question = ++memoryQuestions;
      const { ask, items } = store.get().memory;
      const query = queryFor(ask, store.get().nowAt);
      const asked = await attempt(async () => {
        if (asksForBest(ask)) {
          const limit = memoryPage(items.length + 1);
          const best = await connection.calls().memories({ ...query, limit });
          return { items: best, more: best.length === limit && limit > items.length, headless: false };
        }
        const oldest = items.at(-1)?.at ?? 0;
        // As with insights: several may share one stamp and `before` is exclusive.
        const sharing = items.filter((one) => one.at === oldest).length;
        const limit = Math.min(200, pageSize + sharing);
        const older = await connection.calls().memories({ ...query, limit, before: oldest + 1 });
        return { ...joinOlder(store.get().memory, older), more: older.length === limit };
      });
      if (!asked.ok) return asked;
      if (question === memoryQuestions) store.set({ memory: { ask, loaded: true, problem: '', ...asked.value } });
      return { ok: true };
    },
    memory: (id) => attempt(() => connection.calls().memory({ id })),
    happened: (kind, id, at) =>
      attempt(async () => {
        const found = await connection.calls().memories({ kinds: [kind], from: at, until: at + 1, limit: 50 });
        return found.find((each) => each.id === id)?.text ?? null;
      }),
    tombstones: () => attempt(() => connection.calls().tombstones({})),
    async refreshDreams() {
      const question = ++dreamQuestions;
      const asked = await attempt(() => connection.calls().dreams());
      if (question !== dreamQuestions) return;
      const { seen } = store.get().dreams;
      store.set({ dreams: asked.ok ? { seen: asked.value, problem: '' } : { seen, problem: asked.message } });
    },
    async ask(text) {
      const begun = await attempt(() => connection.calls().ask({ text }));
      if (begun.ok && !store.get().answers.items.some(({ id }) => id === begun.value.id)) await this.refreshAnswers();
      return begun.ok ? { ok: true } : begun;
    },
    async refreshAnswers() {
      const before = new Set(store.get().answers.items.map(({ id }) => id));
      const asked = await attempt(() => connection.calls().answers());
      const { items } = store.get().answers;
      if (!asked.ok) return store.set({ answers: { items, loaded: true, problem: asked.message } });
      // What was held before and is not told any more went with a host that was started anew.
      const told = new Set(asked.value.map(({ id }) => id));
      const kept = items.filter(({ id }) => told.has(id) || !before.has(id));
      store.set({ answers: { items: mergeAnswers(kept, asked.value), loaded: true, problem: '' } });
    },
    async refreshSettings() {
      const question = ++settingsQuestions;
      const asked = await attempt(() => connection.calls().settings());
      if (question !== settingsQuestions) return;
      const { seen } = store.get().settings;
      store.set({ settings: asked.ok ? { seen: asked.value, problem: '' } : { seen, problem: asked.message } });
    },
    previewIgnore: (rules) => attempt(() => connection.calls().previewIgnore({ rules })),
    pickFolder: () => attempt(() => connection.calls().pickFolder()),
    retryNow: () => connection.retryNow(),
  };
}

/** The snapshot's clock, carried on: wall time of the host at `elapsedMs` of the page's monotonic clock. */
export const hostTime = (snapshot: Snapshot, arrivedMs: number, elapsedMs: number): number =>
  snapshot.at + (elapsedMs - arrivedMs);
