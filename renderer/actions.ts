import type { Command, DeadLetterView, InsightView, ObservationView, Outcome, Snapshot } from '../core/protocol.ts';
import type { Connection } from './connect.ts';
import { mergeInsights, type PageState, type Store } from './store.ts';

const pageSize = 30;

/** Everything the page can ask of the host. Refusals and broken connections come back as outcomes with words, never as throws. */
export interface Actions {
  send(command: Command): Promise<Outcome>;
  note(text: string): Promise<Outcome>;
  /** Fetches the newest insights and all proposals again, as after a reconnect. */
  refresh(): Promise<Outcome>;
  olderInsights(): Promise<Outcome>;
  /** Asks how the model server stands. What was known stays when the question fails. */
  refreshModel(): Promise<void>;
  evidence(ids: string[]): Promise<{ ok: true; value: ObservationView[] } | { ok: false; message: string }>;
  deadLetters(): Promise<{ ok: true; value: DeadLetterView[] } | { ok: false; message: string }>;
  retryNow(): void;
}

/** Binds the actions to one store and one connection. */
export function createActions(store: Store, connection: Connection): Actions {
  const attempt = async <T>(
    work: () => Promise<T>,
  ): Promise<{ ok: true; value: T } | { ok: false; message: string }> => {
    try {
      return { ok: true, value: await work() };
    } catch (thrown) {
      return { ok: false, message: thrown instanceof Error ? thrown.message : String(thrown) };
    }
  };

  // Only the newest question is answered: an older answer may come later.
  let modelQuestions = 0;

  return {
    async send(command) {
      const sent = await attempt(() => connection.calls().send(command));
      return sent.ok ? sent.value : sent;
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
