import type { Details, Json, Observation } from '../types.ts';

// C0 and C1 controls, zero-width and bidirectional marks, tag characters and their plane: they hide or reorder text and never inform.
const invisible =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\u{e0000}-\u{e0fff}]/gu;

/** One line of visible text, at most `limit` characters: how observed words may be shown or put in front of a model. */
export function plainLine(text: string, limit = 500): string {
  const line = text.replace(invisible, ' ').replace(/ {2,}/g, ' ').trim();
  // Half a character would be no text any more: some servers refuse a whole request for it.
  return (line.length > limit ? `${line.slice(0, limit - 1)}…` : line).toWellFormed();
}

/** The text form of OB2: time, source, event, target, severity, details, in that order, on one line. */
export function observationText(observation: Observation): string {
  const { occurredAt, source, type, target, severity, details, count } = observation;
  const times = count > 1 && type !== 'burst' ? ` (${count} times)` : '';
  const facts = detailsText(details);
  return `${new Date(occurredAt).toISOString().slice(0, 19)}Z ${source} ${type} ${plainLine(target, 300)} ${severity}${times}${facts ? ` ${facts}` : ''}`;
}

/** Keys that serve the machine and would only cost tokens. */
const silent = new Set(['root', 'place', 'path', 'repo']);

function detailsText(details: Details): string {
  return Object.entries(details)
    .filter(([key, value]) => !silent.has(key) && value !== null && value !== false && value !== '')
    .map(([key, value]) => `${plainLine(key, 120)}=${valueText(value)}`)
    .join(' ');
}

function valueText(value: Json): string {
  if (typeof value === 'string') return JSON.stringify(plainLine(value, 400));
  if (Array.isArray(value))
    return `[${value.slice(0, 10).map(valueText).join(', ')}${value.length > 10 ? `, +${value.length - 10}` : ''}]`;
  if (value !== null && typeof value === 'object')
    return `{${Object.entries(value)
      .slice(0, 8)
      .map(([key, inner]) => `${plainLine(key, 120)}: ${valueText(inner)}`)
      .join(', ')}}`;
  return String(value);
}
