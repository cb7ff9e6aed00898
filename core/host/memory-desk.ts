import { messageOf } from '../errors.ts';
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
import { saidSo } from '../remember/stays-away.ts';
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
const tombstonesAtMost = 5_000;
const predictionsShown = 50;
/** The most that is asked for, to choose pinned ones from. */
const chooseFrom = 200;
/** The newest; an older one counts as gone. */
const episodesAtMost = 2_000;

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
      return store.recall({ text, now: clock.now(), limit, filter, vector: await parts.vectorFor(text) });
    return (await store.recentItems(filter, limit)).map((item) => ({ ...item, score: 0, why: [] }));
  }

  async function find(query: MemorySearch): Promise<MemoryItem[]> {
    if (query.pinned && !query.text?.trim()) return findPinned(query);
    const hits = await hitsOf(query.pinned ? { ...query, limit: chooseFrom } : query);
    const memories = new Map((await store.memoriesById(hits.map((hit) => hit.id))).map((each) => [each.id, each]));
    return hits
      .map(({ kind, id, text, at, score, trust, target, importance, why }) => {
        const memory = memories.get(id);
        const seen = { kind, id, text, at, score, trust, target, importance, why };
        return { ...seen, memory: memory ? memoryView(memory, clock.now()) : null };
      })
      .filter((item) => !query.pinned || item.memory?.pinned === true)
      .slice(0, query.limit);
  }

  /** Pinned ones are few and old: they are asked for by themselves. */
  async function findPinned({ kinds, from, until, before, target, trust, limit }: MemorySearch): Promise<MemoryItem[]> {
    const pinned = await store.memories({ pinned: true, ...(target !== undefined && { target }), limit: chooseFrom });
    const end = Math.min(until ?? Infinity, before ?? Infinity);
    return pinned
      .flatMap((each) => (each.kind === 'dream' ? [] : [itemOf(each, each.kind)]))
      .filter((item) => !kinds?.length || kinds.includes(item.kind))
      .filter((item) => !trust?.length || trust.includes(item.trust))
      .filter((item) => item.at >= (from ?? 0) && item.at < end)
      .slice(0, limit);
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
        return exportTo(command.format);
      case 'delete-everything':
        return eraseAll();
    }
  }

  async function exportTo(format: 'json' | 'markdown'): Promise<Outcome> {
    try {
      return { ok: true, said: `Written to ${await parts.care.writeExport(format)}.` };
    } catch (thrown) {
      const message = `The export could not be written: ${messageOf(thrown)}. Make room on the disk, then try again.`;
      return { ok: false, message };
    }
  }

  async function forget(id: string): Promise<Outcome> {
    const memory = await store.memory(id);
    if (!memory) return gone;
    if (memory.pinned) return { ok: false, message: 'It is pinned, so it is kept. Unpin it first.' };
    await store.changeMemories([{ kind: 'forget', id, why: saidSo, at: clock.now() }]);
    const days = parts.settings().memory.tombstoneDays;
    return { ok: true, said: `Forgotten. It can be brought back for ${days} days.` };
  }

  /** First what quotes it and is thought with, then itself, then the copies: whatever comes in between, nothing brings it back. */
  async function erase(id: string): Promise<Outcome> {
    if (!(await isKept(id))) return gone;
    return forGood('Deleted for good, from the file and its backups.', () => store.deleteMemory(id));
  }

  const isKept = async (id: string) =>
    (await store.memory(id)) !== null || (await store.tombstones(tombstonesAtMost)).some((each) => each.id === id);

  const eraseAll = (): Promise<Outcome> =>
    forGood('Everything that was seen, learned and dreamt is deleted, and its backups with it.', async () => {
      await store.deleteAll();
      return true;
    });

  /** Says that it is done when no copy is left, else what is left and what to do. */
  async function forGood(said: string, remove: () => Promise<boolean>): Promise<Outcome> {
    try {
      await parts.forgetWorking();
      if (!(await remove())) return gone;
      // What was thought in between may have read it.
      await parts.forgetWorking();
    } catch (thrown) {
      const message = `It could not be deleted completely: ${messageOf(thrown)}. Make room on the disk. If it is still shown then, delete it again.`;
      return { ok: false, message };
    }
    try {
      await parts.care.dropBackups();
    } catch (thrown) {
      const message = `It is deleted, but a backup could not be removed: ${messageOf(thrown)}. Reverie tries again with its next start.`;
      return { ok: false, message };
    }
    return { ok: true, said: `${said} What you exported stays where it is.` };
  }

  return {
    find,
    detail,
    async tombstones(limit) {
      const { tombstoneDays } = parts.settings().memory;
      return (await store.tombstones(limit)).map((each) => tombstoneView(each, tombstoneDays));
    },
    search: async (text, limit) => store.recall({ text, now: clock.now(), limit, vector: await parts.vectorFor(text) }),
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
  const [observations, memories, insights, episodes] = await Promise.all([
    store.observations(ids('observation')),
    store.memoriesById(ids('memory')),
    Promise.all(ids('insight').map((id) => store.insight(id))),
    ids('episode').length > 0 ? store.episodes(episodesAtMost) : [],
  ]);
  const there = new Set([
    ...observations.filter((each) => each.status !== 'snapshot').map((each) => each.id),
    ...memories.map((each) => each.id),
    ...episodes.map((each) => each.id),
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
  return [...waiting.toSorted((a, b) => b.since - a.since), ...known].slice(0, predictionsShown);
}
