import type { Model } from '../../core/ports.ts';
import type { Reasoners } from '../../core/think/reasoners.ts';

/** Reasoners without a server behind them: this model thinks, and rules do after it failed once. */
export const steadyReasoners = (model: Model, rules: Model, over: Partial<Reasoners> = {}): Reasoners => ({
  choose: async (signal) => {
    signal.throwIfAborted();
    return model;
  },
  again: async () => null,
  rules: () => rules,
  described: () => ({ reasoner: model.reasoner, why: 'the test says so' }),
  ...over,
});
