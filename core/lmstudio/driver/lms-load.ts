import type { Result } from '../../errors.ts';
import { fail, ok } from '../../errors.ts';
import type { LmsSaid } from '../../host/spawn.ts';
import { isLmsValue, type LmsCommand } from '../../host/spawn-lms.ts';
import type { Lms } from './lms.ts';
import type { LmsAsker } from './lms-ask.ts';
import { hintOfLoad, lmsFailures } from './lms-failures.ts';
import { readProgress } from './lms-progress.ts';

type Lists = Pick<Lms, 'list' | 'loaded'>;

/** `load` of `Lms`: one load, asked once more only where this `lms` does not know a flag. */
export const createLmsLoad =
  ({ tell }: LmsAsker, lists: Lists, loadMs: () => number): Lms['load'] =>
  async (wish, port, onProgress, signal) => {
    if (!isLmsValue(wish.path) || !isLmsValue(wish.identifier)) return fail(lmsFailures.loadFailed());
    let began = false;
    const onText = readProgress((share) => {
      began = true;
      onProgress(share);
    });
    const { path, identifier, contextTokens, gpu } = wish;
    const ttlSeconds = wish.ttlSeconds === null ? null : Math.max(1, Math.round(wish.ttlSeconds));
    const ask = (parallel: number | null) => {
      const command: LmsCommand = { name: 'load', port, path, identifier, contextTokens, ttlSeconds, parallel, gpu };
      return tell(command, 'load the model', { timeoutMs: loadMs(), signal, onText });
    };
    let said = await ask(wish.parallel);
    // The name of a flag is the same in every language: this `lms` does not know it yet.
    const refused = said.ok && said.value.exitCode !== 0 && !began && said.value.stderr.includes('--parallel');
    if (refused) said = await ask(null);
    if (!said.ok) return said;
    return said.value.exitCode === 0 ? ok(null) : whyNot(said.value, { path, identifier, began }, lists, port, signal);
  };

/** Of a load that `lms` calls failed: what is loaded and what is there tell more than its words. */
async function whyNot(
  said: LmsSaid,
  wish: { path: string; identifier: string; began: boolean },
  lists: Lists,
  port: number,
  signal: AbortSignal,
): Promise<Result<null>> {
  const instances = await lists.loaded(port, signal);
  if (!instances.ok) return instances;
  if (instances.value.some((each) => each.id === wish.identifier))
    return wish.began ? ok(null) : fail(lmsFailures.identifierInUse());
  const models = await lists.list(port, signal);
  if (models.ok && !models.value.some((each) => each.path === wish.path)) return fail(lmsFailures.modelMissing());
  return fail(hintOfLoad(said));
}
