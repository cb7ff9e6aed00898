import { createElement, type ReactNode, useState } from 'react';
import type { Command } from '../core/protocol.ts';
import { useActions } from './page-context.ts';
import { words } from './words.ts';

/** Sends commands and keeps the words of a refusal until the next one, as an alert to place beside the button. */
export function useSend(): { send: (command: Command) => Promise<boolean>; problem: ReactNode } {
  const actions = useActions();
  const [message, setMessage] = useState<string | null>(null);
  return {
    async send(command) {
      const outcome = await actions.send(command);
      setMessage(outcome.ok ? null : outcome.message);
      return outcome.ok;
    },
    problem:
      message &&
      createElement('p', { className: 'problem', role: 'alert', dir: 'auto' }, `${words.commandFailed} ${message}`),
  };
}
