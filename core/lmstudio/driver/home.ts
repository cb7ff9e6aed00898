import { open, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../../ports.ts';
import type { Sighting } from '../lm-studio.ts';

export type Family = NonNullable<Sighting['installed']>;

/** What the programs left on the disk about themselves. All of it may be old: only an answer proves anything. */
export interface Traces {
  /** LM Studio's home folders, the one in use first. */
  homes: string[];
  /** Where their servers listened last, also while they are off. */
  servers: { of: Family; port: number; networkInterface: string }[];
  /** Of the internal servers. */
  internalPorts: number[];
  installed: Family | null;
}

const nothing: Traces = { homes: [], servers: [], internalPorts: [], installed: null };

/** How to look at the disk: both answer null (false) for whatever cannot be read, and never reject. */
export interface Disk {
  text(path: string): Promise<string | null>;
  exists(path: string): Promise<boolean>;
}

/** More than this is no configuration file. */
const maxBytes = 64 * 1024;
/** A drive that is gone can hold a read for minutes. */
const patienceMs = 1_000;

export const realDisk: Disk = {
  async text(path) {
    try {
      // A pipe or a device would hold the reader.
      if (!(await stat(path)).isFile()) return null;
      const file = await open(path, 'r');
      try {
        const { bytesRead, buffer } = await file.read(Buffer.alloc(maxBytes + 1), 0, maxBytes + 1, 0);
        return bytesRead > maxBytes ? null : buffer.toString('utf8', 0, bytesRead);
      } finally {
        await file.close();
      }
    } catch {
      return null;
    }
  },
  exists: (path) =>
    stat(path).then(
      () => true,
      () => false,
    ),
};

/**
 * Reads the traces; never rejects. Nothing is written: the pointer file belongs to the programs. While a read hangs (a drive that is gone)
 * the traces known last are given and no second one starts.
 */
export function createTraceReader(options: { userHome: string; platform: string; clock: Clock; disk?: Disk }) {
  const disk = options.disk ?? realDisk;
  let known = nothing;
  let reading: Promise<void> | null = null;
  return async (): Promise<Traces> => {
    reading ??= readTraces(options.userHome, options.platform, disk).then((traces) => {
      known = traces;
      reading = null;
    });
    const { promise: patience, resolve } = Promise.withResolvers<void>();
    const stop = options.clock.after(patienceMs, resolve);
    await Promise.race([reading, patience]);
    stop();
    return known;
  };
}

/** LM Studio's home folders on this machine, best first: by pointer, legacy where it exists, standard. Never rejects. */
export async function lmStudioHomes(userHome: string, disk: Disk = realDisk): Promise<string[]> {
  const real = await realpath(userHome).catch(() => userHome);
  const pointed = (await disk.text(join(real, '.lmstudio-home-pointer')))?.trim() ?? '';
  const legacy = join(userHome, '.cache', 'lm-studio');
  const found = [
    ...(isAbsolute(pointed) && !pointed.includes('\0') ? [pointed] : []),
    ...((await disk.exists(legacy)) ? [legacy] : []),
    join(userHome, '.lmstudio'),
  ];
  return [...new Set(found)];
}

async function readTraces(userHome: string, platform: string, disk: Disk): Promise<Traces> {
  const homes = await lmStudioHomes(userHome, disk);
  const folders = [
    ...homes.map((home) => ({ of: 'lm-studio' as const, path: join(home, '.internal') })),
    ...homes.map((home) => ({ of: 'bionic' as const, path: join(home, 'apps', 'bionic', '.internal') })),
  ];
  const servers = folders.map(async ({ of, path }) => {
    const config = await readJson(disk, join(path, 'http-server-config.json'), serverConfig);
    return config ? [{ of, ...config }] : [];
  });
  const internal = folders.map(async ({ path }) => {
    const published = await readJson(disk, join(path, 'http-server.json'), internalServer);
    return published ? [published.port] : [];
  });
  return {
    homes,
    servers: (await Promise.all(servers)).flat(),
    internalPorts: [...new Set((await Promise.all(internal)).flat())],
    installed: await installedBy(homes, userHome, platform, disk),
  };
}

const port = z.number().int().min(1).max(65_535);
const serverConfig = z.object({ port, networkInterface: z.string().max(100).catch('') });
const internalServer = z.object({ port });
const location = z.object({ path: z.string().min(1).max(4_096) });

async function readJson<T>(disk: Disk, path: string, schema: z.ZodType<T>): Promise<T | null> {
  const text = await disk.text(path);
  try {
    return text === null ? null : schema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** The first sign of an installation. What an uninstalled program left behind, a location where nothing is any more, is none. */
async function installedBy(homes: string[], userHome: string, platform: string, disk: Disk): Promise<Family | null> {
  const standsAt = async (file: string): Promise<boolean> => {
    const told = await readJson(disk, file, location);
    // An AppImage is mounted only while it runs.
    return told !== null && (/[\\/]\.mount_/.test(told.path) || (await disk.exists(told.path)));
  };
  const inHomes = (...parts: string[]) => homes.map((home) => join(home, ...parts));
  const signs: [Family, string[], (path: string) => Promise<boolean>][] = [
    ['lm-studio', inHomes('.internal', 'app-install-location.json'), standsAt],
    ['lm-studio', usualPlaces(platform, userHome), disk.exists],
    ['llmster', inHomes('.internal', 'llmster-install-location.json'), standsAt],
    ['bionic', inHomes('apps', 'bionic', '.internal', 'app-install-location.json'), standsAt],
    ['lm-studio', inHomes('bin', platform === 'win32' ? 'lms.exe' : 'lms'), disk.exists],
  ];
  for (const [product, places, proves] of signs)
    if ((await Promise.all(places.map(proves))).includes(true)) return product;
  return null;
}

function usualPlaces(platform: string, userHome: string): string[] {
  if (platform === 'darwin') return ['/Applications/LM Studio.app', join(userHome, 'Applications', 'LM Studio.app')];
  if (platform !== 'win32') return [];
  return [
    join(userHome, 'AppData', 'Local', 'Programs', 'LM Studio', 'LM Studio.exe'),
    'C:\\Program Files\\LM Studio\\LM Studio.exe',
  ];
}
