import type { Failure } from '../../core/errors.ts';
import type { Asked, SleepModel } from '../../core/sleep/phase.ts';

export const modelReasoner = { kind: 'server', name: 'sleepy-7b' } as const;

export const silent: Failure = {
  class: 'transient',
  code: 'stream-silent',
  message: 'The model stopped answering.',
};

/** A model that answers as told; every call is written down. Without words for a question it finds nothing. */
export function fakeSleepModel(answers: Partial<Omit<SleepModel, 'reasoner'>> = {}) {
  const calls: string[] = [];
  const found = <T>(value: T): Asked<T> => ({ ok: true, value, tokens: 100, notes: [] });
  const model: SleepModel = {
    reasoner: modelReasoner,
    async learn(...asked) {
      calls.push('learn');
      return answers.learn?.(...asked) ?? found([]);
    },
    async generalise(...asked) {
      calls.push('generalise');
      return answers.generalise?.(...asked) ?? found({ drafts: [], contradictions: [] });
    },
    async imagine(...asked) {
      calls.push('imagine');
      return answers.imagine?.(...asked) ?? found([]);
    },
    async summarise(...asked) {
      calls.push('summarise');
      return answers.summarise?.(...asked) ?? found('');
    },
  };
  return { model, calls };
}

export const answer = <T>(value: T, tokens = 100): Promise<Asked<T>> =>
  Promise.resolve({ ok: true, value, tokens, notes: [] });

/** Waits for the end of the signal, as a slow model does, and throws its reason. */
export const forever = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
