import type { AnswerView } from '../core/protocol-owner.ts';

export type Piece = AnswerView['evidence'][number];

const charactersWords = (count: number) => `${count.toLocaleString('en')} ${count === 1 ? 'character' : 'characters'}`;

/** Every text about questions, answers and the owner's focus that is not data. */
export const askWords = {
  title: 'Questions and answers',
  modes: { ask: 'Ask', focus: 'Focus on' },
  mode: 'What to do with it',

  nothingYet: 'Ask about your work',
  nothingYetWhy: 'Answers come from what Reverie has seen and learned here, and show what they rest on.',
  suggestions: [
    'What happened while I was away?',
    'What changed today?',
    'What keeps failing?',
    'What should I look at?',
  ],

  question: 'Your question',
  placeholder: 'Ask about your work…',
  send: 'Ask',
  hint: 'Enter asks, Shift and Enter starts a new line, the up arrow brings the last question back',
  tooLong: (over: number) => `${charactersWords(over)} too many: a question holds 2,000.`,
  notAsked: (why: string) => `Not asked: ${why} Your question is still here.`,

  topic: 'What to attend to',
  topicPlaceholder: 'A file, a folder or a few words…',
  topicTooLong: (over: number) => `${charactersWords(over)} too many: a focus holds 200.`,
  setFocus: 'Set the focus',
  priority: 'How much',
  priorities: { normal: 'Normal', high: 'High' },
  priorityMeans: {
    normal: 'It fades with time, like every focus.',
    high: 'It stays until you let it go, for four hours at most.',
  },
  focusNow: (topic: string) => `Attending to ${topic}`,
  focusNone: 'Nothing is in focus.',
  focusIsSet: 'The focus is set.',
  letGo: 'Let go',

  asked: 'You asked:',
  recalling: 'Looking in memory…',
  answering: 'Answering…',
  stopped: 'Stopped. What was written so far stays.',
  stop: 'Stop',
  again: 'Ask again',
  copy: 'Copy',
  copied: 'Copied',
  copyFailed: 'It could not be copied. Select the text instead.',
  evidence: (count: number) => (count === 1 ? 'Evidence (1)' : `Evidence (${count})`),
  noText: 'There is nothing to say about this yet.',

  citation: (piece: Piece) => `Evidence ${numberOf(piece.ref)}: ${piece.text}`,
  cited: 'Cited',
  trusts: {
    owner: 'from you',
    app: 'from Reverie',
    derived: 'own conclusion',
    observed: 'from what was seen',
  },
  openMemory: 'Open in Memory',
  openInsight: 'Open the insight',

  heard: {
    done: (text: string) => `Answer: ${text}`,
    stopped: 'The answer was stopped.',
    failed: 'The answer failed.',
  },
} as const;

/** The figure of a reference: `m3` is 3. */
export const numberOf = (ref: string): string => ref.replace(/^m/, '');

/** A stretch of an answer: plain text, or the references that stand there. */
export type Stretch = { text: string } | { refs: string[] };

const citation = /\[(m\d+(?:\s*[,;]\s*m\d+)*)\]/g;

/** Parts an answer at its citations. What names no known piece stays text; nothing else of it has a meaning. */
export function stretchesOf(text: string, known: ReadonlySet<string>): Stretch[] {
  const stretches: Stretch[] = [];
  let from = 0;
  for (const match of text.matchAll(citation)) {
    const refs = match[1]!.split(/\s*[,;]\s*/).filter((ref) => known.has(ref));
    if (refs.length === 0) continue;
    // No blank before a raised figure: it would break from its word.
    const before = text.slice(from, match.index).replace(/[ \t]+$/, '');
    if (before) stretches.push({ text: before });
    stretches.push({ refs });
    from = match.index + match[0].length;
  }
  if (from < text.length) stretches.push({ text: text.slice(from) });
  return stretches;
}

/** A citation that is only half there, at the end of a text that still grows. */
const halfCitation = /\s*\[(?:m[\d,; m]*)?$/;

/** The paragraphs of an answer, so that while it grows only the last one is another. */
export const paragraphsOf = (text: string, options: { growing: boolean }): string[] =>
  (options.growing ? text.replace(halfCitation, '') : text).split(/\n{2,}/).filter((each) => each.trim() !== '');

/** An answer as it is copied and read out: without its references. */
export const plainAnswer = (text: string): string => text.replace(citation, '').replace(/[ \t]+(?=[.,;:!?\n]|$)/g, '');

export const isRunning = ({ state }: Pick<AnswerView, 'state'>): boolean =>
  state === 'recalling' || state === 'answering';
