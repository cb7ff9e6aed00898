/** What is taken as words of somebody else: so many words in a row, or so many letters. */
const runWords = 4;
const runLetters = 24;

/** Tells whether a text repeats what certain texts say. */
export interface Quotation {
  /** The text says one of them whole, and that is long enough to be no chance. */
  repeats(text: string): boolean;
  /** The text shares a run with one of them: four words in a row, or 24 letters. */
  echoes(text: string): boolean;
  /** The same, or it says all of a shorter one. That may be chance: for what is known to be near. */
  shares(text: string): boolean;
}

/**
 * Compares by words, whatever stands between them: quotation marks, line ends and cut ends do not hide a quotation. The `names`
 * of things are left out of both sides: two texts about one file do not quote each other because of its path.
 */
export function quotationOf(texts: readonly string[], names: readonly string[]): Quotation {
  const lower = names.filter((each) => each !== '').map((each) => each.toLowerCase());
  // Where one says nothing but a name, it is told by the name.
  const left = texts.some((text) => wordsOf(text, lower).length === 0) ? [] : lower;
  const read = (text: string) => wordsOf(text, left);
  const sayings = texts.map(read).filter((words) => words.length > 0);
  const whole = sayings.map(joined);
  const long = sayings
    .filter(isRun)
    .map((words) => ({ all: joined(words), longest: words.reduce((a, b) => (b.length > a.length ? b : a)) }));
  const runs = new Set(sayings.flatMap(runsOf));
  const echoes = (text: string) => runsOf(read(text)).some((run) => runs.has(run));
  return {
    repeats(text) {
      const all = text.toLowerCase();
      return long.some((each) => all.includes(each.longest) && joined(read(text)).includes(each.all));
    },
    echoes,
    shares: (text) => echoes(text) || whole.some((all) => joined(read(text)).includes(all)),
  };
}

/** A long word is compared piece by piece from its beginning, so that a cut one is known too. */
const pieces = /[\p{L}\p{M}\p{N}_]{1,24}/gu;
const wordsOf = (text: string, names: readonly string[]): string[] =>
  names.reduce((rest, name) => rest.replaceAll(name, ' '), text.toLowerCase()).match(pieces) ?? [];
const joined = (words: readonly string[]) => ` ${words.join(' ')} `;
const lettersOf = (words: readonly string[]) => words.reduce((sum, word) => sum + word.length, 0);
const isRun = (words: readonly string[]) => words.length >= runWords || lettersOf(words) >= runLetters;

/** From each word on, the shortest run. Two texts with a run in common have one of these in common. */
function runsOf(words: readonly string[]): string[] {
  return words.flatMap((_, from) => {
    let run: string[] = [];
    for (const word of words.slice(from, from + runWords)) {
      run = [...run, word];
      if (isRun(run)) return [run.join(' ')];
    }
    return [];
  });
}
