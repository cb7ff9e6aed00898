import { decisionComplete } from '../../core/think/stream/decision-complete.ts';
import type { StreamToken } from '../../core/think/stream/processor.ts';
import { repetition } from '../../core/think/stream/repetition.ts';
import { runaway } from '../../core/think/stream/runaway.ts';
import { seededRandom } from '../kit/clock.ts';
import { figure, type Measurement, median } from './measurement.ts';
import { wordMaker } from './samples.ts';
import { inTokens } from './stream-samples.ts';

const tokens = 200_000;
const rounds = 7;

/** All processors together over one long stream that none of them ends: how much faster they are than any model. */
export const processorRate: Measurement = {
  rows: { 'processor-tokens-per-s': { unit: 'tokens/s', target: 50_000, want: 'at-least' } },
  async take() {
    const stream = longStream();
    const rates = Array.from({ length: rounds }, () => rateOf(stream));
    const chars = stream.reduce((sum, { text }) => sum + text.length, 0);
    return {
      'processor-tokens-per-s': {
        value: median(rates),
        note: `median of ${rounds} runs over ${tokens} tokens of ${figure(chars / tokens)} characters (${figure(Math.min(...rates))} to ${figure(Math.max(...rates))}); decision complete, repetition and runaway together`,
      },
    };
  },
};

/** A thought, then data that never closes: every processor has to look at every token. */
function longStream(): StreamToken[] {
  const draw = seededRandom(43).stream('stream');
  const word = wordMaker(43);
  let text = '{"action_type":"observe","reasoning":"","notes":[';
  while (text.length < tokens * 6)
    text += `{"id":${Math.floor(draw() * 1e6)},"text":"${word()} ${word()} \\"${word()}\\" {${word()}}"},`;
  const half = tokens / 2;
  return inTokens(text, draw)
    .slice(0, tokens)
    .map((piece, n) => ({ channel: n < half ? 'reasoning' : 'answer', text: piece }));
}

function rateOf(stream: readonly StreamToken[]): number {
  const processors = [decisionComplete(), repetition(), runaway({ answerTokens: tokens, reasoningTokens: tokens })];
  const startedAt = performance.now();
  for (const token of stream)
    for (const processor of processors)
      if (processor.push(token)) throw new Error(`${processor.name} ended a stream that should go on`);
  return stream.length / ((performance.now() - startedAt) / 1_000);
}
