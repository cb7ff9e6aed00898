import type { Failure } from '../../errors.ts';
import type { Processor } from './processor.ts';

/** The last characters of a channel that are looked at. */
const windowChars = 2_000;
/** New characters between two looks: a loop is cut at most so many characters late. */
const strideChars = 64;
/** A loop is one passage so often in a row … */
const rounds = 4;
/** … over so many characters: shorter stretches are rules of tables, indentation, rows of noughts. */
const leastChars = 600;

/**
 * Cuts a model that goes round in circles (TH2): the text ends in one passage of 1 to 500 characters, said at least four times in a row
 * without a character's difference, over at least 600 characters. Similar items, counted lines and random text differ somewhere in each
 * round and are left alone. Each channel has its own window.
 */
export function repetition(): Processor {
  const windows = { answer: createWindow(), reasoning: createWindow() };
  return {
    name: 'repetition',
    push: ({ channel, text }) => (windows[channel].push(text) ? { kind: 'cut', why: loop } : null),
  };
}

const loop: Failure = {
  class: 'model-output',
  code: 'repetition',
  message: 'The model said the same over and over; it was stopped.',
};

function createWindow(): { push(text: string): boolean } {
  let kept = '';
  let fresh = 0;
  return {
    push(text) {
      kept += text;
      fresh += text.length;
      if (fresh < strideChars) return false;
      fresh = 0;
      kept = kept.slice(-windowChars);
      return loopsAtEnd(kept);
    },
  };
}

/**
 * Whether the text ends in a loop. The prefix function of the reversed text (Knuth, Morris and Pratt 1977) gives for each length of the
 * text's end its longest border, and length minus border is the shortest period of that end: one pass finds a loop of any period.
 */
function loopsAtEnd(text: string): boolean {
  const length = text.length;
  if (length < leastChars) return false;
  const last = length - 1;
  const borders = new Uint16Array(length);
  for (let at = 1, border = 0; at < length; at++) {
    const code = text.charCodeAt(last - at);
    while (border > 0 && code !== text.charCodeAt(last - border)) border = borders[border - 1] ?? 0;
    if (code === text.charCodeAt(last - border)) border += 1;
    borders[at] = border;
    const period = at + 1 - border;
    if (at + 1 >= leastChars && at + 1 >= period * rounds) return true;
  }
  return false;
}
