import type { Hold } from './pace.ts';
import { loadWords } from './refusals.ts';
import { type Machine, modelOf } from './server-machine.ts';
import type { LoadOptions } from './simulator.ts';

/** The owner loads a model in the program's window; resolves with the instance's id, rejects with the words shown there. */
export async function loadByHand(
  machine: Machine,
  program: { running(): boolean },
  key: string,
  options: LoadOptions = {},
): Promise<string> {
  if (!program.running()) throw new Error('The program does not run.');
  const model = modelOf(machine.catalog(), key);
  if (!model) throw new Error(loadWords.notFound(key));
  const loaded = await machine.memory.load({ model, by: 'owner', ...options });
  if (!loaded.ok) throw new Error(loaded.words);
  return loaded.instance.id;
}

/** Somebody's own chat keeps one slot of an instance until `hold` opens or the instance ends. */
export async function occupy(machine: Machine, id: string, hold: Hold): Promise<void> {
  const instance = machine.memory.loaded().find((each) => each.id === id);
  if (!instance) throw new Error(`No instance "${id}" is loaded.`);
  const visit = await instance.enter(instance.ended);
  visit?.phase('generating');
  await hold.pass(instance.ended);
  visit?.leave();
}
