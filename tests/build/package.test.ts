import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, matchesGlob, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppInfo, type Configuration, LinuxPackager, Packager } from 'electron-builder';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageConfig } from '../../build/electron-builder.ts';
import { findElectronDist } from '../../build/electron-dist.ts';
import { checkConfig } from '../../build/package.ts';
import { trayIcon } from '../../electron/tray-icon.ts';
import { trayStates } from '../../electron/tray-state.ts';
import { type StandIn, standInElectron } from '../kit/stand-in-electron.ts';
import { importsOf } from '../kit/walls.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));
const own = createRequire(import.meta.url);
/** What electron-builder itself is made of. */
const ofBuilder = createRequire(createRequire(own.resolve('electron-builder')).resolve('app-builder-lib'));
const { version } = own('electron/package.json') as { version: string };

const filesBelow = (folder: string) =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));

/** `npm run package` with the Electron that lies there. */
function runPackage(args: readonly string[], dist: string) {
  const env = { ...process.env, REVERIE_ELECTRON_DIST: dist, NODE_ENV: 'production', NO_COLOR: '1' };
  return spawnSync('npm', ['run', '--silent', 'package', '--', ...args], { cwd: project, env, encoding: 'utf8' });
}

describe('the configuration', () => {
  it('[OP7.1] fits electron-builder’s own schema, and [OP7.2] a key that it does not know is refused with its place', async () => {
    await checkConfig(packageConfig);
    await expect(checkConfig({ ...packageConfig, protocolls: [] } as Configuration)).rejects.toThrow(/protocolls/);
    const linux = { ...packageConfig.linux, categroy: 'Utility' };
    await expect(checkConfig({ ...packageConfig, linux })).rejects.toThrow(/configuration\.linux/);
  });

  it('[OP7.3] opens reverie:// links, stands among the developer’s tools, and stays out of the Dock', async () => {
    const entry = await desktopEntry();
    expect(entry).toMatch(/^MimeType=x-scheme-handler\/reverie;$/m);
    expect(entry).toMatch(/^Categories=Development;Utility;$/m);
    expect(entry).toMatch(/^StartupWMClass=reverie$/m);
    expect(entry).toMatch(/^Exec=\/opt\/Reverie\/reverie %U$/m);
    expect(packageConfig.mac?.extendInfo).toEqual({ LSUIElement: true });
  });

  it.each([
    ['darwin', packageConfig.mac],
    ['win32', packageConfig.win],
    ['linux', packageConfig.linux],
  ] as const)(
    '[OP7.4] %s gets its own tray icons and its own database driver, none of another system',
    (system, options) => {
      const patterns = [options?.files ?? []].flat();
      const names = patterns.filter((pattern) => typeof pattern === 'string');
      const packed = readdirSync(join(project, 'build/resources/tray')).filter((name) => isNamed(name, names));
      const icons = trayStates.map((state) => trayIcon(state, system));
      const doubles = system === 'win32' ? [] : icons.map((name) => name.replace('.png', '@2x.png'));
      expect(packed.sort()).toEqual([...icons, ...doubles].sort());
      const binaries = patterns.flatMap((pattern) => (typeof pattern === 'object' ? (pattern.filter ?? []) : []));
      const expanded = binaries.map((pattern) => pattern.replace('${arch}', 'arm64'));
      expect(expanded.filter((pattern) => pattern.endsWith('.node'))).toEqual([`prebuilds/${system}-arm64.node`]);
      expect(readdirSync(join(project, 'node_modules/better-sqlite3/prebuilds'))).toContain(`${system}-arm64.node`);
    },
  );
});

describe('without an Electron to pack', () => {
  const place = { platform: 'linux', arch: 'x64', electronPackage: '/nowhere/electron', version: '45.4.1' } as const;

  it('[OP7.5] one line says what is missing and what to do, and the run fails', () => {
    const { status, stdout, stderr } = runPackage(['--dir'], '/nowhere/at/all');
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain('REVERIE_ELECTRON_DIST (/nowhere/at/all) holds no electron');
    expect(stderr).toContain(`Unpack electron-v${version}-linux-`);
  });

  it('[OP7.5] the installed package is looked at when none is named, by the program’s name on each system', () => {
    const missing = (platform: NodeJS.Platform) => findElectronDist({ ...place, platform, named: undefined });
    expect(missing('linux')).toEqual({ missing: expect.stringContaining('/nowhere/electron/dist holds no electron.') });
    expect(missing('darwin')).toEqual({ missing: expect.stringContaining('holds no Electron.app.') });
    expect(missing('win32')).toEqual({ missing: expect.stringContaining('holds no electron.exe.') });
  });

  it('[OP7.6] an Electron of another version is refused', () => {
    const older = standInElectron('44.0.0');
    try {
      const found = findElectronDist({ ...place, named: older.folder });
      expect(found).toEqual({ missing: expect.stringContaining('is 44.0.0, and 45.4.1 is wanted') });
      expect(findElectronDist({ ...place, version: '44.0.0', named: older.folder })).toEqual({ folder: older.folder });
    } finally {
      older.end();
    }
  });
});

