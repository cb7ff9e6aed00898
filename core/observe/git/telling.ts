import type { Clock, MarkReader, Sink } from '../../ports.ts';
import type { Details, Mark, ObservationDraft, Severity } from '../../types.ts';
import type { Ask, Place } from './place.ts';

/** What all that follow one repository share. */
export interface Telling {
  place: Place;
  clock: Clock;
  ask: Ask;
  sink: Sink;
  marks: MarkReader;
  /** A draft about this repository, without marks. */
  draft(type: string, details: Details, severity?: Severity): ObservationDraft;
}

/** What is remembered of a repository: HEAD as last told, commits told, what is in progress, when uncommitted work was told. */
export type MarkName = 'head' | 'told' | 'operation' | 'dirty';
export const markNames: readonly MarkName[] = ['head', 'told', 'operation', 'dirty'];

/** Where a repository's mark is kept. */
export const markKey = (place: Place, name: MarkName): string => `${place.top}|${name}`;

/** Offers a draft with the mark that becomes true with it; only remembers the mark when there is nothing to tell. */
export function tell(telling: Telling, draft: ObservationDraft | null, marks: Mark[]): void {
  if (draft) telling.sink.offer({ ...draft, marks });
  else telling.sink.remember(marks);
}
