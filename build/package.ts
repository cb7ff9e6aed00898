import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type AfterPackContext, archFromString, build, type Configuration, Packager, Platform } from 'electron-builder';
import { packageConfig } from './electron-builder.ts';
import { findElectronDist } from './electron-dist.ts';
import { ensureBuilt } from './ensure-built.ts';
import { needNode24 } from './need-node.ts';

/**
 * Packs the tray program for the machine it runs on: `npm run package -- [--dir] [--out DIR]`. With `--dir` one folder, made without any
 * download; without it the installers of this system, for which electron-builder fetches its own tools the first time.
 */
const project = fileURLToPath(new URL('..', import.meta.url));

/** Resolves when the configuration fits electron-builder's own schema; rejects with its words on what does not. Asks no network. */
export const checkConfig = (config: Configuration): Promise<void> =>
  new Packager({ projectDir: project, config: structuredClone(config) }).validateConfig();

/** Builds what is packed, and packs it into `out`. Rejects with electron-builder's words. */
async function pack(electronDist: string, out: string, form: 'folder' | 'installers'): Promise<void> {
  ensureBuilt('page');
  ensureBuilt('shell');
  const directories = { ...packageConfig.directories, output: out };
  const config = { ...structuredClone(packageConfig), electronDist, directories, afterExtract: dropDefaultApp };
  const targets = Platform.current().createTarget(form === 'folder' ? 'dir' : null, archFromString(process.arch));
  await build({ projectDir: project, targets, config, publish: 'never' });
}

/** Electron's own welcome program, which it would start if ours were missing. */
async function dropDefaultApp({ appOutDir, electronPlatformName }: AfterPackContext): Promise<void> {
  const resources = electronPlatformName === 'darwin' ? 'Electron.app/Contents/Resources' : 'resources';
  await rm(join(appOutDir, resources, 'default_app.asar'), { force: true });
}

async function main(): Promise<string | null> {
  const { values } = parseArgs({ options: { dir: { type: 'boolean' }, out: { type: 'string' } } });
  const manifest = createRequire(import.meta.url).resolve('electron/package.json');
  const dist = findElectronDist({
    platform: process.platform,
    arch: process.arch,
    named: process.env['REVERIE_ELECTRON_DIST'],
    electronPackage: dirname(manifest),
    version: (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version,
  });
  if ('missing' in dist) return dist.missing;
  await checkConfig(packageConfig);
  const out = resolve(values.out ?? `${project}/dist/package`);
  try {
    await pack(dist.folder, out, values.dir ? 'folder' : 'installers');
    return null;
  } catch (error) {
    return `Packing failed, and what lies in ${out} is unfinished: ${messageOf(error)}`;
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

if (import.meta.main) {
  needNode24();
  const problem = await main().catch(messageOf);
  if (problem !== null) process.stderr.write(`${problem}\n`);
  // A set exit code is not enough: a hook that comes with electron-builder ends the process with 0 when nothing is left to do.
  process.exit(problem === null ? 0 : 1);
}
