/** Longest name that is worth remembering: names beyond it are read past. */
const longestName = 64;

/** Follows a text piece by piece and knows when the wanted JSON object has closed. */
export interface ObjectWatch {
  /** Takes the next piece; true from the piece on that holds the closing brace. */
  push(text: string): boolean;
  closed(): boolean;
}

/**
 * Watches for the end of the first top-level JSON object that holds every one of `names` at its own level (at least one name, when none is
 * asked for). Braces in strings, escapes, fences and prose around are no matter; objects without the names are passed over. Keeps a depth
 * and one name, never the text. Malformed JSON may go unnoticed, which only means that nobody stops early.
 */
export function createObjectWatch(names: readonly string[] = []): ObjectWatch {
  let depth = 0;
  let quoted = false;
  let escaped = false;
  let closed = false;
  /** The string that is being read or was just read: a name, if a colon follows. */
  let word: string | null = null;
  let found = new Set<string>();
  let named = false;

  const inString = (char: string): void => {
    if (escaped) escaped = false;
    else if (char === '\\') escaped = true;
    else if (char === '"') quoted = false;
    else if (word !== null && word.length <= longestName) word += char;
  };
  const open = (): void => {
    depth += 1;
    word = null;
    if (depth > 1) return;
    found = new Set();
    named = false;
  };
  const close = (): void => {
    depth = Math.max(0, depth - 1);
    word = null;
    if (depth === 0) closed = named && names.every((name) => found.has(name));
  };
  const name = (): void => {
    if (depth !== 1 || word === null) return;
    named = true;
    if (names.includes(word)) found.add(word);
    word = null;
  };
  const outside = (char: string): void => {
    if (char === '{') open();
    else if (depth === 0) return;
    else if (char === '}') close();
    else if (char === ':') name();
    else if (char === '"') {
      quoted = true;
      word = '';
    } else if (char.trim() !== '') word = null;
  };

  return {
    push(text) {
      for (let at = 0; at < text.length && !closed; at++) {
        const char = text.charAt(at);
        if (quoted) inString(char);
        else outside(char);
      }
      return closed;
    },
    closed: () => closed,
  };
}
