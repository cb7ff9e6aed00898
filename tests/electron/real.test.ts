import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { _electron, type ElectronApplication } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../build/ensure-built.ts';
import { trayHere } from '../../electron/availability.ts';
import { temporaryFolder } from '../kit/data-dir.ts';

const here = trayHere();
const why = 'binary' in here ? '' : ` (not run: ${here.obstacle})`;

// In real Electron, wherever one is. Everything that can be shown without is shown by the other tests of this folder.
describe.skipIf('obstacle' in here)(`the program in real Electron${why}`, () => {
  let electron: ElectronApplication;
  const [data, home] = [temporaryFolder('real'), temporaryFolder('real-home')];
  beforeAll(async () => {
    ensureBuilt('page');
    ensureBuilt('shell');
    electron = await _electron.launch({
      executablePath: 'binary' in here ? here.binary : '',
      args: [fileURLToPath(new URL('../../dist/shell/main.js', import.meta.url))],
      env: { ...process.env, REVERIE_DATA_DIR: data.path, REVERIE_START_DIR: home.path },
    });
  });
  afterAll(async () => {
    await electron?.close();
    for (const { path } of [data, home]) rmSync(path, { recursive: true, force: true });
  });

  it('[SH6.35] shows the page, with the mind behind it, and no Node in it', async () => {
    const page = await electron.firstWindow();
    await page.getByRole('tablist').waitFor();
    expect(page.url()).toBe('app://reverie/index.html');
    expect(await page.evaluate('typeof require + typeof process')).toBe('undefinedundefined');
    expect(await page.evaluate('Object.keys(window.reverie).sort().join()')).toBe('askPort,kind,onLink');
  });

  it('[SH6.36] lets the page reach nothing outside', async () => {
    const page = await electron.firstWindow();
    const reached = await page.evaluate(() => fetch('https://example.com').then(String, () => 'refused'));
    expect(reached).toBe('refused');
    expect(await page.evaluate(() => window.open('https://example.com') === null)).toBe(true);
    expect(electron.windows()).toHaveLength(1);
  });
});
