import type { Result } from '../../errors.ts';
import { fail, ok } from '../../errors.ts';
import type { runLms } from '../../host/spawn.ts';
import { isLmsValue } from '../../host/spawn-lms.ts';
import type { Clock, Log } from '../../ports.ts';
import type { Settings } from '../../settings.ts';
import type { Instance, ModelEntry } from '../catalogue.ts';
import type { LoadWish, SeenLms } from '../lm-studio.ts';
import { createLmsAsker } from './lms-ask.ts';
import { freeForModels } from './lms-disk.ts';
import { lmsFailures } from './lms-failures.ts';
import { createLmsGet } from './lms-get.ts';
import { daemonOf, instancesOf, modelsOf } from './lms-lists.ts';
import { createLmsLoad } from './lms-load.ts';

/** The `lms` command line, driven safely. Every method but `load`, `get` and `startServer` is a query that wakes nothing. */
export interface Lms {
  /** Where it is and whether it runs; looked up anew when it was missing or unusable. */
  found(signal: AbortSignal): Promise<SeenLms>;
  /** Whether the app or the daemon runs; null when this `lms` cannot tell. */
  daemon(signal: AbortSignal): Promise<{ running: boolean; isDaemon: boolean | null } | null>;
  /** `port`: the REST or internal port of the running program, so that nothing is woken. */
  list(port: number, signal: AbortSignal): Promise<Result<ModelEntry[]>>;
  loaded(port: number, signal: AbortSignal): Promise<Result<Instance[]>>;
  load(
    wish: LoadWish & { path: string; identifier: string },
    port: number,
    onProgress: (share: number) => void,
    signal: AbortSignal,
  ): Promise<Result<null>>;
  unload(id: string, port: number, signal: AbortSignal): Promise<Result<null>>;
  get(name: string, port: number, onProgress: (share: number) => void, signal: AbortSignal): Promise<Result<null>>;
  /** May wake a closed program: only with the owner's consent. */
  startServer(port: number | null, signal: AbortSignal): Promise<Result<null>>;
}

/** How long a command may take. */
const limits = {
  probeMs: 5_000,
  queryMs: 10_000,
  /** A big model gives its memory back slowly. */
  unloadMs: 30_000,
  /** Waking a closed program alone may take a minute. */
  wakeMs: 90_000,
  getMs: 12 * 3_600_000,
};
export type LmsLimits = typeof limits;

export interface LmsParts {
  settings: () => Pick<Settings['lmStudio'], 'lmsPath' | 'loadMs'>;
  /** LM Studio's home folders, best first. */
  homes: () => readonly string[] | Promise<readonly string[]>;
  userHome: string;
  log: Log;
  /** Starts `lms`; another one in tests. */
  run?: typeof runLms;
  /** For how long a file that hung is left alone; the machine's own unless given. */
  clock?: Pick<Clock, 'elapsed'>;
  limits?: Partial<LmsLimits>;
  /** Bytes free for models, null when nobody can tell; measured unless given. */
  freeBytes?: () => Promise<number | null>;
}

/**
 * Drives the `lms` of this machine. What went wrong is told by what is true afterwards (`ps`, `ls`, free space), by codes and by names of
 * flags; the words of `lms`, which may be in any language, are a last hint and are never passed on. Fails with `no-lms`, `lms-unusable`,
 * `lms-timeout`, `lms-failed`; `load` also with `insufficient-resources`, `model-load-failed`, `model-missing` and `identifier-in-use`,
 * `get` with `disk-full` and `download-failed`. Throws only the signal's reason.
 */
export function createLms(parts: LmsParts): Lms {
  const limit = { ...limits, ...parts.limits };
  const asker = createLmsAsker(parts, limit.probeMs);
  const freeBytes = parts.freeBytes ?? (async () => freeForModels(await parts.homes(), parts.userHome));
  const inQueryTime = (signal: AbortSignal) => ({ timeoutMs: limit.queryMs, signal });

  const list: Lms['list'] = (port, signal) =>
    asker.query({ name: 'list', port }, 'list the models', modelsOf, inQueryTime(signal));

  /** An instance that goes while `lms` asks for it makes the whole command fail: asked once more. */
  const loaded: Lms['loaded'] = async (port, signal) => {
    const ask = () => asker.query({ name: 'loaded', port }, 'list what is loaded', instancesOf, inQueryTime(signal));
    const first = await ask();
    return !first.ok && first.failure.code === 'lms-failed' ? ask() : first;
  };

  /** Exit codes say nothing here: of an unknown name `lms` says 0. */
  const unload: Lms['unload'] = async (id, port, signal) => {
    if (!isLmsValue(id)) return fail(lmsFailures.stillLoaded());
    const how = { timeoutMs: limit.unloadMs, signal };
    const said = await asker.tell({ name: 'unload', port, id }, 'unload the model', how);
    if (!said.ok) return said;
    const instances = await loaded(port, signal);
    if (!instances.ok) return instances;
    return instances.value.some((each) => each.id === id) ? fail(lmsFailures.stillLoaded()) : ok(null);
  };

  return {
    found: asker.found,
    async daemon(signal) {
      const what = 'tell whether LM Studio runs';
      const said = await asker.query({ name: 'daemon-status' }, what, daemonOf, inQueryTime(signal));
      return said.ok ? said.value : null;
    },
    list,
    loaded,
    load: createLmsLoad(asker, { list, loaded }, () => parts.settings().loadMs),
    unload,
    get: createLmsGet(asker, list, freeBytes, limit.getMs),
    async startServer(port, signal) {
      const how = { timeoutMs: limit.wakeMs, signal };
      const said = await asker.tell({ name: 'start-server', port }, 'start the server', how);
      if (!said.ok) return said;
      return said.value.exitCode === 0 ? ok(null) : fail(lmsFailures.serverNotStarted());
    },
  };
}
