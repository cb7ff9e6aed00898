import { Bug } from '../errors.ts';
import type { Evidence, Expectation, Memory, RecallHit, Settled, Tombstone } from '../memory.ts';
import type { Clock, Store, StoreCare } from '../ports.ts';
import type { Command, Outcome } from '../protocol.ts';
import type {
  EvidenceView,
  MemoryDetail,
  MemoryItem,
  MemorySearch,
  MemoryView,
  TombstoneView,
} from '../protocol-memory.ts';
import { strengthNow } from '../remember/forgetting.ts';
import { termsWords } from '../remember/importance.ts';
import { ruleWords } from '../remember/matching.ts';
import { recall } from '../remember/recall.ts';
import type { Settings } from '../settings.ts';
import type { Stamp } from '../types.ts';

export type MemoryCommand = Extract<
  Command,
  {
    kind:
      | 'pin-memory'
      | 'correct-memory'
      | 'forget-memory'
      | 'bring-back'
      | 'delete-memory'
      | 'export-memory'
      | 'delete-everything';
  }
>;

/** The Memory view and its buttons. */
export interface MemoryDesk {
  find(query: MemorySearch): Promise<MemoryItem[]>;
  detail(id: string): Promise<MemoryDetail | null>;
  tombstones(limit: number): Promise<TombstoneView[]>;
  search(query: string, limit: number): Promise<RecallHit[]>;
  send(command: MemoryCommand): Promise<Outcome>;
}

const gone: Outcome = { ok: false, message: 'That memory is not there any more.' };
const dayMs = 86_400_000;

export function createMemoryDesk(parts: {
  store: Store;
  clock: Clock;
  settings: () => Settings;
  /** The vector of a question, while an embedding model is loaded. */
  vectorFor: (text: string) => Promise<{ model: string; vector: Float32Array } | null>;
  care: Pick<StoreCare, 'writeExport' | 'dropBackups'>;
  /** Clears what is in mind, before something is deleted that it may quote. */
  forgetWorking: () => Promise<void>;
  /** Something was changed or is gone: `all` when everything is. */
  onChange: (what: 'some' | 'all') => void;
}): MemoryDesk {
  const { store, clock } = parts;

  async function hitsOf({
    text,
    limit,
    kinds,
    from,
    until,
    before,
    target,
    trust,
  }: MemorySearch): Promise<RecallHit[]> {
    const filter = {
      ...(kinds && kinds.length > 0 && { kinds }),
      ...(from !== undefined && { from }),
      ...((until ?? before) !== undefined && { until: Math.min(until ?? Infinity, before ?? Infinity) }),
      ...(target !== undefined && { target }),
      ...(trust && trust.length > 0 && { trust }),
    };
    if (text?.trim())
      return recall(store, { text, now: clock.now(), limit, filter, vector: await parts.vectorFor(text) });
    return (await store.recentItems(filter, limit)).map((item) => ({ ...item, score: 0, why: [] }));
  }

  async function find(query: MemorySearch): Promise<MemoryItem[]> {
    // Pinned ones are few and old: they are asked for by themselves.
    if (query.pinned && !query.text?.trim()) {
      const pinned = await store.memories({ pinned: true, limit: query.limit });
      return pinned.flatMap((each) => (each.kind === 'dream' ? [] : [itemOf(each, each.kind)]));
    }
    const hits = await hitsOf(query);
    const memories = new Map((await store.memoriesById(hits.map((hit) => hit.id))).map((each) => [each.id, each]));
    return hits
      .map(({ kind, id, text, at, score, trust, target, importance, why }) => {
        const memory = memories.get(id);
        const seen = { kind, id, text, at, score, trust, target, importance, why };
        return { ...seen, memory: memory ? memoryView(memory, clock.now()) : null };
      })
      .filter((item) => !query.pinned || item.memory?.pinned === true);
  }

  const itemOf = (memory: Memory, kind: Exclude<Memory['kind'], 'dream'>): MemoryItem => ({
    kind,
    id: memory.id,
    text: memory.text,
    at: memory.changedAt,
    score: 0,
    trust: memory.trust,
    target: memory.target,
    importance: memory.importance,
    why: [],
    memory: memoryView(memory, clock.now()),
  });

  async function detail(id: string): Promise<MemoryDetail | null> {
    const memory = await store.memory(id);
    if (!memory) return null;
    const [evidence, contradicting, open, settled] = await Promise.all([
      store.evidenceOf(id),
      store.memoriesById(memory.contradicts),
      memory.rule ? store.openExpectations(500) : [],
      memory.rule ? store.settledExpectations(memory.kind === 'dream' ? 'dream' : 'pattern', 1_000) : [],
    ]);
    const now = clock.now();
    return {
      memory: memoryView(memory, now),
      evidence: await withPresence(store, evidence),
      contradicting: contradicting.map((each) => memoryView(each, now)),
      predictions: predictionsOf(id, open, settled),
    };
  }

  async function send(command: MemoryCommand): Promise<Outcome> {
    const outcome = await obey(command);
    if (outcome.ok && command.kind !== 'export-memory')
      parts.onChange(command.kind === 'delete-everything' ? 'all' : 'some');
    return outcome;
  }

  async function obey(command: MemoryCommand): Promise<Outcome> {
    switch (command.kind) {
      case 'pin-memory':
        return (await store.setPinned(command.id, command.pinned)) ? { ok: true } : gone;
      case 'correct-memory':
        return (await store.correctMemory(command.id, command.text, clock.now())) ? { ok: true } : gone;
      case 'forget-memory':
        return forget(command.id);
      case 'bring-back':
        return (await store.bringBack(command.id, clock.now()))
          ? { ok: true }
          : { ok: false, message: 'It cannot be brought back: its time is over, or it was brought back already.' };
      case 'delete-memory':
        return erase(command.id);
      case 'export-memory':
        return { ok: true, said: `Written to ${await parts.care.writeExport(command.format)}.` };
      case 'delete-everything':
        await parts.forgetWorking();
        await store.deleteAll();
        await parts.care.dropBackups();
        return { ok: true, said: 'Everything that was seen, learned and dreamt is deleted, and its backups with it.' };
    }
  }

  async function forget(id: string): Promise<Outcome> {
    const memory = await store.memory(id);
    if (!memory) return gone;
    if (memory.pinned) return { ok: false, message: 'It is pinned, so it is kept. Unpin it first.' };
    await store.changeMemories([{ kind: 'forget', id, why: 'you said so', at: clock.now() }]);
    const days = parts.settings().memory.tombstoneDays;
    return { ok: true, said: `Forgotten. It can be brought back for ${days} days.` };
  }

  async function erase(id: string): Promise<Outcome> {
    if (!(await store.memory(id)) && !(await store.tombstones(500)).some((each) => each.id === id)) return gone;
    await parts.forgetWorking();
    if (!(await store.deleteMemory(id))) return gone;
    await parts.care.dropBackups();
    return { ok: true, said: 'Deleted for good, from the file and its backups.' };
  }

  return {
    find,
    detail,
    async tombstones(limit) {
      const { tombstoneDays } = parts.settings().memory;
      return (await store.tombstones(limit)).map((each) => tombstoneView(each, tombstoneDays));
    },
    search: async (text, limit) =>
      recall(store, { text, now: clock.now(), limit, vector: await parts.vectorFor(text) }),
    send,
  };
}

