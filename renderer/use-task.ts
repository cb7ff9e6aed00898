import { createElement, type ReactNode, useRef, useState } from 'react';
import type { Outcome } from '../core/protocol.ts';
import { words } from './words.ts';

export interface Task {
  /** Resolves with whether it went well; false at once while another runs. `done`: the words when the outcome brings none. */
  run: (work: () => Promise<Outcome>, done?: string) => Promise<boolean>;
  busy: boolean;
  /** The outcome in words, to place beside the button; a refusal is an alert. */
  said: ReactNode;
  /** Takes the words away. */
  hush: () => void;
}

/** Runs one piece of work at a time and keeps what came of it: a second click meanwhile does nothing. */
export function useTask(): Task {
  const running = useRef(false);
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState({ good: true, text: '' });
  return {
    busy,
    async run(work, done = '') {
      if (running.current) return false;
      running.current = true;
      setBusy(true);
      const outcome = await work();
      running.current = false;
      setBusy(false);
      setSaid(
        outcome.ok
          ? { good: true, text: outcome.said ?? done }
          : { good: false, text: `${words.commandFailed} ${outcome.message}` },
      );
      return outcome.ok;
    },
    said: createElement(
      'p',
      { className: said.good ? 'said' : 'said problem', role: said.good ? 'status' : 'alert', dir: 'auto' },
      said.text,
    ),
    hush: () => setSaid({ good: true, text: '' }),
  };
}
