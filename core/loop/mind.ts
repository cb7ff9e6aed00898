import { type FocusState, noFocus } from '../attend/focus.ts';
import { focusFromJson } from '../attend/focus-from-json.ts';
import { asJson } from '../json.ts';
import type { Clock, Log, Store } from '../ports.ts';
import type { RunningSummary } from '../remember/summaries.ts';
import { nothingHeld, type WorkingMemory } from '../remember/working-memory.ts';
import type { Settings } from '../settings.ts';
import { freshRhythm, type Rhythm, rhythmFromJson } from '../sleep/rhythm.ts';
import type { ReflectParts } from '../think/reflect.ts';
import type { Identity, Insight, Json, Observation, Proposal, Reasoner, Stamp } from '../types.ts';
import { identityFromJson, newIdentity, type Run } from './identity.ts';
import type { LifeChart } from './life.ts';

/** What a cycle works with. The engine puts it together; the cycle only calls. */
export interface Mind {
  store: Store;
  clock: Clock;
  log: Log;
  nextId: () => string;
  life: LifeChart;
  settings: () => Settings;
  thinking: Omit<ReflectParts, 'onThought'>;
  /** Marks observed text in prompts; drawn once per start. */
  fence: string;
  working: { now: Working };
  run: Run;
  /** The vector of a text while an embedding model is loaded; waits for it a moment at most. */
  vectorFor: (text: string) => Promise<{ model: string; vector: Float32Array } | null>;
  news: {
    thoughtStarted(id: string, about: string, reasoner: Reasoner): void;
    thoughtGrew(id: string, text: string, reasoner: Reasoner): void;
    thoughtEnded(id: string): void;
    insightFormed(insight: Insight): void;
    proposalMade(proposal: Proposal): void;
    setAside(observation: Observation, error: string): void;
    memoryChanged(): void;
  };
}

/** What the mind holds between cycles; it changes only together with a committed batch, and survives with it. */
export interface Working {
  focus: FocusState;
  /** Grows with every erasure: what was thought before one must not be written after it. */
  epoch: number;
  /** When the focus was last decayed. */
  focusAt: Stamp;
  /** Past cycles, one line each, oldest first: the part of the prompt that only grows. */
  log: string[];
  /** Everything before in a few sentences, and the lines that are not folded into it yet (TH6). */
  summary: RunningSummary;
  /** Working memory (ME1). */
  held: WorkingMemory;
  lastThoughtAt: Stamp | null;
  /** The repository or folder that was last attended to: what a note without a place is about. */
  place: string | null;
  /** Cycles of the present UTC day, so that a restart does not give the day anew (LO2). */
  cycles: { day: number; count: number };
  /** What sleep is due by. */
  rhythm: Rhythm;
  identity: Identity;
}

/** The key under which the working state is stored. */
export const workingKey = 'working';

export const bornNow = (now: Stamp): Working => ({
  epoch: 0,
  focus: noFocus,
  focusAt: now,
  log: [],
  summary: { text: '', waiting: [] },
  held: nothingHeld,
  lastThoughtAt: null,
  place: null,
  cycles: { day: 0, count: 0 },
  rhythm: freshRhythm,
  identity: newIdentity(now),
});

export const workingToJson = (working: Working): Json => asJson(working);

/** Reads what an earlier start kept; whatever is missing or odd is as if new. */
export function workingFromJson(value: Json, now: Stamp): Working {
  const fresh = bornNow(now);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return fresh;
  const alike = (own: unknown, kept: unknown): boolean => {
    if (Array.isArray(own)) return Array.isArray(kept) && kept.every((each) => typeof each === 'string');
    if (own === null) return kept !== undefined;
    if (typeof own !== 'object') return typeof own === typeof kept;
    if (typeof kept !== 'object' || kept === null) return false;
    return Object.entries(own).every(([name, inner]) => alike(inner, (kept as Record<string, unknown>)[name]));
  };
  const { focus, held, rhythm, identity, ...others } = value;
  const sound = Object.entries(others).filter(([name, kept]) => alike(fresh[name as keyof Working], kept));
  return {
    ...fresh,
    ...(Object.fromEntries(sound) as Partial<Working>),
    focus: focusFromJson(focus),
    held: heldFromJson(held),
    rhythm: rhythmFromJson(rhythm ?? null),
    identity: identityFromJson(identity, fresh.identity),
  };
}

function heldFromJson(value: Json | undefined): WorkingMemory {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !Array.isArray(value.items))
    return nothingHeld;
  const items = value.items.filter(isItem) as unknown as WorkingMemory['items'];
  return { items, folded: typeof value.folded === 'string' ? value.folded : '' };
}

const isItem = (each: Json): boolean =>
  typeof each === 'object' &&
  each !== null &&
  !Array.isArray(each) &&
  [each.id, each.text].every((field) => typeof field === 'string') &&
  [each.importance, each.at].every((field) => typeof field === 'number');
