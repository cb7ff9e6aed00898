import { plainLine } from '../observe/text.ts';
import type { Settings } from '../settings.ts';
import type { Focus, Observation, Salience, Stamp } from '../types.ts';
import { aboutText } from './salience.ts';
import { similarity, termsOf } from './similarity.ts';

/** The focus and what competes with it: another topic must lead several cycles in a row before attention moves (AT2). */
export interface FocusState {
  focus: Focus | null;
  rival: { topic: string; cycles: number } | null;
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

/** The focus as time has left it: strength halves every half-life; a faded one is gone. */
export function decayFocus(state: FocusState, sinceMs: number, halfLifeMinutes: number): FocusState {
  if (!state.focus) return state;
  const strength = state.focus.strength * 0.5 ** (Math.max(0, sinceMs) / (halfLifeMinutes * 60_000));
  return strength < faded ? { ...state, focus: null } : { ...state, focus: { ...state.focus, strength } };
}

/**
 * Where attention goes after a cycle, by rules in this order: a critical event, the owner's own note, the only candidate when there is
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
  if (critical) return { focus: focusOn(critical.observation, 'a critical event', now), rival: null };
  const note = last(salient.filter((each) => each.observation.trust === 'owner'));
  if (note) return { focus: focusOn(note.observation, 'you wrote a note about it', now), rival: null };
  const leader = salient.reduce(
    (best, each) => (each.salience.score >= best.salience.score ? each : best),
    salient[0]!,
  )?.observation;
  if (!leader) return state;
  if (!state.focus)
    return { focus: focusOn(leader, 'it stood out when nothing else held attention', now), rival: null };
  if (sameTopic(topicOf(leader), state.focus.topic))
    return { focus: { ...state.focus, strength: 1, query: aboutText(leader) }, rival: null };
  return rivalry(state, state.focus, leader, now, settings.focusCycles);
}

function rivalry(state: FocusState, focus: Focus, leader: Observation, now: Stamp, cyclesNeeded: number): FocusState {
  const topic = topicOf(leader);
  const cycles = state.rival && sameTopic(topic, state.rival.topic) ? state.rival.cycles + 1 : 1;
  const needed = focus.strength > heldAbove ? cyclesNeeded : 1;
  if (cycles < needed) return { focus, rival: { topic, cycles } };
  const why = needed === 1 ? 'the former focus had faded' : `it led ${cycles} times in a row`;
  return { focus: focusOn(leader, why, now), rival: null };
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
