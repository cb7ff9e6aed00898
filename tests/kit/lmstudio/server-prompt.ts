import { faultNames } from './faults.ts';
import type { Simulator } from './simulator.ts';

/** What a person can type at a simulator that was started by hand. */
const commands: Record<string, { help: string; run(simulator: Simulator, words: string[]): unknown }> = {
  ps: { help: 'what is in memory', run: (simulator) => simulator.instancesNow() },
  launch: { help: 'start the program', run: (simulator) => simulator.launch() },
  quit: { help: 'end the program', run: (simulator) => simulator.quit() },
  on: { help: 'turn the server on', run: (simulator) => simulator.startServer() },
  off: { help: 'turn the server off', run: (simulator) => simulator.stopServer() },
  load: {
    help: '<model> [window]: load as the owner',
    run: (simulator, [key = '', window]) =>
      simulator.load(key, window === undefined ? {} : { contextLength: Number(window) }),
  },
  unload: { help: '<instance>', run: (simulator, [id = '']) => simulator.unload(id) },
  crash: { help: '<instance>: its process dies', run: (simulator, [id = '']) => simulator.crash(id) },
  fault: {
    help: `<name> [times]: ${faultNames.join(', ')}`,
    run(simulator, [name, times]) {
      const fault = faultNames.find((each) => each === name);
      if (!fault) return `There is no fault "${name}".`;
      simulator.faults.inject(fault, Number(times ?? 1));
    },
  },
};

/** Does one typed line; resolves with what to show. Never rejects. */
export async function obey(simulator: Simulator, line: string): Promise<string> {
  const [name = '', ...words] = line.trim().split(/\s+/);
  if (name === '') return '';
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command)
    return Object.entries(commands)
      .map(([each, { help }]) => `  ${each.padEnd(8)}${help}`)
      .join('\n');
  try {
    const shown = await command.run(simulator, words);
    return shown === undefined ? 'done' : typeof shown === 'string' ? shown : JSON.stringify(shown, null, 1);
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
}
