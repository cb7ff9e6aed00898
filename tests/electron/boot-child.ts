import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { takeLock } from '../../core/host/lock.ts';
import { bootWithPage } from '../kit/shell-program.ts';
import { waitFor } from '../kit/wait-for.ts';

/**
 * A day in the life of the built program, in a process of its own around the double of Electron. Prints what was seen as one JSON object;
 * the process must then end by itself: what it leaves behind would keep it.
 */
const [dataDir, folder] = process.argv.slice(2) as [string, string];
process.env.REVERIE_DATA_DIR = dataDir;
process.env.REVERIE_START_DIR = folder;
process.env.XDG_CONFIG_HOME = join(folder, 'config');
const { double, page } = await bootWithPage({ dataDir, packaged: true });
const pageWasFirst = double.trays.length === 0;
const { electron, did } = double;
let exit: number | null = null;
electron.app.on('exited', (code: number) => {
  exit = code;
});
const tray = await waitFor('the tray', () => double.trays[0]);
const { window } = page;
await page.opened();

const first = await waitFor('a mind that runs', () => {
  const now = page.snapshot();
  return now?.life === 'running' && now;
});
const note = await page.calls().note({ text: 'the rounding in total.ts is wrong' });
const thought = await waitFor('an insight about the note', () => page.told('insight-formed')[0]);
const evidence = await page.calls().evidence({ ids: thought.insight.evidenceIds });

const chosen = await (double.chooses(folder), page.calls().pickFolder());
const changed = await page.calls().send({ kind: 'change-settings', patch: { page: { theme: 'dark' } } });
const entry = join(folder, 'config', 'autostart', 'reverie.desktop');
const login = await page.calls().send({ kind: 'set-login', on: true });
const entryWritten = existsSync(entry);
await waitFor('the theme and the login in the snapshot', () => page.snapshot()?.host.login === 'on');

const stranger = { url: 'https://evil.example/', parent: null, answers: 0, postMessage: () => void stranger.answers++ };
double.fromFrame(stranger, 'reverie:port');
double.fromFrame({ ...page.window.webContents.mainFrame, parent: window.webContents.mainFrame }, 'reverie:port');
double.fromFrame(null, 'reverie:port');

const shownAtFirst = window.visible;
window.emit('blur');
const hiddenOnBlur = !window.visible;
electron.app.emit('second-instance', {}, ['reverie', 'reverie://view/insights']);
electron.app.emit('second-instance', {}, ['reverie', 'reverie://send?kind=delete-everything']);
electron.app.emit('open-url', { preventDefault() {} }, 'reverie://insight/abc');
const closing = { held: false, preventDefault: () => (closing.held = true) };
window.emit('close', closing);

const navigation = { url: 'https://lmstudio.ai/', held: false, preventDefault: () => (navigation.held = true) };
window.webContents.emit('will-navigate', navigation);
const newWindow = window.webContents.opensWindow?.({ url: 'file:///etc/passwd' } as never);
const permissions: boolean[] = [];
double.asked.request?.({} as never, 'media', (granted) => permissions.push(granted), {} as never);
permissions.push(double.asked.check?.(null, 'geolocation', '', {} as never) ?? true);
double.asked.request?.({} as never, 'clipboard-sanitized-write', (granted) => permissions.push(granted), {} as never);
permissions.push(double.asked.device?.({} as never) ?? true);
const answerOf = async (url: string) => {
  const answer = await double.schemes.get('app')!(new Request(url));
  return { status: answer.status, policy: answer.headers.get('content-security-policy'), text: await answer.text() };
};
const index = await answerOf('app://reverie/index.html');
const outside = await answerOf('app://reverie/../../package.json');

const labels = () => tray.menu.map((item) => item.label ?? '-');
const choose = (label: string) => tray.menu.find((item) => item.label === label)?.click?.({} as never, undefined, {});
const menuBefore = labels();
choose('Pause');
await waitFor('the pause', () => page.snapshot()?.life === 'paused');
const pausedTray = { image: tray.image.file, tip: tray.tip, menu: labels() };
choose('Resume');
await waitFor('the end of the pause', () => page.snapshot()?.life === 'running');

electron.powerMonitor.emit('lock-screen');
electron.powerMonitor.emit('unlock-screen');
const locked = takeLock(dataDir);

const began = performance.now();
choose('Quit Reverie');
choose('Quit Reverie');
await waitFor('the end', () => exit !== null);
page.close();
const seen = {
  first: { life: first.life, host: first.host },
  note,
  insight: thought.insight.text,
  evidence: evidence.map((each) => each.id),
  chosen,
  changed,
  login: { ...login, entryWritten },
  strangerAnswers: stranger.answers,
  pageWasFirst,
  statesOfLink: [...page.states],
  portsHandedOut: page.states.filter((state) => state === 'open').length,
  window: { shownAtFirst, hiddenOnBlur, closingHeld: closing.held, options: window.options, bounds: window.bounds },
  links: page.links,
  navigation: navigation.held,
  newWindow,
  permissions,
  index: { ...index, text: index.text.slice(0, 15) },
  outside: outside.status,
  menuBefore,
  pausedTray,
  locked: locked.ok ? '' : locked.failure.message,
  did,
  exit,
  endedMs: performance.now() - began,
  lockLeft: existsSync(join(dataDir, 'lock')),
  left: { windows: double.windows.length, trays: double.trays.length },
  listeners: [electron.ipcMain, electron.powerMonitor].map(
    (each) => each.eventNames().filter((name) => name !== 'electron-store-get-data').length,
  ),
  resources: process
    .getActiveResourcesInfo()
    .filter((each) => /Worker|FSEvent|FSWatcher|Process|TCP|Timeout/.test(each)),
};
process.stdout.write(JSON.stringify(seen));

export type Seen = typeof seen;
