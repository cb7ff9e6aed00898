import type { Failure } from '../../errors.ts';
import { failureOfRefusal } from '../../think/openai/failures.ts';
import type { LoadWish } from '../lm-studio.ts';
import { errorIn } from './capabilities.ts';

const ownCodes = /^(auth-required|insufficient-resources|model-load-failed|model-missing|rate-limited)$/;

/** Why a load was refused. Nothing of it is worth a second try, so whatever has no better name is a failed load. */
export function loadFailure(status: number, body: unknown): Failure {
  const failure = failureOfRefusal({ status, body: errorIn(body) ?? body ?? '' });
  if (ownCodes.test(failure.code)) return failure;
  return failure.code === 'forbidden' ? { ...failure, code: 'auth-required' } : notLoaded;
}

const notLoaded: Failure = {
  class: 'resource',
  code: 'model-load-failed',
  message:
    'LM Studio could not load the model. Try a smaller context or another model, or load it in LM Studio to see why.',
};

export const vanished: Failure = {
  class: 'resource',
  code: 'model-load-failed',
  message: 'LM Studio says that it loaded the model, but it is not among the loaded ones; it may have crashed at once.',
};

export const tooSlow = (loadMs: number): Failure => ({
  class: 'resource',
  code: 'load-timeout',
  message: `The model was not loaded within ${Math.round(loadMs / 1_000)} seconds. Try a smaller one, or load it in LM Studio.`,
});

export const cannotLoad = (wish: LoadWish): Failure => ({
  class: 'permanent',
  code: 'cannot-load',
  message:
    'This server has no command to load a model, and `lms`, which could do it, cannot be used here. Load the model in the program itself, ' +
    `with a context of ${wish.contextTokens} tokens; with LM Studio 0.4 or newer Reverie can do it.`,
});

export const cannotUnload: Failure = {
  class: 'permanent',
  code: 'cannot-unload',
  message: 'This server has no command to unload a model. Unload it in the program itself.',
};

export const stayed: Failure = {
  class: 'transient',
  code: 'unload-failed',
  message: 'LM Studio still lists the model after it was asked to unload it. Unload it in LM Studio.',
};
