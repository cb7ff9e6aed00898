import { fail, ok } from '../../errors.ts';
import type { ModelEntry } from '../catalogue.ts';
import type { Lms } from './lms.ts';
import type { LmsAsker } from './lms-ask.ts';
import { lmsFailures, wordsOfFullDisk } from './lms-failures.ts';
import { readProgress } from './lms-progress.ts';

/** A download of unknown size is not begun with less than this. */
const roomBytes = 2_000_000_000;
/** With less than this afterwards, that was why it failed. */
const fullBytes = 200_000_000;

/** `get` of `Lms`: looks for room before, and afterwards whether the model is there. `freeBytes` gives null when nobody can tell. */
export const createLmsGet =
  ({ tell }: LmsAsker, list: Lms['list'], freeBytes: () => Promise<number | null>, timeoutMs: number): Lms['get'] =>
  async (name, port, onProgress, signal) => {
    if (!catalogueName.test(name)) return fail(lmsFailures.notAName());
    const before = await freeBytes();
    if (before !== null && before < roomBytes) return fail(lmsFailures.diskFull(before));
    const onText = readProgress(onProgress);
    const said = await tell({ name: 'get', port, model: name }, 'download the model', { timeoutMs, signal, onText });
    if (!said.ok) return said;
    const models = said.value.exitCode === 0 ? await list(port, signal) : null;
    if (models && !models.ok) return models;
    if (models?.value.some((each) => isNamed(each, name))) return ok(null);
    const after = await freeBytes();
    const full = wordsOfFullDisk(said.value) || (after !== null && after < fullBytes);
    return fail(full ? lmsFailures.diskFull(after ?? 0) : lmsFailures.downloadFailed());
  };

/** `owner/model`, with or without a quantization. */
const catalogueName = /^\w[\w.-]*\/\w[\w.-]*(?:@\w[\w.-]*)?$/;

/** Whether this is what was downloaded under that name: its own part of the name is in the key or the path. */
function isNamed(model: ModelEntry, name: string): boolean {
  const own = name
    .replace(/@.*/, '')
    .replace(/^.*\//, '')
    .replace(/-gguf$/i, '');
  return `${model.key}\n${model.path ?? ''}`.toLowerCase().includes(own.toLowerCase());
}
