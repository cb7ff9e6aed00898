import { createElement, type ReactNode, useRef, useState } from 'react';
import type { Command } from '../core/protocol.ts';
import { useActions } from './page-context.ts';
import { words } from './words.ts';

/**
 * Sends one command about the model server at a time and looks at once what came of it: `busy` meanwhile, a second click does nothing.
 * `said` is the outcome in words, to place beside the button; a refusal is an alert.
 */
export function useCommand(): {
  run: (command: Command, done?: string) => Promise<boolean>;
  busy: boolean;
  said: ReactNode;
} {
  const actions = useActions();
  const running = useRef(false);
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState({ good: true, text: '' });
  return {
    busy,
    async run(command, done = '') {
      if (running.current) return false;
      running.current = true;
      setBusy(true);
      const outcome = await actions.send(command);
      void actions.refreshModel();
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
  };
}