const tombstoneView = ({ id, kind, text, why, forgottenAt }: Tombstone, days: number): TombstoneView => ({
  id,
  kind,
  text,
  why,
  forgottenAt,
  goneAt: forgottenAt + days * dayMs,
});

/** A memory as the page shows it. */
export function memoryView(memory: Memory, now: Stamp): MemoryView {
  const { rule, terms, key: _, strengthAt: __, stabilityDays: ___, sleepId: ____, ...shown } = memory;
  return { ...shown, because: termsWords(terms), strength: strengthNow(memory, now), rule: rule && ruleWords(rule) };
}

/** Says of each piece of evidence whether the thing itself can still be opened. */
async function withPresence(store: Store, evidence: readonly Evidence[]): Promise<EvidenceView[]> {
  const ids = (kind: Evidence['kind']) => evidence.filter((each) => each.kind === kind).map((each) => each.id);
  const [observations, memories, insights] = await Promise.all([
    store.observations(ids('observation')),
    store.memoriesById(ids('memory')),
    Promise.all(ids('insight').map((id) => store.insight(id))),
  ]);
  const there = new Set([
    ...observations.filter((each) => each.status !== 'snapshot').map((each) => each.id),
    ...memories.map((each) => each.id),
    ...insights.flatMap((each) => (each ? [each.id] : [])),
  ]);
  return evidence.map((each) => ({ ...each, there: there.has(each.id) }));
}

function predictionsOf(
  memoryId: string,
  open: readonly Expectation[],
  settled: readonly (Expectation & Settled)[],
): MemoryDetail['predictions'] {
  const waiting = open
    .filter((each) => each.ofId === memoryId)
    .map(({ since, dueAt }) => ({ since, dueAt, settlement: 'open' as const, at: null, observationIds: [] }));
  const known = settled
    .filter((each) => each.ofId === memoryId)
    .map(({ since, dueAt, settlement, at, observationIds }) => ({ since, dueAt, settlement, at, observationIds }));
  if (known.some((each) => each.at === null)) throw new Bug('a settled expectation has its time');
  return [...waiting, ...known].slice(0, 50);
}
