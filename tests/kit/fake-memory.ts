import type { Command, InsightView, ObservationView, Outcome, Snapshot } from '../../core/protocol.ts';
import type {
  DreamsView,
  MemoryDetail,
  MemoryItem,
  MemorySearch,
  MemoryView,
  SleepView,
  TombstoneView,
} from '../../core/protocol-memory.ts';
import { dayMs, minuteMs, rules } from './fake-days.ts';
import {
  dreamSeeds,
  evidenceOf,
  memoryOf,
  memorySeeds,
  predictionsOf,
  type Seed,
  tombstoneSeeds,
} from './fake-memories.ts';
import { auditOf, calibrationOf, freshDigest, sleepsOf } from './fake-nights.ts';
import type { World } from './fake-world.ts';

type Phase = SleepView['phases'][number]['phase'];

/** Memory and sleep of the fake engine: finds, opens, and does what the owner asks to invented memories. */
export interface FakeMemory {
  find(query: MemorySearch): MemoryItem[];
  detail(id: string): MemoryDetail | null;
  tombstones(): TombstoneView[];
  dreams(at: number): DreamsView;
  counts(): { memories: number; dreams: number };
  /** Null: the command is about something else. */
  obey(command: Command, at: number): Outcome | null;
  /** What it makes of the Now view. */
  told(): Pick<Snapshot, 'life' | 'stage' | 'sleep' | 'digest'>;
  /** Goes on to that phase, or wakes up by itself. */
  sleepTo(phase: Phase | null, at: number): void;
}

const gone: Outcome = { ok: false, message: 'That memory is not there any more.' };

