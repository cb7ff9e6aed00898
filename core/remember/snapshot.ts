import { observationText } from '../observe/text.ts';
import { observationWords } from '../observe/words.ts';
import type { Observation } from '../types.ts';

/** What is kept of a thing when the thing itself is gone, in bytes of UTF-8. */
export const snapshotBytes = 500;
/** Longest text of one memory, in characters. */
export const textAtMost = 10_000;
const cutMark = ' … (cut)';

/** What an observation said, in at most 500 bytes: its words first, then as many of its facts as there is room for. */
export const snapshotOf = (observation: Observation): string =>
  clipBytes(`${observationWords(observation)} | ${observationText(observation)}`);

/** What an insight, an episode or a memory said, in at most 500 bytes. */
export const snapshotOfText = (text: string): string => clipBytes(text);

/** The beginning of a text in at most `bytes` of UTF-8, well-formed, with an ellipsis where something was cut. */
export function clipBytes(text: string, bytes = snapshotBytes): string {
  // No character takes less than a byte; the rest of a very long text need not be looked at.
  const start = text.slice(0, bytes + 1).toWellFormed();
  if (text.length <= bytes && utf8Length(start) <= bytes) return start;
  let kept = '';
  let length = 3;
  for (const letter of start) {
    length += utf8Length(letter);
    if (length > bytes) break;
    kept += letter;
  }
  return `${kept}…`;
}

/** A memory's text, well-formed and bounded; one that was cut says so. */
export const clipText = (text: string): string =>
  (text.length > textAtMost ? text.slice(0, textAtMost - cutMark.length).trimEnd() + cutMark : text).toWellFormed();

/** Bytes of a well-formed text. */
function utf8Length(text: string): number {
  let bytes = 0;
  for (const letter of text) {
    const code = letter.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
  }
  return bytes;
}
