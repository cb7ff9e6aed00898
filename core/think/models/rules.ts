import { ok } from '../../errors.ts';
import type { Model, ModelEvent, ModelRequest } from '../../ports.ts';
import type { Reasoner } from '../../types.ts';
import { answerByRules } from '../rules/answer.ts';

const noFreeQuestions =
  'The rules speak about what they observe, with figures; they cannot answer free questions. For those a model server has to be connected.';

/**
 * A Model without a model: rules that count, compare and name. It is called `rules` wherever it shows and never poses as a model.
 * Takes the size of a streamed piece in characters. Answers from `request.context` alone, at once and always the same for the same
 * context: the JSON of a decision (RuleAnswer), or one plain sentence when there is no context. It cannot fail; an aborted signal throws
 * its reason.
 */
export function createRuleReasoner(options: { chunkChars?: number } = {}): Model {
  const reasoner: Reasoner = { kind: 'rules', name: 'rules' };
  const chunkChars = Math.max(1, options.chunkChars ?? 12);
  return {
    reasoner,
    traits: { place: 'rules', remote: false, concurrency: 1, contextTokens: null, reasons: false },
    async *answer(request, signal) {
      signal.throwIfAborted();
      for (const text of pieces(answerText(request), chunkChars)) {
        yield { kind: 'token', channel: 'answer', text } satisfies ModelEvent;
        signal.throwIfAborted();
      }
      yield { kind: 'done', finish: 'stop', usage: { promptTokens: 0, completionTokens: 0, exact: true } };
    },
    async probe(signal) {
      signal.throwIfAborted();
      return ok(reasoner);
    },
  };
}

const answerText = ({ context }: ModelRequest): string =>
  context ? JSON.stringify(answerByRules(context)) : noFreeQuestions;

/** Cuts a text into pieces of whole characters. */
function pieces(text: string, chars: number): string[] {
  const whole = Array.from(text);
  return Array.from({ length: Math.ceil(whole.length / chars) }, (_, index) =>
    whole.slice(index * chars, (index + 1) * chars).join(''),
  );
}
