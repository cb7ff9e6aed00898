import type { Failure } from '../../errors.ts';
import type { Processor } from './processor.ts';

/** Servers that send several tokens at once are known by the length of what they send. */
const charsPerToken = 8;
/** Tokens are guessed here, and a server that holds its own limit counts them: only who is far beyond it has none. */
const margin = 1.5;

/**
 * Cuts a model that goes on beyond one and a half times what it was allowed (TH2), for servers that do not hold their own limit or give
 * reasoning and answer one limit together: more answer than `answerTokens`, or more than `reasoningTokens` of reasoning while no answer has
 * begun. Tokens are counted as they come, a long piece as several.
 */
export function runaway(allowed: { answerTokens: number; reasoningTokens: number }): Processor {
  const counted = { answer: 0, reasoning: 0 };
  return {
    name: 'runaway',
    push({ channel, text }) {
      if (text.trim() === '' && channel === 'answer' && counted.answer === 0) return null;
      counted[channel] += Math.max(1, Math.floor(text.length / charsPerToken));
      if (counted.answer > allowed.answerTokens * margin) return { kind: 'cut', why: tooMuchAnswer };
      if (counted.answer === 0 && counted.reasoning > allowed.reasoningTokens * margin)
        return { kind: 'cut', why: onlyThought };
      return null;
    },
  };
}

const tooMuchAnswer: Failure = {
  class: 'model-output',
  code: 'runaway',
  message: 'The model went on beyond the length that its answer was allowed; it was stopped.',
};

const onlyThought: Failure = {
  class: 'model-output',
  code: 'runaway-reasoning',
  message: 'The model went on reasoning beyond its allowance without beginning to answer; it was stopped.',
};
