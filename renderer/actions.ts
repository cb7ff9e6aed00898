import type { Command, DeadLetterView, InsightView, ObservationView, Outcome, Snapshot } from '../core/protocol.ts';
import type { MemoryDetail, TombstoneView } from '../core/protocol-memory.ts';
import type { Connection } from './connect.ts';
import { asksForBest, joinOlder, type MemoryAsk, memoryPage, queryFor } from './memory-ask.ts';
import { firstState, mergeInsights, type PageState, type Store } from './store.ts';

const pageSize = 30;

type Answer<T> = Promise<{ ok: true; value: T } | { ok: false; message: string }>;

/** Everything the page can ask of the host. Refusals and broken connections come back as outcomes with words, never as throws. */
export interface Actions {
  send(command: Command): Promise<Outcome>;
  note(text: string): Promise<Outcome>;
  /** Fetches the newest insights and all proposals again, as after a reconnect. */
  refresh(): Promise<Outcome>;
  olderInsights(): Promise<Outcome>;
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

  return {
    async send(command) {
      const sent = await attempt(() => connection.calls().send(command));
      const outcome = sent.ok ? sent.value : sent;
      if (outcome.ok && command.kind === 'delete-everything') {
        // Nothing that was shown is there any more.
        const { insights, proposals, memory, dreams, opened, returnTo } = firstState;
        store.set({ insights, proposals, memory, dreams, opened, returnTo });
        await this.refresh();
      }
      return outcome;
    },
    note: (text) => attempt(() => connection.calls().note({ text })),
    refresh: () =>
      attempt(async () => {
        const calls = connection.calls();
        const [insights, proposals] = await Promise.all([calls.insights({ limit: pageSize }), calls.proposals({})]);
        store.set({
          insights: firstPage(store.get().insights, insights),
          proposals: { items: proposals, loaded: true },
        });
      }),
    olderInsights: () =>
      attempt(async () => {
        const { items } = store.get().insights;
        const oldest = items.at(-1)?.formedAt;
        if (oldest === undefined) return;
        // Several insights may share one stamp and `before` is exclusive: ask from one millisecond later, past those already held.
        const sharing = items.filter((one) => one.formedAt === oldest).length;
        const limit = Math.min(500, pageSize + sharing);
        const older = await connection.calls().insights({ limit, before: oldest + 1 });
        store.set({
          insights: {
            items: mergeInsights(store.get().insights.items, older),
            loaded: true,
            more: older.length === limit,
          },
        });
      }),
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
    retryNow: () => connection.retryNow(),
  };
}

/** The newest page joined to what was held: older pages stay while the two overlap, else the list starts over without a gap. */
function firstPage(held: PageState['insights'], newest: InsightView[]): PageState['insights'] {
  const full = newest.length === pageSize;
  const overlaps = held.items.some((one) => newest.some((two) => two.id === one.id));
  if (held.loaded && overlaps) return { items: mergeInsights(held.items, newest), loaded: true, more: held.more };
  const newestAt = newest[0]?.formedAt ?? 0;
  const justFormed = held.items.filter((one) => one.formedAt >= newestAt);
  return { items: mergeInsights(justFormed, newest), loaded: true, more: full };
}

/** The snapshot's clock, carried on: wall time of the host at `elapsedMs` of the page's monotonic clock. */
export const hostTime = (snapshot: Snapshot, arrivedMs: number, elapsedMs: number): number =>
  snapshot.at + (elapsedMs - arrivedMs);
