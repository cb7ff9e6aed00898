import type { Failure } from '../errors.ts';
import type { Model } from '../ports.ts';
import type { Reasoner } from '../types.ts';

/** Which mind thinks next: a model on a server while there is one, else rules. A change between two thoughts loses nothing. */
export interface Reasoners {
  /** The mind for the next thought; waits for a model that is on its way, at most a minute. Throws only the signal's reason. */
  choose(signal: AbortSignal): Promise<Model>;
  /** After this failure of `model`: the mind to ask again, or null when rules should take over. Throws only the signal's reason. */
  again(failure: Failure, model: Model, signal: AbortSignal): Promise<Model | null>;
  rules(): Model;
  /** Who would think now and why, in words for the owner. */
  described(): { reasoner: Reasoner; why: string };
}

/** Models on a server, as far as they can be used. */
export interface ServerModels {
  now(): Model | null;
  wanted(signal: AbortSignal): Promise<Model | null>;
  failed(failure: Failure, model: Model, signal: AbortSignal): Promise<Model | null>;
  why(): string;
}

export function createReasoners(rules: Model, server: ServerModels): Reasoners {
  return {
    rules: () => rules,
    choose: async (signal) => (await server.wanted(signal)) ?? rules,
    again: (failure, model, signal) => server.failed(failure, model, signal),
    described: () => ({ reasoner: (server.now() ?? rules).reasoner, why: server.why() }),
  };
}
