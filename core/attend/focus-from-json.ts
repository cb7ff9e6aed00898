import type { Focus, Json } from '../types.ts';
import { type FocusState, noFocus } from './focus.ts';

/** Reads what an earlier start kept; what is odd or missing is as if new. */
export function focusFromJson(value: Json | undefined): FocusState {
  if (!isObject(value)) return noFocus;
  const { rival, held, words } = value;
  return {
    focus: oneFocus(value.focus),
    rival:
      isObject(rival) && typeof rival.topic === 'string' && typeof rival.cycles === 'number'
        ? { topic: rival.topic, cycles: rival.cycles }
        : null,
    ...heldFromJson(held),
    ...(typeof words === 'number' && { words }),
  };
}

function heldFromJson(value: Json | undefined): Pick<FocusState, 'held'> {
  if (!isObject(value) || typeof value.until !== 'number') return {};
  const focus = oneFocus(value.focus);
  return focus ? { held: { focus, until: value.until } } : {};
}

function oneFocus(value: Json | undefined): Focus | null {
  if (!isObject(value)) return null;
  const { topic, since, why, strength, query, observationId } = value;
  return typeof topic === 'string' &&
    typeof why === 'string' &&
    typeof query === 'string' &&
    typeof since === 'number' &&
    typeof strength === 'number'
    ? { topic, since, why, strength, query, observationId: typeof observationId === 'string' ? observationId : null }
    : null;
}

const isObject = (value: Json | undefined): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
