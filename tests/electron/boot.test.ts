import { execFile } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { ensureBuilt } from '../../build/ensure-built.ts';
import { takeLock } from '../../core/host/lock.ts';
import type { PageLink, ShellBridge } from '../../core/protocol-shell.ts';
import { contentPolicy } from '../../electron/page-policy.ts';
import { temporaryFolder } from '../kit/data-dir.ts';
import { viewDatabase } from '../kit/database-view.ts';
import { electronDouble, FakeContents, preloadDouble } from '../kit/electron-double.ts';
import type { Seen } from './boot-child.ts';

/** Runs a day of the built program in a process of its own; resolves when that process has ended by itself. */
function run(script: string, ...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  return new Promise((resolve) => {
    execFile(process.execPath, [path, ...args], { timeout: 50_000 }, (failed, stdout, stderr) =>
      resolve({ code: failed ? (typeof failed.code === 'number' ? failed.code : null) : 0, stdout, stderr }),
    );
  });
}

/** A data folder, and one to watch and keep the configuration in. */
function folders() {
  const [data, home] = [temporaryFolder('shell'), temporaryFolder('shell-home')];
  const remove = () => {
    data.remove();
    home.remove();
  };
  return { data: data.path, home: home.path, remove };
}

const bundle = new URL('../../dist/shell/preload.cjs', import.meta.url);

/** Runs the built script as a sandboxed window does: CommonJS, and nothing but `electron` can be required. */
function preloaded() {
  const double = electronDouble({ dataDir: '' });
  const contents = new FakeContents();
  const { exposed, electron } = preloadDouble(double, contents);
  const posted: unknown[][] = [];
  const required: string[] = [];
  const heard = new Map<string, () => void>();
  const world = createContext({
    window: {
      postMessage: (...given: unknown[]) => void posted.push(given),
      addEventListener: (event: string, listener: () => void) => void heard.set(event, listener),
    },
    module: { exports: {} },
    exports: {},
    require(name: string) {
      required.push(name);
      if (name !== 'electron') throw new Error(`module not found: ${name}`);
      return electron;
    },
  });
  runInContext(readFileSync(bundle, 'utf8'), world);
  const asked: string[] = [];
  for (const channel of ['reverie:port', 'reverie:hide'])
    double.electron.ipcMain.on(channel, () => asked.push(channel));
  return { heard, bridge: exposed.get('reverie') as ShellBridge, exposed, posted, required, asked, contents };
}

beforeAll(() => {
  ensureBuilt('page');
  ensureBuilt('shell');
});

describe('the built preload script', () => {
  it('[SH6.30] gives the page these three things and no others', () => {
    const { bridge, exposed, required } = preloaded();
    expect([...exposed.keys()]).toEqual(['reverie']);
    expect(Object.keys(bridge).sort()).toEqual(['askPort', 'kind', 'onLink']);
    expect(bridge.kind).toBe('tray');
    expect(required).toEqual(['electron']);
  });

  it('[SH6.31] asks main for a port and passes it into the page’s world', () => {
    const { bridge, posted, asked, contents } = preloaded();
    expect(bridge.askPort()).toBeUndefined();
    expect(asked).toEqual(['reverie:port']);
    const port = {};
    contents.toPage.emit('reverie:port', { ports: [port] }, null);
    expect(posted).toEqual([[{ reverie: 'port' }, '*', [port]]]);
    expect(posted[0]?.[2]).toContain(port);
  });

  it('[SH6.34] tells main when Escape had nothing left to close in the page', () => {
    const { heard, asked } = preloaded();
    expect([...heard.keys()]).toEqual(['reverie-dismiss']);
    heard.get('reverie-dismiss')?.();
    expect(asked).toEqual(['reverie:hide']);
  });

  it('[SH6.32] tells the page which place shall be opened, and nothing of Electron’s with it', () => {
    const { bridge, contents } = preloaded();
    const heard: unknown[][] = [];
    const listener = (...given: [PageLink]) => void heard.push(given);
    expect(bridge.onLink(listener)).toBeUndefined();
    contents.toPage.emit('reverie:link', { ports: [], sender: {} }, { to: 'insight', id: 'i' });
    expect(heard).toEqual([[{ to: 'insight', id: 'i' }]]);
  });
});

