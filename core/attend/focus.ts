import { plainLine } from '../observe/text.ts';
import type { Settings } from '../settings.ts';
import type { Focus, Observation, Salience, Stamp } from '../types.ts';
import { aboutText } from './salience.ts';
import { similarity, termsOf } from './similarity.ts';

/** The focus and what competes with it: another topic must lead several cycles in a row before attention moves (AT2). */
export interface FocusState {
  focus: Focus | null;
  rival: { topic: string; cycles: number } | null;
  /** What the owner asked for with high priority: it holds until then, and comes back after a critical event. */
  held?: { focus: Focus; until: Stamp };
  /** How often the owner has set or cleared the focus: a cycle that ran meanwhile finds out by it. */
  words?: number;
}

export const noFocus: FocusState = { focus: null, rival: null };

/** Below this a focus has faded and is let go. */
const faded = 0.1;
/**
 * Two topics are one when their words are at least this similar. Topics are compared, not whole texts: those of any two changed files share
 * most of their words.
 */
const sameWords = 0.7;
/** The owner's own word and a critical event hold attention against mere activity. */
const heldAbove = 0.6;
/** How long a focus of high priority holds. */
export const heldMs = 4 * 3_600_000;
export const criticalEvent = 'a critical event';

/**
 * The focus as time has left it `since` it was last looked at: strength halves every half-life, a faded one is gone. What the owner holds
 * does not fade before its time, and comes back when what came first has lost its hold.
 */
export function decayFocus(state: FocusState, since: Stamp, now: Stamp, halfLifeMinutes: number): FocusState {
  const { held, ...rest } = state;
  if (held && isHeld(held, now)) {
    const first = isOf(held, state.focus) ? null : decayFocus(rest, since, now, halfLifeMinutes).focus;
    return first && first.strength > heldAbove
      ? { ...state, focus: first }
      : { ...state, focus: held.focus, rival: null };
  }
  const { focus } = rest;
  if (!focus) return rest;
  // It did not fade before it was there, nor while it was held; a stamp in the future is of a clock that was set back since.
  const from = held && isOf(held, focus) ? held.until : focus.since;
  const fadingMs = Math.max(0, now - (from > now ? since : Math.max(since, from)));
  const strength = focus.strength * 0.5 ** (fadingMs / (halfLifeMinutes * 60_000));
  return { ...rest, focus: strength < faded ? null : { ...focus, strength } };
}

/** A clock that was set back does not make it hold for much longer. */
const isHeld = ({ until }: Held, now: Stamp) => now < until && now > until - 2 * heldMs;
const isOf = (held: Held, focus: Focus | null) => focus?.since === held.focus.since && focus.topic === held.focus.topic;
type Held = NonNullable<FocusState['held']>;

/**
 * Where attention goes after a cycle, by rules in this order: a critical event, what the owner holds, their own note, the only candidate when there is
 * no focus, a stronger topic for several cycles; otherwise it stays, renewed when the leading observation belongs to it.
 */
export function moveFocus(
  state: FocusState,
  salient: readonly { observation: Observation; salience: Salience }[],
  now: Stamp,
  settings: Settings['attend'],
): FocusState {
  const last = <T>(list: readonly T[]): T | undefined => list[list.length - 1];
  const critical = last(salient.filter((each) => each.observation.severity === 'critical'));
  if (critical) return { ...state, focus: focusOn(critical.observation, criticalEvent, now), rival: null };
  if (state.held && isHeld(state.held, now)) return state;
  const note = last(salient.filter((each) => each.observation.trust === 'owner'));
  if (note) return { ...state, focus: focusOn(note.observation, 'you wrote a note about it', now), rival: null };
  const leader = salient.reduce(
    (best, each) => (each.salience.score >= best.salience.score ? each : best),
    salient[0]!,
  )?.observation;
  if (!leader) return state;
  if (!state.focus)
    return { ...state, focus: focusOn(leader, 'it stood out when nothing else held attention', now), rival: null };
  if (sameTopic(topicOf(leader), state.focus.topic))
    return { ...state, focus: { ...state.focus, strength: 1, query: aboutText(leader) }, rival: null };
  return rivalry(state, state.focus, leader, now, settings.focusCycles);
}

function rivalry(state: FocusState, focus: Focus, leader: Observation, now: Stamp, cyclesNeeded: number): FocusState {
  const topic = topicOf(leader);
  const cycles = state.rival && sameTopic(topic, state.rival.topic) ? state.rival.cycles + 1 : 1;
  const needed = focus.strength > heldAbove ? cyclesNeeded : 1;
  if (cycles < needed) return { ...state, focus, rival: { topic, cycles } };
  const why = needed === 1 ? 'the former focus had faded' : `it led ${cycles} times in a row`;
  return { ...state, focus: focusOn(leader, why, now), rival: null };
}

const sameTopic = (a: string, b: string): boolean => a === b || (similarity(termsOf(a), termsOf(b)) ?? 0) >= sameWords;

/** Words for what an observation is about: the owner's note itself, else its target. */
export function topicOf(observation: Observation): string {
  const text = observation.details.text;
  const words = observation.trust === 'owner' && typeof text === 'string' ? text : observation.target;
  return plainLine(words, 120);
}

function focusOn(observation: Observation, why: string, now: Stamp): Focus {
  return {
    topic: topicOf(observation),
    since: now,
    why,
    strength: 1,
    query: aboutText(observation),
    observationId: observation.id,
  };
}
