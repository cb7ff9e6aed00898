import type { ObservationDraft } from '../../types.ts';
import { plainLine } from '../text.ts';

/** How far the owner's own word goes before what merely happened. */
const ownersShift = 5;

/** What the owner wrote, as an observation that outranks activity (OB2: priority moved by source). */
export function noteDraft(text: string): ObservationDraft {
  return {
    type: 'note-written',
    target: plainLine(text, 80),
    severity: 'info',
    priorityShift: ownersShift,
    trust: 'owner',
    details: { text },
  };
}
