import { homedir, totalmem } from 'node:os';
import { resolve } from 'node:path';
import { fail, messageOf, ok, type Result } from '../errors.ts';
import { createTraceReader } from '../lmstudio/driver/home.ts';
import { createLmStudio } from '../lmstudio/driver/lm-studio.ts';
import { createLms } from '../lmstudio/driver/lms.ts';
import type { LmStudio } from '../lmstudio/lm-studio.ts';
import type { Target } from '../lmstudio/target.ts';
import { folderSources } from '../observe/sources/registry.ts';
import type { Log, SettingsPort } from '../ports.ts';
import type { Settings } from '../settings.ts';
import { createOpenAiModel } from '../think/models/openai.ts';
import { createRuleReasoner } from '../think/models/rules.ts';
import { createOpenAiEmbedder } from '../think/openai/embeddings.ts';
import { createEngine, type Engine } from './engine.ts';
import { takeLock } from './lock.ts';
import { openLog } from './log-file.ts';
import { openSettings } from './settings-file.ts';
import { openStoreFile, type StoreFile } from './store-file.ts';
import { makeDataDir, systemClock, systemRandom } from './system.ts';
import { type WatchedFolder, watchedFolders } from './watched-folders.ts';
import { workerUrl } from './worker-url.ts';

export interface LiveOptions {
  dataDir: string;
  /** Folders to watch; empty: those of the settings, else `fallbackFolder`. */
  watch: readonly string[];
  fallbackFolder: string;
  /** What the command line says about models; null leaves it to the settings. */
  model: { reasoner: Settings['model']['reasoner']; baseUrl?: string } | null;
  /** On the very first look, how far back commits are told; null tells nothing of the past. */
  firstLookMs: number | null;
  /** Problems that must be said even when no page is open: one line each. */
  onProblem: (line: string) => void;
}

export interface Live {
  engine: Engine;
  dataDir: string;
  log: Log;
  stop(): Promise<void>;
}

/**
 * The mind with the real world around it: the only place that picks adapters. Fails with words when the data folder is taken, cannot be
 * written, or was written by another version. The engine is made, not started.
 */
export async function createLive(options: LiveOptions): Promise<Result<Live>> {
  let dataDir: string;
  try {
    dataDir = makeDataDir(resolve(options.dataDir));
  } catch (thrown) {
    return fail({
      class: 'permission',
      code: 'no-data-folder',
      message: `The data folder ${options.dataDir} cannot be made: ${messageOf(thrown)}. Choose another with --data-dir.`,
    });
  }
  let unlock: (() => void) | null = null;
  try {
    const lock = takeLock(dataDir);
    if (!lock.ok) return lock;
    unlock = lock.value;
    const live = await behindLock(dataDir, unlock, options);
    if (!live.ok) unlock();
    return live;
  } catch (thrown) {
    unlock?.();
    if (!(thrown instanceof Error && 'code' in thrown)) throw thrown;
    return fail({
      class: 'resource',
      code: 'data-folder-unwritable',
      message: `The data folder ${dataDir} cannot be written: ${messageOf(thrown)}. Free some space or choose another with --data-dir.`,
    });
  }
}

/** Throws what the file system says. */
async function behindLock(dataDir: string, unlock: () => void, options: LiveOptions): Promise<Result<Live>> {
  const log = openLog(dataDir);
  const settings = openSettings({
    dataDir,
    overrides: options.model ? { model: options.model } : {},
    onProblem: (problem) => problem && options.onProblem(problem),
  });
  const folders = foldersOf(settings.current(), options);
  if (folders.some(({ root }) => root === dataDir))
    return fail({
      class: 'permanent',
      code: 'watches-itself',
      message: `${dataDir} cannot be both the data folder and a watched one: Reverie would watch itself. Choose another with --data-dir.`,
    });
  const opened = await openStoreFile({ dataDir, workerUrl: workerUrl('store'), clock: systemClock, log });
  if (!opened.ok) return opened;
  const file = opened.value;
  for (const { what, means } of file.care.notices) options.onProblem(`${what} ${means}`);
  const engine = engineOn({ file, settings, folders, dataDir, log }, options.firstLookMs);
  return ok({
    engine,
    dataDir,
    log,
    async stop() {
      await engine.stop();
      settings.close();
      log.info('stopped');
      log.close();
      unlock();
    },
  });
}

function foldersOf({ watch }: Settings, options: LiveOptions): WatchedFolder[] {
  const chosen = options.watch.length > 0 ? options.watch : watch.folders;
  return watchedFolders(chosen.length > 0 ? chosen : [options.fallbackFolder]);
}

interface Parts {
  file: StoreFile;
  settings: SettingsPort;
  folders: WatchedFolder[];
  dataDir: string;
  log: Log;
}

function engineOn({ file, settings, folders, dataDir, log }: Parts, firstLookMs: number | null): Engine {
  const { watch } = settings.current();
  const sources = folders.flatMap(({ root, label, inner, repositoryTold }) =>
    folderSources
      .map((make) =>
        make({
          root,
          label,
          settings: watch,
          exclude: [dataDir, ...inner],
          firstLookMs,
          filesWorker: workerUrl('files'),
          clock: systemClock,
          log,
        }),
      )
      .filter((source) => !(repositoryTold && source.kind === 'git')),
  );
  return createEngine({
    store: file.store,
    care: file.care,
    clock: systemClock,
    random: systemRandom,
    log,
    settings,
    sources,
    models: { rules: createRuleReasoner(), server: serverModel(log), embedder: serverEmbedderOf(log) },
    lmStudio: liveLmStudio(settings, log),
    facts: { dataDir, folders: folders.map(({ root }) => root), memoryBytes: totalmem() },
  });
}

/** The program that serves models, as it is on this machine. */
export function liveLmStudio(settings: SettingsPort, log: Log): LmStudio {
  const clock = systemClock;
  const [userHome, platform] = [homedir(), process.platform];
  const traces = createTraceReader({ userHome, platform, clock });
  const lms = createLms({
    settings: () => settings.current().lmStudio,
    homes: async () => (await traces()).homes,
    userHome,
    log,
  });
  return createLmStudio({ settings: () => settings.current(), userHome, platform, lms, clock, log });
}

/** An instance that LM Studio named need not be in its OpenAI list; any other server's list is taken at its word. */
export const serverModel =
  (log: Log) =>
  ({ baseUrl, product, instance, reasons }: Target, settings: Settings['model']) =>
    createOpenAiModel({
      ...settings,
      baseUrl,
      name: instance.id,
      // Reverie’s own instances bear ids that say nothing to people.
      ...(product !== 'openai' && { label: instance.key }),
      strict: product === 'openai',
      contextTokens: instance.contextTokens,
      ...(reasons !== null && { reasons }),
      log,
    });

/** An embedding model on a server; it is loaded already, or it would not be asked. */
export const serverEmbedderOf =
  (log: Log) =>
  ({ baseUrl, instance }: Target, settings: Settings['model']) =>
    createOpenAiEmbedder({ ...settings, baseUrl, name: instance.id, contextTokens: instance.contextTokens, log });
