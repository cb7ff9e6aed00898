import type { Observation, ObservationDraft, Severity, Stamp } from '../types.ts';
import { boundDetails, redact } from './redact.ts';

/** Priority that follows from severity (OB2). */
export const severityPriority: Record<Severity, number> = { debug: 1, info: 3, warning: 6, error: 8, critical: 10 };

/** What the owner writes is kept whole, up to the length that the protocol takes. */
const ownersCharacters = 10_000;

/**
 * Turns what a source noticed into an observation: bounded and redacted details, priority from severity and the source's shift, and a
 * fingerprint that equal facts share; facts of other trust or another cause are other facts. Occurred-at is never later than `now`, and a
 * figure that is no number is left out, whatever the source's clock said: one row that cannot be written would hold up all others.
 */
export function stampObservation(draft: ObservationDraft, source: string, id: string, now: Stamp): Observation {
  const given = draft.occurredAt ?? now;
  const occurredAt = Number.isFinite(given) ? Math.max(0, Math.min(given, now)) : now;
  const details = boundDetails(draft.details, draft.trust === 'owner' ? ownersCharacters : undefined);
  const target = redact(draft.target.slice(0, 4_000)).slice(0, 1_000).toWellFormed();
  const causeId = draft.causeId ?? null;
  return {
    id,
    occurredAt,
    source,
    type: draft.type,
    target,
    severity: draft.severity,
    priority: Math.min(10, Math.max(0, severityPriority[draft.severity] + (draft.priorityShift || 0))),
    details,
    fingerprint: hashText(
      `${source}\n${draft.type}\n${target}\n${draft.severity}\n${draft.trust}\n${causeId}\n${JSON.stringify(details)}`,
    ),
    trust: draft.trust,
    causeId,
    count: 1,
    firstAt: occurredAt,
    lastAt: occurredAt,
  };
}

/** A 53-bit hash of a text as 11 base-36 characters (cyrb53): for equality of facts, not for secrets. */
export function hashText(text: string): string {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return (4294967296 * (2097151 & low) + (high >>> 0)).toString(36).padStart(11, '0');
}
