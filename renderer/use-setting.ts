import { useRef, useState } from 'react';
import type { Outcome } from '../core/protocol.ts';
import { useActions } from './page-context.ts';
import type { SettingsPatch } from './settings-bounds.ts';

/** One setting: what it is, and what became of the owner's change. */
export interface Setting<T> {
  /** What was asked for, else what is in force. */
  shown: T;
  save: (value: T) => void;
  isSaved: boolean;
  /** Back to what it was before the last change; null when nothing was changed here. */
  undo: (() => void) | null;
  /** Why the host did not take it, in its words; empty when it did. */
  problem: string;
  /** Takes the words of a refusal away. */
  hush: () => void;
}

interface Held<T> {
  asked: { value: T } | null;
  /** What was in force before each change that was made here, the last one last. */
  former: readonly T[];
  isSaved: boolean;
  problem: string;
}

const equal = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/**
 * Saves at once, shows what was asked for meanwhile, and falls back to what is in force when the host refuses. `inForce`: what the host
 * says; it must hold the change when `send` resolves.
 */
export function useSetting<T>(inForce: T, send: (value: T) => Promise<Outcome>): Setting<T> {
  const [held, draw] = useState<Held<T>>({ asked: null, former: [], isSaved: false, problem: '' });
  /** The same, also for what comes before the next drawing. */
  const now = useRef(held);
  const turns = useRef(0);
  const hold = (change: Partial<Held<T>>) => {
    now.current = { ...now.current, ...change };
    draw(now.current);
  };

  async function put(value: T, former: readonly T[]): Promise<void> {
    turns.current += 1;
    const turn = turns.current;
    const { former: before } = now.current;
    hold({ asked: { value }, former, isSaved: false, problem: '' });
    const outcome = await send(value);
    // A newer change tells its own outcome.
    if (turn !== turns.current) return;
    if (outcome.ok) hold({ asked: null, isSaved: true });
    else hold({ asked: null, former: before, problem: outcome.message });
  }

  const { former } = held;
  return {
    shown: held.asked ? held.asked.value : inForce,
    save(value) {
      const shown = now.current.asked ? now.current.asked.value : inForce;
      if (equal(value, shown)) hold({ problem: '' });
      else void put(value, [...now.current.former, shown]);
    },
    isSaved: held.isSaved,
    undo: former.length > 0 && held.isSaved ? () => void put(former.at(-1)!, former.slice(0, -1)) : null,
    problem: held.problem,
    hush: () => hold({ problem: '' }),
  };
}

/** Sends a change of settings and looks at once what is in force. */
export function useSave(): (patch: SettingsPatch) => Promise<Outcome> {
  const actions = useActions();
  return async (patch) => {
    const outcome = await actions.send({ kind: 'change-settings', patch });
    if (outcome.ok) await actions.refreshSettings();
    return outcome;
  };
}
