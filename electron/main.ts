import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { app, dialog, Menu } from 'electron';
import { createLive, type Live } from '../core/host/live.ts';
import { servePorts } from '../core/host/serve-port.ts';
import { defaultDataDir, makeDataDir, systemClock } from '../core/host/system.ts';
import type { Stop } from '../core/ports.ts';
import { appMenu } from './app-menu.ts';
import { entryFiles } from './entry-files.ts';
import { followEnd } from './follow-end.ts';
import { followPower } from './follow-power.ts';
import { handOverPorts } from './hand-over.ts';
import { denyPermissions, hardenContents } from './harden.ts';
import { takeLinks } from './links.ts';
import { createLogin } from './login.ts';
import { type LoginItem, loginItem } from './login-item.ts';
import { createNotices } from './notices.ts';
import { registerPageScheme, servePage } from './page-protocol.ts';
import { pickFolder } from './pick-folder.ts';
import { createPopover, type Popover } from './popover.ts';
import { safeQuit } from './quit.ts';
import { openStore } from './settings-store.ts';
import { createTray } from './tray.ts';
import { words } from './words.ts';

/** A file that was built beside this one, or lies in the project. */
const beside = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// Everything written from here on is the owner's alone; tray and headless host share one folder and its lock, the browser's own files apart.
process.umask(0o077);
try {
  app.setPath('userData', makeDataDir(defaultDataDir()));
  app.setPath('sessionData', makeDataDir(join(app.getPath('userData'), 'browser')));
  if (app.requestSingleInstanceLock()) run().catch(giveUp);
  else app.quit();
} catch (thrown) {
  giveUp(thrown);
}

async function run(): Promise<void> {
  app.enableSandbox();
  app.setAppUserModelId('app.reverie');
  registerPageScheme();
  hardenContents();
  const links = takeLinks(process.argv.slice(1));
  await app.whenReady();
  app.dock?.hide();
  const menu = appMenu(process.platform);
  Menu.setApplicationMenu(menu && Menu.buildFromTemplate(menu));
  denyPermissions();
  await servePage(beside('../page'));
  const popover = createPopover({ preload: beside('./preload.cjs'), devTools: !app.isPackaged });
  const handOver = handOverPorts(popover.pageListens);
  // The popover is hidden and shown; the program lives in the tray.
  app.on('window-all-closed', () => undefined);
  const power = followPower();
  const making = createLive({
    dataDir: app.getPath('userData'),
    watch: [],
    fallbackFolder: process.env.REVERIE_START_DIR ?? null,
    model: null,
    firstLookMs: null,
    openSettings: openStore,
    onProblem: (line) => process.stderr.write(`${line}\n`),
    shell: {
      kind: 'tray',
      pickFolder: () => pickFolder(popover),
      login: createLogin(ownLoginItem(), { app, files: entryFiles }),
      power,
    },
  });
  // Also a program that is told to quit while its mind is still made ends in order.
  const ends = [power.end, handOver.end, popover.end];
  const quit = safeQuit({
    after: systemClock.after,
    leave: () => app.exit(0),
    async stop() {
      for (const end of ends) end();
      const made = await making;
      if (made.ok) await made.value.stop();
    },
  });
  ends.push(followEnd(quit, popover));
  const made = await making;
  if (quit.hasBegun()) return;
  if (made.ok) ends.push(...shellAround(made.value, { popover, handOver, links, power }));
  else return giveUp(new Error(made.failure.message));
  const { engine } = made.value;
  await engine.start().catch((thrown: unknown) => {
    if (!quit.hasBegun()) throw thrown;
  });
  if (!quit.hasBegun() && !engine.snapshot().settings.welcomed) popover.open('elsewhere');
}

/** What was there before the mind. */
interface Outside {
  popover: Popover;
  handOver: ReturnType<typeof handOverPorts>;
  links: ReturnType<typeof takeLinks>;
  power: ReturnType<typeof followPower>;
}

/** Everything around a mind that was made: what is told and opened. Returns what ends it. */
function shellAround(live: Live, { popover, handOver, links, power }: Outside): Stop[] {
  const { engine, log } = live;
  const ports = servePorts({ door: engine, log });
  handOver.to(ports);
  const endTray = createTray({
    door: engine,
    popover,
    iconDir: beside('../../build/resources/tray'),
    platform: process.platform,
    quit: () => app.quit(),
  });
  const notices = createNotices({
    door: engine,
    power,
    platform: process.platform,
    open: (id) => popover.open('elsewhere', { to: 'insight', id }),
  });
  links.to((link) => popover.open('elsewhere', link ?? undefined));
  return [notices.end, endTray, ports.close];
}

function ownLoginItem(): LoginItem {
  const { platform, env, execPath } = process;
  return loginItem({ platform, env, execPath, packaged: app.isPackaged, home: homedir() });
}

/** Without a mind there is nothing to show but why. */
function giveUp(thrown: unknown): void {
  dialog.showErrorBox(words.notStarted, thrown instanceof Error ? thrown.message : String(thrown));
  app.exit(1);
}
