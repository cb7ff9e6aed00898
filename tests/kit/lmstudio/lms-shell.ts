import { setTimeout as sleep } from 'node:timers/promises';
import { type connectMachine, greets, type MachineState } from './lms-machine.ts';
import type { Words } from './lms-words.ts';
import type { CliProfile } from './profiles.ts';

/** Ends the double with this code, after these words on stderr. */
export class Exit extends Error {
  readonly code: number;
  constructor(code: number, words = '') {
    super(words);
    this.code = code;
  }
}

/** What a command of the double works with. */
export interface Shell {
  machine: ReturnType<typeof connectMachine>;
  /** As it was when the command began. */
  state: MachineState;
  cli: CliProfile;
  words: Words;
  /** Flags by their long names; of a switch, its presence. */
  flags: Record<string, string | boolean | undefined>;
  /** What stands beside the flags. */
  rest: string[];
  /** The product's `.internal` folder. */
  internal: string;
  /** Writes to stdout as it is. */
  out(text: string): void;
  /** Writes a line to stderr. */
  err(line: string): void;
}

/** As every command that needs the program: asks the given port for the greeting, or else wakes what does not run (reference 4.2). */
export async function connect({ machine, state, cli, words, flags, err }: Shell): Promise<void> {
  if (flags['port'] !== undefined) {
    const port = Number(flags['port']);
    if (!(await greets(port))) throw new Exit(1, words.notRunning(port));
    return;
  }
  if (state.running) return;
  err(cli.wakingWords);
  if (state.knobs.dies === 'ENOENT') throw new Exit(1, 'Error: spawn /tmp/.mount_LM-StuX2fQ9a/lm-studio ENOENT');
  await sleep(state.knobs.wakeDelayMs);
  await machine.wake();
  for (let attempt = 0; attempt < 60; attempt += 1) {
    if ((await machine.state()).running) return;
    await sleep(100);
  }
  throw new Exit(1, words.cannotWake);
}

/** A whole number as an option's value; another one is a usage error. */
export function numberOf(shell: Shell, flag: string): number | undefined {
  const given = shell.flags[flag];
  if (given === undefined) return undefined;
  if (!/^\d+$/.test(String(given))) throw usage(`option '--${flag}' argument '${String(given)}' is invalid.`);
  return Number(given);
}

export const usage = (words: string): Exit => new Exit(1, `error: ${words}`);

export function textOf(shell: Shell, flag: string): string | undefined {
  const given = shell.flags[flag];
  return typeof given === 'string' ? given : undefined;
}

/** Only the keys that this version of `lms` prints. */
export const known = (cli: CliProfile, item: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(item).filter(([key]) => !cli.lacks.includes(key)));

/** What the machine answered; what it refuses ends the command with its words. */
export async function must<Answer extends object>(asked: Promise<Answer & { error?: string }>): Promise<Answer> {
  const answer = await asked;
  if (answer.error !== undefined) throw new Exit(1, answer.error);
  return answer;
}
