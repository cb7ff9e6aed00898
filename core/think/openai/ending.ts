import type { Failure } from '../../errors.ts';
import type { ModelEvent } from '../../ports.ts';
import type { ChunkReader } from './chunks.ts';

/** The last event of a stream, and what went wrong, which a stream that had begun to speak does not show. */
export interface Ending {
  event: ModelEvent;
  failure: Failure | null;
}

/** How a stream ended, from what came and what went wrong. `closed`: the JSON that was asked for had come to its end. */
export function endingOf(reader: ChunkReader, failure: Failure | null, closed: boolean): Ending {
  const usage = reader.usage();
  // Whatever befalls a stream after its data closed: the answer is whole.
  if (closed) return { event: { kind: 'done', finish: 'stop', usage }, failure };
  const finish = reader.finish();
  if (!reader.spoke()) {
    const wrong = failure ?? emptyAnswer;
    return { event: { kind: 'failed', failure: wrong }, failure: wrong };
  }
  // What comes after the finish reason is only bookkeeping: an answer that ended is whole even when its connection then broke.
  if (finish && failure?.code !== runaway.code) return { event: { kind: 'done', finish, usage }, failure: null };
  return { event: { kind: 'done', finish: 'broken', usage, broke: failure ?? endedEarly }, failure };
}

/** Longest text for one token of the limit, with room: beyond it the server ignores the limit and the model runs away. */
const charsPerToken = 8 * 4;

/** Whether so many characters cannot come from so many tokens. */
export const ranAway = (chars: number, tokens: number): boolean => chars > tokens * charsPerToken;

export const runaway: Failure = {
  class: 'model-output',
  code: 'runaway',
  message: 'The model went on far beyond the length it was allowed; it was stopped.',
};

const endedEarly: Failure = {
  class: 'transient',
  code: 'stream-broken',
  message: 'The answer of the model ended in the middle.',
};

const emptyAnswer: Failure = {
  class: 'transient',
  code: 'empty-answer',
  message: 'The model server reported success, but sent no text.',
};

/** Names the known window where a prompt did not fit and the server gave no figure. */
export function withContext(failure: Failure | null, contextTokens: number | null): Failure | null {
  if (failure?.code !== 'context-overflow' || contextTokens === null || /\d/.test(failure.message)) return failure;
  return { ...failure, message: `The prompt does not fit into the loaded context (${contextTokens} tokens).` };
}

/**
 * The answer that some servers put into the reasoning field when a schema was asked for: what is data from its first character, after a
 * thought that was closed there and a fence at most. Data that was only weighed inside a thought is no answer. '' when there is none.
 */
export function answerInReasoning(reasoning: string): string {
  const text = reasoning.split('</think>').at(-1) ?? '';
  return /^\s*(```\w*\s*)?\{/.test(text) ? text : '';
}

/**
 * Who answered, where that is another than was asked: servers answer with the model they have when they do not know the wanted one, and
 * under `name:2` for a second copy. A `@quant` at the end is no difference.
 */
export function otherModel(asked: string, answered: string | null): string | null {
  const bare = (name: string) => name.replace(/@[^@/]*$/, '');
  return answered !== null && bare(answered) !== bare(asked) ? answered : null;
}