/** `bare`: nothing is remembered yet. `asleep`: it sleeps. `morning`: the last night is fresh. */
export function fakeMemory(world: World, startAt: number, mood: 'bare' | 'awake' | 'asleep' | 'morning'): FakeMemory {
  const bare = mood === 'bare';
  const seeds: Seed[] = bare ? [] : [...memorySeeds, ...dreamSeeds];
  let memories = seeds.map((seed) => memoryOf(seed, startAt));
  let tombstones: (TombstoneView & { was: MemoryView | null })[] = (bare ? [] : tombstoneSeeds).map(
    ([id, kind, days, text, why]) => {
      const forgottenAt = startAt - days * dayMs;
      return { id, kind, text, why, forgottenAt, goneAt: forgottenAt + 30 * dayMs, was: null };
    },
  );
  let sleeps = bare ? [] : sleepsOf(startAt);
  let sleep: Snapshot['sleep'] = null;
  let digest: Snapshot['digest'] = mood === 'morning' ? freshDigest(startAt) : null;
  const known = (said: string): string | null =>
    world.observations.find((each: ObservationView) => each.text === said)?.id ?? null;
  const change = (id: string, patch: Partial<MemoryView>): Outcome => {
    if (!memories.some((each) => each.id === id)) return gone;
    memories = memories.map((each) => (each.id === id ? { ...each, ...patch } : each));
    return { ok: true };
  };

  function fallAsleep(reason: SleepView['reason'], at: number): Outcome {
    if (sleep) return { ok: false, message: 'It is asleep already.' };
    sleep = { since: at, phase: 'light', reason, says: sayings.light, progress: 0.2 };
    sleeps = [
      {
        id: `sleep-now-${at}`,
        reason,
        startedAt: at,
        endedAt: null,
        ended: null,
        phases: [started('light', at)],
        digest: null,
      },
      ...sleeps,
    ];
    return { ok: true, said: 'It goes to sleep: 12 episodes wait.' };
  }

  function end(ended: 'done' | 'owner', at: number): Outcome {
    if (!sleep) return { ok: false, message: 'It is awake.' };
    sleep = null;
    if (ended === 'done') digest = { ...freshDigest(at), until: at };
    sleeps = sleeps.map((each, index) =>
      index === 0
        ? {
            ...each,
            endedAt: at,
            ended,
            digest,
            phases: each.phases.map((phase) => ({ ...phase, endedAt: phase.endedAt ?? at })),
          }
        : each,
    );
    return { ok: true, said: 'It wakes up; what was begun goes on in the next sleep.' };
  }

  function forget(id: string, at: number): Outcome {
    const memory = memories.find((each) => each.id === id);
    if (!memory) return gone;
    if (memory.pinned) return { ok: false, message: 'It is pinned, so it is kept. Unpin it first.' };
    memories = memories.filter((each) => each !== memory);
    const { kind, text } = memory;
    tombstones = [
      { id, kind, text, why: 'you said so', forgottenAt: at, goneAt: at + 30 * dayMs, was: memory },
      ...tombstones,
    ];
    return { ok: true, said: 'Forgotten. It can be brought back for 30 days.' };
  }

  function bringBack(id: string, at: number): Outcome {
    const stone = tombstones.find((each) => each.id === id);
    if (!stone)
      return { ok: false, message: 'It cannot be brought back: its time is over, or it was brought back already.' };
    tombstones = tombstones.filter((each) => each !== stone);
    const { kind, text } = stone;
    const anew: Seed = { id, kind, days: 0, text, importance: 0.4, strength: 0.5, recalled: 0, because: [], seen: [] };
    memories = [...memories, stone.was ?? memoryOf(anew, at)];
    return { ok: true };
  }

  function remove(id: string): Outcome {
    if (!memories.some((each) => each.id === id)) return gone;
    memories = memories.filter((each) => each.id !== id);
    return { ok: true, said: 'Deleted for good, from the file and its backups.' };
  }

  function obey(command: Command, at: number): Outcome | null {
    switch (command.kind) {
      case 'sleep-now':
      case 'dream-now':
        return fallAsleep('request', at);
      case 'wake':
        return end('owner', at);
      case 'pin-memory':
        return change(command.id, { pinned: command.pinned });
      case 'correct-memory':
        return change(command.id, { text: command.text, trust: 'owner', changedAt: at });
      case 'forget-memory':
        return forget(command.id, at);
      case 'bring-back':
        return bringBack(command.id, at);
      case 'delete-memory':
        return remove(command.id);
      case 'export-memory': {
        const ending = command.format === 'json' ? 'json' : 'md';
        return { ok: true, said: `Written to /home/ada/.local/share/reverie/exports/memory-2026-06-05.${ending}.` };
      }
      case 'delete-everything':
        memories = [];
        tombstones = [];
        sleeps = [];
        world.insights.length = 0;
        world.observations.length = 0;
        return { ok: true, said: 'Everything that was seen, learned and dreamt is deleted, and its backups with it.' };
      default:
        return null;
    }
  }

  if (mood === 'asleep') {
    fallAsleep('idle', startAt - 4 * minuteMs);
    sleepTo('deep', startAt - 2 * minuteMs);
  }

  function sleepTo(phase: Phase | null, at: number): void {
    if (phase === null) {
      end('done', at);
      return;
    }
    if (!sleep) return;
    sleep = { ...sleep, phase, says: sayings[phase], progress: 0.45 };
    sleeps = sleeps.map((each, index) =>
      index === 0
        ? {
            ...each,
            phases: [...each.phases.map((done) => ({ ...done, endedAt: done.endedAt ?? at })), started(phase, at)],
          }
        : each,
    );
  }

  return {
    find: (query) =>
      found(
        [...items(memories), ...insightItems(world.insights), ...episodes(startAt, memories.length === 0)],
        query,
        startAt,
      ),
    detail(id) {
      const memory = memories.find((each) => each.id === id);
      if (!memory) return null;
      const seed = seeds.find((each) => each.id === id);
      return {
        memory,
        evidence: seed ? evidenceOf(seed, startAt, known) : [],
        contradicting: memories.filter((each) => memory.contradicts.includes(each.id)),
        predictions: seed ? predictionsOf(seed, startAt, known) : [],
      };
    },
    tombstones: () => tombstones.map(({ was: _, ...shown }) => shown),
    dreams: (at) => ({
      at,
      dreams: memories.filter(({ kind }) => kind === 'dream'),
      counts: bare
        ? { waiting: 0, confirmed: 0, refuted: 0, expired: 0 }
        : { waiting: 2, confirmed: 4, refuted: 3, expired: 6 },
      sleeps,
      audit: bare ? null : auditOf(startAt),
      calibration: calibrationOf(bare),
      next: 'after 12 more cycles, or when idle for 30 minutes',
    }),
    counts: () => {
      const dreams = memories.filter(({ kind }) => kind === 'dream').length;
      return { memories: memories.length - dreams, dreams };
    },
    obey,
    told: () =>
      sleep
        ? { life: 'asleep', stage: sleep.phase, sleep, digest }
        : { life: 'running', stage: 'resting', sleep, digest },
    sleepTo,
  };
}