// The stand-in is laid out like Electron for Linux, and a machine packs for itself.
describe.runIf(process.platform === 'linux')('a packed folder', () => {
  let standIn: StandIn;
  let out: string;
  const unpacked = () => join(out, 'linux-unpacked');
  const archive = () => join(unpacked(), 'resources/app.asar');

  beforeAll(() => {
    standIn = standInElectron(version);
    out = mkdtempSync(join(tmpdir(), 'reverie-package-'));
    const { status, stdout, stderr } = runPackage(['--dir', '--out', out], standIn.folder);
    expect(status, stdout + stderr).toBe(0);
  });
  afterAll(() => {
    standIn.end();
    rmSync(out, { recursive: true, force: true });
  });

  it('[OP7.7] holds shell, page, tray icons, manifest and the driver’s running files, and nothing else', () => {
    const inArchive = asar().listPackage(archive(), { isPack: false });
    const files = inArchive.filter((path) => !('files' in asar().statFile(archive(), path.slice(1))));
    const built = ['dist/shell', 'dist/page'].flatMap((folder) =>
      filesBelow(join(project, folder)).map((file) => `/${folder}/${file}`),
    );
    const driver = filesBelow(join(project, 'node_modules/better-sqlite3/lib'));
    expect(files.sort()).toEqual(
      [
        '/package.json',
        ...built.filter((file) => !file.endsWith('.map')),
        ...trayStates.flatMap((state) => [
          `/build/resources/tray/${state}.png`,
          `/build/resources/tray/${state}@2x.png`,
        ]),
        ...['package.json', 'LICENSE', `prebuilds/linux-${process.arch}.node`].map(inDriver),
        ...driver.filter((file) => !/-(x64|arm64)\.js$/.test(file)).map((file) => inDriver(`lib/${file}`)),
      ].sort(),
    );
    expect(files).toEqual(
      expect.arrayContaining(['/dist/shell/main.js', '/dist/shell/preload.cjs', '/dist/page/index.html']),
    );
    expect(files.filter((file) => /\.(tsx?|map|md|c|h|cpp|gypi?)$|test|fixture/.test(file))).toEqual([]);
  });

  it('[OP7.8] keeps only the driver’s binary outside the archive, and the driver works as it was packed', () => {
    expect(filesBelow(`${archive()}.unpacked`)).toEqual([inDriver(`prebuilds/linux-${process.arch}.node`).slice(1)]);
    const copy = join(out, 'extracted');
    asar().extractAll(archive(), copy);
    const script = `
      const Database = require(${JSON.stringify(join(copy, 'node_modules/better-sqlite3'))});
      const db = new Database(':memory:');
      db.exec("create virtual table said using fts5(text)");
      db.prepare('insert into said values (?)').run('the tests pass');
      console.log(db.prepare("select text from said where said match 'tests'").get().text);`;
    const ran = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
    expect(ran.stdout.trim(), ran.stderr).toBe('the tests pass');
  });

  it('[OP7.13] a packed file imports Node, Electron, the driver and what lies in the archive, and nothing else', () => {
    const shell = filesBelow(join(project, 'dist/shell')).filter((file) => file.endsWith('.js'));
    const wanted = shell.flatMap((file) => {
      const path = `dist/shell/${file}`;
      const code = asar().extractFile(archive(), path).toString();
      return importsOf({ path, code }).map(({ to }) => (to.startsWith('.') ? posix.join(posix.dirname(path), to) : to));
    });
    const outside = new Set(wanted.filter((to) => !to.startsWith('node:') && !to.startsWith('dist/')));
    expect(outside).toEqual(new Set(['electron', 'better-sqlite3']));
    for (const file of wanted.filter((to) => to.startsWith('dist/')))
      expect(asar().extractFile(archive(), file).length, file).toBeGreaterThan(0);
  });

  it('[OP7.9] starts at the shell; its manifest carries no scripts and nothing of development', () => {
    const manifest = JSON.parse(asar().extractFile(archive(), 'package.json').toString()) as Record<string, unknown>;
    expect(manifest).toMatchObject({ name: 'reverie', type: 'module', main: 'dist/shell/main.js' });
    expect(manifest).toMatchObject({
      desktopName: 'reverie.desktop',
      dependencies: { 'better-sqlite3': expect.anything() },
    });
    expect(manifest).not.toHaveProperty('scripts');
    expect(manifest).not.toHaveProperty('devDependencies');
  });

  it('[OP7.10] has its fuses set: no Node mode, no debugging switches, encrypted cookies, only the checked archive', async () => {
    const { getCurrentFuseWire, FuseV1Options } = ofBuilder('@electron/fuses') as {
      getCurrentFuseWire: (path: string) => Promise<Record<string, number>>;
      FuseV1Options: Record<string, number>;
    };
    const wire = await getCurrentFuseWire(join(unpacked(), 'reverie'));
    const set = Object.entries(FuseV1Options).filter(([name]) => Number.isNaN(Number(name)));
    expect(Object.fromEntries(set.map(([name, at]) => [name, String.fromCharCode(wire[at] ?? 0) === '1']))).toEqual({
      RunAsNode: false,
      EnableCookieEncryption: true,
      EnableNodeOptionsEnvironmentVariable: false,
      EnableNodeCliInspectArguments: false,
      EnableEmbeddedAsarIntegrityValidation: true,
      OnlyLoadAppFromAsar: true,
      LoadBrowserProcessSpecificV8Snapshot: false,
      GrantFileProtocolExtraPrivileges: false,
    });
  });

  it('[OP7.11] holds beside the archive what Electron needs, without its welcome program and other languages', () => {
    expect(
      filesBelow(unpacked())
        .filter((file) => !file.startsWith('resources/app.asar'))
        .sort(),
    ).toEqual(['LICENSE.electron.txt', 'locales/en-US.pak', 'reverie', 'version'].sort());
  });

  it('[OP7.12] a program whose fuses cannot be set is no package: the run fails and says that the folder is unfinished', () => {
    const fuseless = standInElectron(version, null);
    const elsewhere = mkdtempSync(join(tmpdir(), 'reverie-package-'));
    try {
      const { status, stderr } = runPackage(['--dir', '--out', elsewhere], fuseless.folder);
      expect(status).toBe(1);
      expect(stderr).toContain(`what lies in ${elsewhere} is unfinished`);
      expect(stderr).not.toMatch(/^\s+at /m);
    } finally {
      fuseless.end();
      rmSync(elsewhere, { recursive: true, force: true });
    }
  });
});

