import { plainLine } from '../observe/text.ts';
import type { Stamp } from '../types.ts';
import { criticalEvent, type FocusState, heldMs, noFocus } from './focus.ts';

const topicAtMost = 200;

/** What the owner asks for: `high` holds for four hours against everything but a critical event. Null: nothing in it can be read. */
export function askedFocus(
  before: FocusState,
  asked: { topic: string; priority: 'normal' | 'high' },
  now: Stamp,
): FocusState | null {
  const topic = plainLine(asked.topic, topicAtMost);
  if (topic === '') return null;
  const why = asked.priority === 'high' ? 'you asked for it, with high priority' : 'you asked for it';
  const focus = { topic, since: now, why, strength: 1, query: topic, observationId: null };
  const state = { focus, rival: null, words: (before.words ?? 0) + 1 };
  return asked.priority === 'high' ? { ...state, held: { focus, until: now + heldMs } } : state;
}

/** No focus, by the owner's word. */
export const clearedFocus = (before: FocusState): FocusState => ({ ...noFocus, words: (before.words ?? 0) + 1 });

/**
 * What a cycle may write of the focus when the owner has spoken since it began: their word stands, but for a critical event, and but for a
 * new focus where they only cleared the old one. `cycleAt`: when the cycle looked.
 */
export function withOwnersWord(ofCycle: FocusState, owners: FocusState, cycleAt: Stamp): FocusState {
  if ((ofCycle.words ?? 0) === (owners.words ?? 0)) return ofCycle;
  const isNew = ofCycle.focus?.since === cycleAt;
  const first = isNew && (owners.focus === null || ofCycle.focus?.why === criticalEvent);
  return first ? { ...owners, focus: ofCycle.focus, rival: null } : owners;
}
