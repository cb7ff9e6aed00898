import type { ReactNode } from 'react';
import type { Command } from '../core/protocol.ts';
import { useActions } from './page-context.ts';
import { useTask } from './use-task.ts';

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
  const { run, busy, said } = useTask();
  return {
    busy,
    said,
    run: (command, done) =>
      run(async () => {
        const outcome = await actions.send(command);
        void actions.refreshModel();
        return outcome;
      }, done),
  };
}