const inDriver = (file: string) => `/node_modules/better-sqlite3/${file}`;

/** Whether the last pattern that says something about a tray icon says yes. */
const isNamed = (name: string, patterns: readonly string[]) =>
  patterns.reduce((named, pattern) => {
    const says = matchesGlob(`build/resources/tray/${name}`, pattern.replace('!', ''));
    return says ? !pattern.startsWith('!') : named;
  }, false);

interface Asar {
  listPackage: (archive: string, options: { isPack: boolean }) => string[];
  statFile: (archive: string, path: string) => object;
  extractFile: (archive: string, path: string) => Buffer;
  extractAll: (archive: string, folder: string) => void;
}
const asar = () => ofBuilder('@electron/asar') as Asar;

/** The desktop entry that electron-builder writes into the AppImage and the deb. */
async function desktopEntry(): Promise<string> {
  const packager = new Packager({ projectDir: project, config: structuredClone(packageConfig) });
  await packager.validateConfig();
  // What its build would do first.
  Object.assign(packager, { ['_appInfo']: new AppInfo(packager, null) });
  const linux = new LinuxPackager(packager);
  const { LinuxTargetHelper } = ofBuilder('app-builder-lib/out/targets/LinuxTargetHelper') as {
    LinuxTargetHelper: new (packager: LinuxPackager) => { computeDesktopEntry: (options: object) => Promise<string> };
  };
  return new LinuxTargetHelper(linux).computeDesktopEntry(linux.platformSpecificBuildOptions);
}
