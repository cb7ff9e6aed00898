import type { ObservationDraft } from '../../types.ts';
import { redact } from '../redact.ts';
import { plainLine } from '../text.ts';

/** How far the owner's own word goes before what merely happened. */
const ownersShift = 5;

/** What the owner wrote, as an observation that outranks activity (OB2: priority moved by source). */
export function noteDraft(text: string): ObservationDraft {
  return {
    type: 'note-written',
    // Redacted before it is cut: half a secret has no shape to know it by.
    target: plainLine(redact(text.slice(0, 2_000)), 80),
    severity: 'info',
    priorityShift: ownersShift,
    trust: 'owner',
    details: { text },
  };
}
