import type { Outcome } from '../core/protocol.ts';
import type { Calls } from './connect.ts';
import {
  beginList,
  fillRows,
  type InsightAsk,
  type InsightList,
  insightQueryFor,
  joinNewest,
  joinOlder,
  letFarGo,
  missingPage,
  olderPage,
} from './insight-list.ts';
import type { Store } from './store.ts';

const pageSize = 60;
/** Reading on takes more at once, so that who scrolls fast waits seldom. */
const olderSize = 200;

type Attempt = <T>(work: () => Promise<T>) => Promise<{ ok: true; value: T } | { ok: false; message: string }>;

/** What the list of insights asks of the host. Only the newest question counts; a failed one says so in the list. */
export interface InsightActions {
  /** Begins the list of this ask anew; without one, of the same again. */
  findInsights(ask?: InsightAsk): Promise<void>;
  /** Looks for newer ones of the same ask; they wait as fresh. Keeps the place. */
  newerInsights(): Promise<void>;
  olderInsights(): Promise<Outcome>;
  /** These rows are seen: makes them whole, and lets go what is far from them. */
  seeInsights(first: number, last: number): Promise<void>;
}

/** Binds them to one store; `calls` throws while there is no connection. */
export function insightActions(store: Store, calls: () => Calls, attempt: Attempt): InsightActions {
  let questions = 0;
  let older: Promise<Outcome> | null = null;
  let filling = false;
  const newer = { asking: false, again: false };
  const list = () => store.get().insightList;
  const set = (change: Partial<InsightList>) => store.set({ insightList: { ...list(), ...change } });
  const ask = (want: { before?: number; limit: number }) =>
    attempt(() => calls().insights({ ...insightQueryFor(list().ask), ...want }));

  async function readOn(): Promise<Outcome> {
    const want = olderPage(list(), olderSize);
    if (!want || list().stale) return { ok: true };
    const question = questions;
    const asked = await ask(want);
    if (question !== questions) return { ok: true };
    set(asked.ok ? joinOlder(list(), { items: asked.value, limit: want.limit }) : { problem: asked.message });
    return asked.ok ? { ok: true } : asked;
  }

  return {
    async findInsights(next = list().ask) {
      const question = ++questions;
      set({ ask: next, stale: true });
      const asked = await ask({ limit: pageSize });
      if (question !== questions) return;
      if (asked.ok) set(beginList(next, { items: asked.value, limit: pageSize }));
      else set({ problem: asked.message });
    },
    async newerInsights() {
      // While one look is under way, any number of further ones are one more.
      newer.again = newer.asking;
      if (newer.asking || !list().loaded || list().stale) return;
      newer.asking = true;
      const question = questions;
      const asked = await ask({ limit: pageSize });
      newer.asking = false;
      if (question === questions && asked.ok) set(joinNewest(list(), { items: asked.value, limit: pageSize }));
      if (newer.again) await this.newerInsights();
    },
    olderInsights() {
      older ??= readOn().finally(() => {
        older = null;
      });
      return older;
    },
    async seeInsights(first, last) {
      const kept = letFarGo(list(), first, last);
      if (kept !== list()) set(kept);
      const want = missingPage(list(), first, last);
      if (!want || filling || list().stale) return;
      filling = true;
      const question = questions;
      const asked = await ask(want);
      filling = false;
      if (question === questions && asked.ok) set(fillRows(list(), { items: asked.value, ...want }));
    },
  };
}
