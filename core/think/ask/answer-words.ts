import type { Failure } from '../../errors.ts';
import type { Reasoner } from '../../types.ts';

/** What is said beside an answer: why rules answered, what to make of a model's words, what went wrong. */

const fromMemory = 'Rules answered with what memory holds.';

/** No model was asked; `what` says how the server stands. */
export const noModel = (what: string): string => `${what} ${fromMemory}`;

/** A model was asked and said nothing that can be shown. */
export const modelFailed = ({ code, message }: Failure): string =>
  `${code === 'larger-than-budget' ? 'The token budget in the settings leaves no room for a question to the model.' : sentence(message)} ${fromMemory}`;

export const emptyAnswer = ({ name }: Reasoner): Failure => ({
  class: 'model-output',
  code: 'empty-answer',
  message: `${name} answered with no words`,
});

export const endedEarly: Failure = {
  class: 'transient',
  code: 'stream-broken',
  message: 'The model server ended its answer early',
};

export const namesNothing = 'The answer names no memory that it rests on. Check it before you rely on it.';

export const wasCut = 'The answer was cut at its longest. Ask for one part of it to read more.';

export const otherModel = (asked: string, answered: string): string => `${answered} answered in place of ${asked}.`;

/** It broke off in the middle. */
export const brokeOff = (failure: Failure): string =>
  `${sentence(failure.message)} The answer ends in the middle; what is there stays. Ask again.`;

export const memoryUnreadable = (why: string): string =>
  `Memory could not be read: ${sentence(why)} The question has no answer. Ask again, and see Health if it happens again.`;

export const tooManyWait = (most: number): string =>
  `${most} questions wait for their answer already, so this one was not taken. Ask it again when one of them is answered.`;

export const nothingAsked =
  'There are no words in this question, so there is nothing to answer. Write what you want to know.';

export const programEnds = 'Reverie is ending, so this question was not taken. Ask it again after the next start.';

export const letGo =
  'A memory that this answer may rest on was deleted or forgotten, so the answer was let go, too. Ask again.';

const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?…]$/.test(text) ? '' : '.'}`;
