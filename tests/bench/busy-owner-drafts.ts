import type { Details, ObservationDraft, Severity } from '../../core/types.ts';
import { components, repositories } from './busy-owner-words.ts';

/** Observations as sources tell them, of the busy owner's repositories. */

export const placeName = (place: string): string => place.slice(place.lastIndexOf('/') + 1);
export const placeOf = (component: string): string =>
  `/home/ada/${repositories[Math.floor(components.indexOf(component) / 7)]}`;

export const draftOf = (type: string, target: string, severity: Severity, details: Details): ObservationDraft => ({
  type,
  target,
  severity,
  trust: 'observed',
  details,
});

/** As `noteDraft` makes it; the intake stamps it. */
export const ownersNote = (text: string): ObservationDraft => ({
  type: 'note-written',
  target: text.slice(0, 80),
  severity: 'info',
  priorityShift: 5,
  trust: 'owner',
  details: { text },
});

export const edited = (place: string, path: string, draw: () => number): ObservationDraft =>
  draftOf('file-changed', `${placeName(place)}/${path}`, 'info', {
    root: place,
    place,
    path,
    bytes: 4_000,
    bytesDelta: Math.floor(draw() * 200),
    against: 'commit',
    added: 1 + Math.floor(draw() * 20),
    removed: Math.floor(draw() * 9),
  });