const sayings: Record<Phase, string> = {
  light: 'Reads 12 episodes and looks for what is to be learned from them.',
  deep: 'Compares 412 memories and looks for what holds in all of them.',
  dream: 'Imagines rules that could be tested.',
  digest: 'Sums up what this night brought.',
};

const started = (phase: Phase, at: number): SleepView['phases'][number] => ({
  phase,
  startedAt: at,
  endedAt: null,
  reasoner: rules,
  modelCalls: 0,
  tokens: 0,
  made: {},
  note: null,
});

const items = (memories: readonly MemoryView[]): MemoryItem[] =>
  memories.flatMap((memory) => {
    const { kind, id, text, formedAt: at, trust, target, importance } = memory;
    return kind === 'dream' ? [] : [{ kind, id, text, at, score: 0, trust, target, importance, why: [], memory }];
  });

const insightItems = (insights: readonly InsightView[]): MemoryItem[] =>
  insights.map(({ id, text, formedAt, importance }) => ({
    kind: 'insight',
    id,
    text,
    at: formedAt,
    score: 0,
    trust: 'derived',
    target: null,
    importance,
    why: [],
    memory: null,
  }));

const episodes = (at: number, bare: boolean): MemoryItem[] =>
  (bare ? [] : [1, 2, 3]).map((days) => ({
    kind: 'episode',
    id: `episode-${days}`,
    text: `Looked at ${4 + days} observations about src/checkout and decided to watch it: ${days} insight${days === 1 ? '' : 's'}.`,
    at: at - days * dayMs - 20 * minuteMs,
    score: 0,
    trust: 'derived',
    target: 'src/checkout',
    importance: 0.45,
    why: [],
    memory: null,
  }));

/** Days ago that a time expression begins and ends. */
const times: [RegExp, from: number, until: number, said: string][] = [
  [/\byesterday\b/i, 1, 0, 'from yesterday'],
  [/\btoday\b/i, 0, -1, 'from today'],
  [/\blast week\b/i, 7, 0, 'from last week'],
];

function found(all: MemoryItem[], query: MemorySearch, now: number): MemoryItem[] {
  const text = query.text?.trim() ?? '';
  const time = times.find(([says]) => says.test(text));
  const midnight = Math.floor(now / dayMs) * dayMs;
  const from = Math.max(query.from ?? 0, time ? midnight - time[1] * dayMs : 0);
  const until = Math.min(
    query.until ?? Number.POSITIVE_INFINITY,
    query.before ?? Number.POSITIVE_INFINITY,
    time ? midnight - time[2] * dayMs : Number.POSITIVE_INFINITY,
  );
  const words = (time ? text.replace(time[0], '') : text).toLowerCase().split(/\s+/).filter(Boolean);
  return all
    .filter((each) => !query.kinds?.length || query.kinds.includes(each.kind))
    .filter((each) => !query.trust?.length || query.trust.includes(each.trust))
    .filter((each) => query.target === undefined || each.target === query.target)
    .filter((each) => !query.pinned || each.memory?.pinned === true)
    .filter((each) => each.at >= from && each.at < until)
    .map((each) => {
      const held = words.filter((word) => `${each.text} ${each.target}`.toLowerCase().includes(word));
      const why = [...held.map((word) => `holds “${word}”`), ...(time ? [time[3]] : [])];
      return { ...each, score: held.length + each.importance, why, fits: words.length === 0 || held.length > 0 };
    })
    .filter(({ fits }) => fits)
    .toSorted((a, b) => (words.length > 0 ? b.score - a.score : 0) || b.at - a.at)
    .slice(0, query.limit)
    .map(({ fits: _, ...item }) => item);
}
