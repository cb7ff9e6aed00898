import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createTraceReader, lmStudioHomes, realDisk } from '../../core/lmstudio/driver/home.ts';
import { fakeClock } from '../kit/clock.ts';
import { waitFor } from '../kit/wait-for.ts';

async function userHome(files: Record<string, unknown> = {}): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'reverie-home-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return home;
}

const read = (home: string, platform = 'linux') =>
  createTraceReader({ userHome: home, platform, clock: fakeClock() })();

const config = '.lmstudio/.internal/http-server-config.json';
const rest = { port: 4321, networkInterface: '127.0.0.1' };

describe('home folders', () => {
  it('[LM1.1] takes the pointer, then the legacy folder where it exists, then the standard one', async () => {
    const home = await userHome({ '.lmstudio-home-pointer': ' /mnt/big/lm \n', '.cache/lm-studio/x': '' });
    expect(await lmStudioHomes(home)).toEqual(['/mnt/big/lm', join(home, '.cache/lm-studio'), join(home, '.lmstudio')]);
    expect(await lmStudioHomes(await userHome())).toEqual([expect.stringMatching(/\.lmstudio$/)]);
  });

  it('[LM1.1] passes over a pointer that names no absolute path', async () => {
    const home = await userHome({ '.lmstudio-home-pointer': '../elsewhere' });
    expect(await lmStudioHomes(home)).toEqual([join(home, '.lmstudio')]);
  });

  it('[LM1.2] writes nothing', async () => {
    const home = await userHome();
    await read(home);
    expect(readdirSync(home)).toEqual([]);
  });

  it('[LM1.3] finds the pointer behind a home folder that is a link', async () => {
    const home = await userHome({ '.lmstudio-home-pointer': '/mnt/big/lm' });
    const link = join(await userHome(), 'ada');
    symlinkSync(home, link);
    expect((await lmStudioHomes(link))[0]).toBe('/mnt/big/lm');
  });
});

describe('traces', () => {
  it('[LM1.4] tells where the servers of LM Studio and of Bionic listened last, and the internal port', async () => {
    const home = await userHome({
      [config]: { ...rest, cors: true },
      '.lmstudio/apps/bionic/.internal/http-server-config.json': { port: 1235 },
      '.lmstudio/.internal/http-server.json': { pid: 1, port: 50_000 },
    });
    expect(await read(home)).toMatchObject({
      servers: [
        { of: 'lm-studio', ...rest },
        { of: 'bionic', port: 1235, networkInterface: '' },
      ],
      internalPorts: [50_000],
    });
  });

  it.each([
    ['a half-written file', '{"port":12'],
    ['an impossible port', { port: 70_000, networkInterface: '' }],
    ['a port in words', { port: '1234' }],
    ['another shape', [1234]],
    ['an empty file', ''],
    ['a file of more than 64 KB', `${JSON.stringify(rest)}${' '.repeat(70_000)}`],
  ])('[LM1.5] takes no port from %s', async (_, content) => {
    expect((await read(await userHome({ [config]: content }))).servers).toEqual([]);
  });

  it('[LM1.5] takes no port from a folder or a pipe of that name', async () => {
    const home = await userHome({ [`${config}/x`]: '' });
    mkdirSync(join(home, '.lmstudio/apps/bionic/.internal'), { recursive: true });
    if (process.platform !== 'win32')
      execFileSync('mkfifo', [join(home, '.lmstudio/apps/bionic/.internal/http-server-config.json')]);
    expect((await read(home)).servers).toEqual([]);
  });

  it('[LM1.6] reads on in the other homes when the pointer names a drive that is gone', async () => {
    const home = await userHome({ '.lmstudio-home-pointer': '/no/such/drive', [config]: rest });
    expect((await read(home)).servers).toEqual([{ of: 'lm-studio', ...rest }]);
  });

  it('[LM1.6] gives what it knew when a drive holds the read, and starts no second one', async () => {
    const home = await userHome({ [config]: rest });
    const gate = Promise.withResolvers<void>();
    let hangs = false;
    let begun = 0;
    const clock = fakeClock();
    const disk = {
      ...realDisk,
      async text(path: string) {
        begun++;
        if (hangs) await gate.promise;
        return realDisk.text(path);
      },
    };
    const reader = createTraceReader({ userHome: home, platform: 'linux', clock, disk });
    const known = await reader();
    expect(known.servers).toHaveLength(1);
    hangs = true;
    begun = 0;
    for (let look = 0; look < 2; look++) {
      const held = reader();
      await waitFor('the read to wait', () => clock.waiting() > 0);
      await clock.pass(1_000);
      expect(await held).toEqual(known);
    }
    expect(begun).toBe(1);
    gate.resolve();
    expect(await reader()).toEqual(known);
    expect(clock.waiting()).toBe(0);
  });
});

describe('signs of an installation', () => {
  const location = (path: string) => ({ path, argv: [], cwd: '/' });
  const app = '.lmstudio/.internal/app-install-location.json';
  const daemon = '.lmstudio/.internal/llmster-install-location.json';
  const bionic = '.lmstudio/apps/bionic/.internal/app-install-location.json';

  it.each([
    ['lm-studio', app],
    ['llmster', daemon],
    ['bionic', bionic],
  ])('[LM1.7] tells %s by its install location', async (product, file) => {
    const home = await userHome({ program: '' });
    mkdirSync(dirname(join(home, file)), { recursive: true });
    writeFileSync(join(home, file), JSON.stringify(location(join(home, 'program'))));
    expect((await read(home)).installed).toBe(product);
  });

  it('[LM1.7] names LM Studio first where several are installed, and tells it by its `lms` too', async () => {
    const both = await userHome({ [app]: location('/bin'), [bionic]: location('/bin') });
    expect((await read(both)).installed).toBe('lm-studio');
    expect((await read(await userHome({ '.lmstudio/bin/lms': '' }))).installed).toBe('lm-studio');
    expect((await read(await userHome({ '.lmstudio/bin/lms.exe': '' }), 'win32')).installed).toBe('lm-studio');
    const windows = await userHome({ 'AppData/Local/Programs/LM Studio/LM Studio.exe': '' });
    expect((await read(windows, 'win32')).installed).toBe('lm-studio');
    const mac = await userHome({ 'Applications/LM Studio.app/x': '' });
    expect((await read(mac, 'darwin')).installed).toBe('lm-studio');
  });

  it('[LM1.8] takes what an uninstalled program left for no sign, but an AppImage that is not mounted for one', async () => {
    expect((await read(await userHome({ [app]: location('/gone/LM Studio') }))).installed).toBeNull();
    expect((await read(await userHome({ [app]: location('/tmp/.mount_LM-StuXyz/lm-studio') }))).installed).toBe(
      'lm-studio',
    );
    expect((await read(await userHome())).installed).toBeNull();
  });
});
