/** Longest name that is worth remembering: names beyond it are read past. */
const longestName = 64;
/** What may stand before the object, white space aside: a code fence, or what may become one. */
const fence = /^(?:`{0,3}|```[a-z0-9]{1,10})$/i;

/** Follows a text piece by piece and knows when the wanted JSON object has closed. */
export interface ObjectWatch {
  /** Takes the next piece; true from the piece on that holds the closing brace. */
  push(text: string): boolean;
  closed(): boolean;
}

/**
 * Watches for the end of the JSON object that a text begins with, a code fence before it aside, if it holds every one of `names` at its own
 * level (at least one name, when none is asked for). Braces in strings and escapes are no matter. What stands behind prose or another object
 * never closes: it may only be weighed there, by a model that thinks aloud. Keeps a depth and one name, never the text. Malformed JSON may
 * go unnoticed, which only means that nobody stops early.
 */
export function createObjectWatch(names: readonly string[] = []): ObjectWatch {
  let depth = 0;
  let quoted = false;
  let escaped = false;
  let closed = false;
  let lead = '';
  let over = false;
  /** The string that is being read or was just read: a name, if a colon follows. */
  let word: string | null = null;
  const found = new Set<string>();
  let named = false;

  const inString = (char: string): void => {
    if (escaped) escaped = false;
    else if (char === '\\') escaped = true;
    else if (char === '"') quoted = false;
    else if (word !== null && word.length <= longestName) word += char;
  };
  const begin = (char: string): void => {
    if (char === '{' && /^(?:```.*)?$/.test(lead)) depth = 1;
    else if (char.trim() !== '') over = !fence.test((lead += char));
  };
  const close = (): void => {
    depth -= 1;
    word = null;
    if (depth > 0) return;
    closed = named && names.every((name) => found.has(name));
    over = true;
  };
  const name = (): void => {
    if (depth !== 1 || word === null) return;
    named = true;
    if (names.includes(word)) found.add(word);
    word = null;
  };
  const outside = (char: string): void => {
    if (depth === 0) return begin(char);
    if (char === '}') close();
    else if (char === ':') name();
    else if (char === '"') {
      quoted = true;
      word = '';
    } else {
      if (char === '{') depth += 1;
      if (char.trim() !== '') word = null;
    }
  };

  return {
    push(text) {
      for (let at = 0; at < text.length && !over; at++) {
        const char = text.charAt(at);
        if (quoted) inString(char);
        else outside(char);
      }
      return closed;
    },
    closed: () => closed,
  };
}