describe('the built program around the double of Electron', () => {
  const { data, home, remove } = folders();
  let seen: Seen;
  let stderr = '';
  let code: number | null = null;
  beforeAll(async () => {
    const ran = await run('./boot-child.ts', data, home);
    ({ stderr, code } = ran);
    seen = JSON.parse(ran.stdout || '{}') as Seen;
  });
  afterAll(remove);

  it('[SH6.40] serves the page’s own client over a real message channel', () => {
    expect(stderr).toBe('');
    expect(seen.first).toEqual({ life: 'running', host: { kind: 'tray', picksFolders: true, login: 'off' } });
    expect(seen.evidence).toContain(seen.note.id);
    expect(seen.insight).toContain('rounding');
    expect(viewDatabase(data).observations.map((each) => each.id)).toContain(seen.note.id);
  });

  it('[SH6.39] keeps the settings in the file of the headless host, readable by the owner alone', () => {
    expect(seen.changed).toEqual({ ok: true });
    expect(JSON.parse(readFileSync(join(data, 'settings.json'), 'utf8'))).toEqual({ page: { theme: 'dark' } });
    expect(statSync(join(data, 'settings.json')).mode & 0o777).toBe(0o600);
  });

  it('[SH6.38] picks folders with the system’s own dialog', () => {
    expect(seen.chosen).toBe(home);
  });

  it('[SH4.10] starts at login when the page says so', () => {
    expect(seen.login).toEqual({ ok: true, entryWritten: true });
  });

  it('[SH6.41] gives its page the port that it asked for before there was a mind, without another attempt', () => {
    expect(seen.pageWasFirst).toBe(true);
    expect(seen.statesOfLink.slice(0, 2)).toEqual(['connecting', 'open']);
  });

  it('[SH6.15] hands a port to its own page and to nobody else', () => {
    expect([seen.portsHandedOut, seen.strangerAnswers]).toEqual([1, 0]);
  });

  it('[SH6.16] makes its window in the sandbox, without Node, and lets it go nowhere', () => {
    const { webPreferences, frame, show } = seen.window.options;
    expect([frame, show]).toEqual([false, false]);
    expect(webPreferences).toEqual({
      preload: expect.stringMatching(/preload\.cjs$/),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
      devTools: false,
    });
    expect(seen.did).toContainEqual({ what: 'sandbox' });
    expect(seen.navigation).toBe(true);
    expect(seen.newWindow).toEqual({ action: 'deny' });
    expect(seen.permissions, 'camera, place, copying text, devices').toEqual([false, false, true, false]);
    expect(seen.did.filter((each: { what: string }) => each.what === 'opened')).toEqual([
      { what: 'opened', with: 'https://lmstudio.ai/' },
    ]);
  });

  it('[SH6.17] serves the built page under its own scheme with its policy, and nothing beside it', () => {
    expect(seen.index).toEqual({ status: 200, policy: contentPolicy, text: '<!doctype html>' });
    expect(seen.outside).toBe(404);
    const privileges = { standard: true, secure: true, supportFetchAPI: false };
    expect(seen.did).toContainEqual({ what: 'privileged', with: [{ scheme: 'app', privileges }] });
  });

  it('[SH1.20] shows its popover the first time, hides it when it loses the focus, and does not close it', () => {
    expect(seen.window).toMatchObject({ shownAtFirst: true, hiddenOnBlur: true, closingHeld: true });
    expect(seen.window.bounds).toMatchObject({ width: 420, height: 640 });
  });

  it('[SH6.4] opens the page where a second start or a link leads, and follows no other link', () => {
    expect(seen.links).toEqual([
      { to: 'view', view: 'insights' },
      { to: 'insight', id: 'abc' },
    ]);
    expect(seen.did).toContainEqual({ what: 'scheme', with: 'reverie' });
  });

  it('[SH1.21] follows a pause in icon, tooltip and menu', () => {
    expect(seen.menuBefore).toContain('Pause');
    expect(seen.pausedTray).toMatchObject({ image: expect.stringMatching(/paused\.png$/), tip: 'Reverie · Paused' });
    expect(seen.pausedTray.menu).toContain('Resume');
    expect(statSync(seen.pausedTray.image).size).toBeGreaterThan(100);
  });

  it('[SH6.23] holds the data folder’s lock while it runs, and quits in order within five seconds', () => {
    expect(seen.locked).toContain('already running');
    expect(seen.endedMs).toBeLessThan(5_000);
    expect([seen.exit, seen.lockLeft]).toEqual([0, false]);
  });

  it('[SH6.24] leaves nothing behind: the process ends by itself', () => {
    expect(code).toBe(0);
    expect(seen.left).toEqual({ windows: 0, trays: 0 });
    expect(seen.listeners).toEqual([0, 0]);
    expect(seen.resources).toEqual([]);
  });
});

describe('an end during the start', () => {
  it('[SH6.42] is no failure, and nothing opens any more', async () => {
    const { data, home, remove } = folders();
    onTestFinished(remove);
    const { stdout, stderr, code } = await run('./ending-child.ts', data, home);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    const did = JSON.parse(stdout) as { what: string; with?: unknown }[];
    expect(did.filter(({ what }) => what === 'error-box' || what === 'exit')).toEqual([{ what: 'exit', with: 0 }]);
  });
});

describe('a start that cannot be', () => {
  it('[SH6.25] [SH6.46] is said in a box of the system and ends, when a host is running on the same data folder', async () => {
    const { data, home, remove } = folders();
    onTestFinished(remove);
    const lock = takeLock(data);
    if (!lock.ok) throw new Error(lock.failure.message);
    onTestFinished(lock.value);
    const { stdout, code } = await run('./refused-child.ts', data, home, 'first');
    const did = JSON.parse(stdout) as { what: string; with?: string }[];
    const box = did.find((each) => each.what === 'error-box');
    expect(box?.with).toMatch(/^Reverie could not start: .*already running.*pid \d+/);
    expect(box?.with, 'words for the tray, too').toMatch(/--data-dir, or REVERIE_DATA_DIR for the tray/);
    expect(did.at(-1)).toEqual({ what: 'exit', with: 1 });
    expect(code).toBe(0);
  });

  it('[SH6.26] is over at once when another instance runs: that one is told instead', async () => {
    const { data, home, remove } = folders();
    onTestFinished(remove);
    const { stdout } = await run('./refused-child.ts', data, home, 'second');
    expect(JSON.parse(stdout)).toEqual([{ what: 'exit', with: 0 }]);
  });
});
