/** What an episode was about, and in plain words what came of it; `outcome` is empty where nothing was written down. */
export interface EpisodeWords {
  summary: string;
  outcome: string;
}

const decided: Readonly<Record<string, string>> = {
  observe: 'noted',
  reflect: 'thought over',
  delegate: 'work was proposed',
};
const told = 'told: ';

/** The text of an episode as memory holds it (the summary, a line break, the outcome), taken apart. Pure. */
export function episodeWords(text: string): EpisodeWords {
  const end = text.indexOf('\n');
  if (end < 0) return { summary: text, outcome: '' };
  return { summary: text.slice(0, end), outcome: outcomeWords(text.slice(end + 1).trim()) };
}

/** An outcome (core/loop/records.ts) in plain words: what was decided, then what was told. What is not known stays as it is. */
export function outcomeWords(outcome: string): string {
  const end = outcome.indexOf('; ');
  const first = end < 0 ? outcome : outcome.slice(0, end);
  const rest = end < 0 ? '' : outcome.slice(end + 2);
  const known = (Object.hasOwn(decided, first) && decided[first]) || first;
  if (rest === '') return known;
  return `${known}; ${rest.startsWith(told) ? `told you: ${rest.slice(told.length)}` : rest}`;
}

const arrow = / → (?=observe\b|reflect\b|delegate\b|not acted on: )/;

/** What was kept of an episode as evidence (the summary, an arrow, the outcome), in plain words. */
export function keptEpisodeWords(snapshot: string): string {
  const found = arrow.exec(snapshot);
  if (!found) return snapshot;
  const begin = found.index + found[0].length;
  return snapshot.slice(0, begin) + outcomeWords(snapshot.slice(begin));
}
