/** One piece of a text: something's name, an ordinary word, or a figure. Lower case. */
export interface Token {
  kind: 'name' | 'word' | 'figure';
  text: string;
  /** As it stands in the text. */
  written: string;
}

const quotes = /“([^”\n]{1,200})”|"([^"\n]{1,200})"|`([^`\n]{1,200})`/.source;
const runs = /[\p{L}\p{M}\p{N}_./\\@#$:~+-]+/u.source;
const pieces = new RegExp(`${quotes}|${runs}`, 'gu');

/** Numbers with or without a unit, dates, clock times, shares. */
const figure =
  /^[-+~]?\p{N}[\p{N}.,:/T+-]*(?:Z|ms|s|m|h|d|w|min|mins|hrs|b|kb|mb|gb|tb|k|x|st|nd|rd|th|am|pm|px|hz|mhz|ghz)?$/iu;
/** What no ordinary word looks like: joined by signs, humps, letters with digits, capitals alone. */
const shaped =
  /[\p{L}\p{N}][._/\\@#$:~+-]+[\p{L}\p{N}]|^[./\\~@#_$]+[\p{L}\p{N}]|[\p{L}\p{N}][/\\#]$|\p{Ll}\p{Lu}|\p{L}\p{N}|\p{N}\p{L}|^\p{Lu}{2,}$/u;
const plain = /^[a-z]+$/;
const capital = /^\p{Lu}/u;
const position = /(?::\p{N}+){1,2}$/u;
/** Scripts that put no spaces between words: pairs of characters stand for words. */
const unspaced = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}\u30fc]+/gu;
const sentenceEnd = /[.!?:;\n•>→]\s*$/u;

/** The names, words and figures of a text in order. Punctuation, emoji and control characters are none of them. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (const found of text.matchAll(pieces)) {
    const inQuotes = found[1] ?? found[2] ?? found[3];
    if (inQuotes !== undefined) tokens.push(nameOf(inQuotes, inQuotes.replace(/(?<![\p{L}\p{N}])\p{N}+/gu, '0')));
    else for (const token of tokensOfRun(found[0], text, found.index)) tokens.push(asUnit(token, tokens.at(-1)));
  }
  return tokens;
}

const units = new Set(
  's ms sec second seconds min minute minutes h hour hours day days week weeks month months b kb mb gb bytes percent'.split(
    ' ',
  ),
);

/** A unit behind a number belongs to it. */
const asUnit = (token: Token, before: Token | undefined): Token =>
  before?.kind === 'figure' && units.has(token.text) ? { ...token, kind: 'figure' } : token;

const nameOf = (written: string, text = written): Token => ({ kind: 'name', text: text.toLowerCase(), written });

function tokensOfRun(run: string, text: string, at: number): Token[] {
  // The most frequent case by far.
  if (plain.test(run)) return [{ kind: 'word', text: run, written: run }];
  const written = run.replace(/^[-:.+~]+(?=[\p{L}\p{N}]*$)|[.:~+-]+$/gu, '');
  if (!/[\p{L}\p{N}]/u.test(written)) return [];
  if (figure.test(written)) return [{ kind: 'figure', text: written.toLowerCase(), written }];
  if (written.search(unspaced) >= 0) return unspacedTokens(written);
  if (shaped.test(written)) return [nameOf(written, written.replace(position, '').replace(/[/\\]+$/, ''))];
  const proper = capital.test(written) && written !== 'I' && !beginsSentence(text, at);
  return [proper ? nameOf(written) : { kind: 'word', text: written.toLowerCase(), written }];
}

const beginsSentence = (text: string, at: number) => {
  const before = text.slice(Math.max(0, at - 4), at);
  return before.trim() === '' ? at <= 4 || before.includes('\n') : sentenceEnd.test(before);
};

function unspacedTokens(run: string): Token[] {
  return run.split(unspaced).flatMap((spaced, n) => {
    const between = [...run.matchAll(unspaced)][n]?.[0] ?? '';
    return [...(spaced ? tokensOfRun(spaced, spaced, 0) : []), ...pairsOf(between)];
  });
}

function pairsOf(run: string): Token[] {
  const characters = Array.from(run);
  const word = (text: string): Token => ({ kind: 'word', text, written: text });
  if (characters.length < 2) return characters.map(word);
  return characters.slice(1).map((each, n) => word(`${characters[n]}${each}`));
}
