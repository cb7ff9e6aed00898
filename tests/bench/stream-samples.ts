import { seededRandom } from '../kit/clock.ts';
import { wordMaker } from './samples.ts';

/** An answer in the pieces that a model would send it in. */
export interface SampleAnswer {
  thought: string[];
  /** Up to and with the piece that holds the closing brace. */
  wanted: string[];
  /** What the model would go on to say. */
  rest: string[];
}

/** Made-up decisions as models write them: bare, indented, fenced, behind white space or a thought, with braces and quotes in their words. */
export function sampleAnswers(seed: number, count: number): SampleAnswer[] {
  const draw = seededRandom(seed).stream('answers');
  const word = wordMaker(seed);
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(draw() * choices.length)] as T;
  const words = (least: number, most: number): string =>
    Array.from({ length: least + Math.floor(draw() * (most - least)) }, word).join(' ');
  const odd = () => pick(['', ' {', ' }}', ' "quoted"', ' C:\\dir\\', ' [1, 2]', ' – ünïcode 这', '\n']);

  const decision = () => ({
    action_type: pick(['observe', 'reflect']),
    reasoning: words(5, 60) + odd(),
    target_agent: null,
    command: null,
    priority: 'low',
    metadata: { confidence: draw(), alternatives_considered: [words(1, 9), odd()], expected_outcome: words(2, 12) },
    insight: pick([null, { text: words(4, 30) + odd(), importance: draw() }]),
    evidence: ['o1', 'o2'],
  });
  const before = ['', '', '```json\n', '```\n', ' \n\n'] as const;
  const after = () => pick(['\n```\n', '', `\n\n${words(20, 200)}`, ' \n'.repeat(300), JSON.stringify(decision())]);
  return Array.from({ length: count }, () => {
    const data = JSON.stringify(decision(), null, pick([0, 0, 2]));
    const start = pick(before);
    const pieces = inTokens(start + data + after() + words(10, 20), draw);
    let read = 0;
    const last = pieces.findIndex((piece) => (read += piece.length) >= start.length + data.length);
    const thought = draw() < 0.3 ? inTokens(words(10, 80), draw) : [];
    return { thought, wanted: pieces.slice(0, last + 1), rest: pieces.slice(last + 1) };
  });
}

/** The text in pieces of one to eight characters, four in the middle. */
export function inTokens(text: string, draw: () => number): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; ) {
    const length = 1 + Math.floor(draw() * 4) + Math.floor(draw() * 5);
    pieces.push(text.slice(at, at + length));
    at += length;
  }
  return pieces;
}
