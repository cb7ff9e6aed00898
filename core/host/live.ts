import { homedir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { fail, messageOf, ok, type Result } from '../errors.ts';
import { createTraceReader } from '../lmstudio/driver/home.ts';
import { createLmStudio } from '../lmstudio/driver/lm-studio.ts';
import { createLms } from '../lmstudio/driver/lms.ts';
import type { LmStudio } from '../lmstudio/lm-studio.ts';
import type { Target } from '../lmstudio/target.ts';
import type { Log, SettingsPort, Shell } from '../ports.ts';
import type { Settings, SettingsPatch } from '../settings.ts';
import { createOpenAiModel } from '../think/models/openai.ts';
import { createRuleReasoner } from '../think/models/rules.ts';
import { createOpenAiEmbedder } from '../think/openai/embeddings.ts';
import { createEngine, type Engine } from './engine.ts';
import { openFolderLabels } from './folder-labels.ts';
import { previewIgnore } from './ignore-preview.ts';
import { takeLock } from './lock.ts';
import { openLog } from './log-file.ts';
import { type OpenFile, openSettings } from './settings-file.ts';
import { openStoreFile, type StoreFile } from './store-file.ts';
import { makeDataDir, systemClock, systemRandom } from './system.ts';
import { createWatchPlanner, foldersOf, type WatchPlanner } from './watch-planner.ts';
import { admitFolders, contains, realPath } from './watched-folders.ts';
import { workerUrl } from './worker-url.ts';

export interface LiveOptions {
  dataDir: string;
  /** Folders to watch until the owner changes them; empty: those of the settings, else `fallbackFolder`, else none. */
  watch: readonly string[];
  fallbackFolder: string | null;
  /** What the command line says about models; null leaves it to the settings. */
  model: { reasoner: Settings['model']['reasoner']; baseUrl?: string } | null;
  /** On the very first look, how far back commits are told; null tells nothing of the past. */
  firstLookMs: number | null;
  /** How the settings file is opened, where that is not conf itself. */
  openSettings?: OpenFile;
  /** Problems that must be said even when no page is open: one line each. */
  onProblem: (line: string) => void;
  shell: Shell;
}

export interface Live {
  engine: Engine;
  dataDir: string;
  log: Log;
  /** Idempotent. */
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
      message: `The data folder ${options.dataDir} cannot be made: ${messageOf(thrown)}. Choose another (with --data-dir, or REVERIE_DATA_DIR for the tray).`,
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
      message: `The data folder ${dataDir} cannot be written: ${messageOf(thrown)}. Free some space or choose another (with --data-dir, or REVERIE_DATA_DIR for the tray).`,
    });
  }
}

/** What the settings hold. */
const foldersAtMost = 32;

/** Throws what the file system says. */
async function behindLock(dataDir: string, unlock: () => void, options: LiveOptions): Promise<Result<Live>> {
  const log = openLog(dataDir);
  const { fallbackFolder, firstLookMs } = options;
  if (options.watch.length > foldersAtMost)
    return fail({
      class: 'permanent',
      code: 'too-many-folders',
      message: `${options.watch.length} folders are more than the ${foldersAtMost} that can be watched. Name fewer, or one that holds several.`,
    });
  const settings = openSettings({
    dataDir,
    ...(options.openSettings && { open: options.openSettings }),
    overrides: overridesOf(options),
    onProblem: (problem) => problem && options.onProblem(problem),
    admit: (patch, now) => admitted(patch, { dataDir, now: foldersOf(now.watch, fallbackFolder).map(realPath) }),
  });
  const isOwn = (folder: string) => contains(dataDir, realPath(folder));
  if (foldersOf(settings.current().watch, fallbackFolder).some(isOwn))
    return fail({
      class: 'permanent',
      code: 'watches-itself',
      message: `${dataDir} cannot be both the data folder and a watched one: Reverie would watch itself. Take it out of watch.folders in settings.json, or choose another data folder (with --data-dir, or REVERIE_DATA_DIR for the tray).`,
    });
  const opened = await openStoreFile({ dataDir, workerUrl: workerUrl('store'), clock: systemClock, log });
  if (!opened.ok) return opened;
  const file = opened.value;
  for (const { what, means } of file.care.notices) options.onProblem(`${what} ${means}`);
  const labelsFor = await openFolderLabels(file.store, log);
  const planner = createWatchPlanner({ dataDir, fallbackFolder, firstLookMs, labelsFor, log });
  const engine = engineOn({ file, settings, planner, dataDir, log, shell: options.shell });
  let stopping: Promise<void> | null = null;
  async function stop(): Promise<void> {
    await engine.stop();
    settings.close();
    log.info('stopped');
    log.close();
    unlock();
  }
  return ok({ engine, dataDir, log, stop: () => (stopping ??= stop()) });
}

const overridesOf = ({ model, watch }: LiveOptions): SettingsPatch => ({
  ...(model && { model }),
  ...(watch.length > 0 && { watch: { folders: [...watch] } }),
});

/** Of a change only its folders touch the world. */
function admitted(patch: SettingsPatch, around: { dataDir: string; now: string[] }): Result<SettingsPatch> {
  if (!patch.watch?.folders) return ok(patch);
  const folders = admitFolders(patch.watch.folders, { ...around, userHome: homedir() });
  return folders.ok ? ok({ ...patch, watch: { ...patch.watch, folders: folders.value } }) : folders;
}

interface Parts {
  file: StoreFile;
  settings: SettingsPort;
  planner: WatchPlanner;
  dataDir: string;
  log: Log;
  shell: Shell;
}

function engineOn({ file, settings, planner, dataDir, log, shell }: Parts): Engine {
  return createEngine({
    store: file.store,
    care: file.care,
    clock: systemClock,
    random: systemRandom,
    log,
    settings,
    watching: planner.plan,
    previewIgnore: (rules, signal) => previewIgnore(planner, settings.current().watch, rules, signal),
    shell,
    models: { rules: createRuleReasoner(), server: serverModel(log), embedder: serverEmbedderOf(log) },
    lmStudio: liveLmStudio(settings, log),
    facts: { dataDir, settingsFile: join(dataDir, 'settings.json'), memoryBytes: totalmem() },
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
