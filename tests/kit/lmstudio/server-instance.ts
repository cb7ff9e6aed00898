import type { Clock } from '../../../core/ports.ts';
import type { CatalogModel } from './catalog.ts';
import { interruptible } from './pace.ts';
import type { Refusal } from './refusals.ts';
import type { InstanceView } from './simulator.ts';

/** A model in the simulated machine's memory: loading → loaded → ended. */
export interface Instance {
  readonly id: string;
  readonly model: CatalogModel;
  readonly loadedBy: InstanceView['loadedBy'];
  readonly contextTokens: number;
  readonly parallel: number;
  /** Aborted, with the `Refusal` for whoever is at it, when the instance is unloaded or crashes. */
  readonly ended: AbortSignal;
  isLoaded(): boolean;
  loaded(): void;
  end(refusal: Refusal): void;
  /** Waits for a free slot; null when `signal` aborted or the instance ended before. */
  enter(signal: AbortSignal): Promise<Visit | null>;
  view(): InstanceView;
}

/** A request's stay in one slot. */
interface Visit {
  phase(status: InstanceView['status']): void;
  leave(): void;
}

interface InstanceFacts {
  id: string;
  model: CatalogModel;
  loadedBy: InstanceView['loadedBy'];
  contextTokens: number;
  parallel: number;
  ttlMs: number | null;
}

/** Makes one that is loading. `onIdle` is called when nobody has used it for its TTL; work keeps that timer from running. */
export function createInstance(facts: InstanceFacts, clock: Clock, onIdle: () => void): Instance {
  const ending = new AbortController();
  const visits = new Set<{ status: InstanceView['status'] }>();
  let waiting: (() => void)[] = [];
  let taken = 0;
  let isLoaded = false;
  let lastUsedAt: number | null = null;
  let stopTtl = () => {};

  const restTimer = () => {
    stopTtl();
    const idle = isLoaded && taken === 0 && !ending.signal.aborted;
    if (idle && facts.ttlMs !== null) stopTtl = clock.after(facts.ttlMs, onIdle);
  };
  const free = () => {
    const next = waiting.shift();
    if (next) return next();
    taken -= 1;
    restTimer();
  };
  /** True when a slot was given; it has to be freed. */
  const claim = async (signal: AbortSignal): Promise<boolean> => {
    if (signal.aborted) return false;
    stopTtl();
    if (taken < facts.parallel) taken += 1;
    else {
      let given = false;
      await interruptible(signal, (go) => {
        const turn = () => {
          given = true;
          go();
        };
        waiting.push(turn);
        return () => {
          waiting = waiting.filter((each) => each !== turn);
        };
      });
      if (!given) return false;
    }
    return true;
  };

  return {
    ...facts,
    ended: ending.signal,
    isLoaded: () => isLoaded,
    loaded() {
      isLoaded = true;
      restTimer();
    },
    end(refusal) {
      stopTtl();
      ending.abort(refusal);
    },
    async enter(signal) {
      const either = AbortSignal.any([signal, ending.signal]);
      if (!(await claim(either))) return null;
      const visit: { status: InstanceView['status'] } = { status: 'processingPrompt' };
      visits.add(visit);
      lastUsedAt = clock.now();
      return {
        phase(status) {
          visit.status = status;
        },
        leave() {
          if (!visits.delete(visit)) return;
          lastUsedAt = clock.now();
          free();
        },
      };
    },
    view: () => ({
      id: facts.id,
      key: facts.model.key,
      type: facts.model.type,
      state: isLoaded ? 'loaded' : 'loading',
      contextTokens: facts.contextTokens,
      parallel: facts.parallel,
      ttlMs: facts.ttlMs,
      loadedBy: facts.loadedBy,
      status: [...visits].map((each) => each.status).sort()[0] ?? 'idle',
      queued: taken + waiting.length,
      lastUsedAt,
    }),
  };
}
