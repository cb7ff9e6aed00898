import { join } from 'node:path';
import { Menu, nativeImage, Tray } from 'electron';
import type { Stop } from '../core/ports.ts';
import type { Door, Snapshot } from '../core/protocol.ts';
import type { Popover } from './popover.ts';
import { tooltip } from './tooltip.ts';
import { trayIcon } from './tray-icon.ts';
import { type MenuAct, trayMenu } from './tray-menu.ts';
import { trayState } from './tray-state.ts';

/** The icon in the tray: it follows the mind, opens the popover, and has the few commands that need no page. */
export function createTray(parts: {
  door: Pick<Door, 'snapshot' | 'send' | 'subscribe'>;
  popover: Popover;
  iconDir: string;
  platform: NodeJS.Platform;
  quit: () => void;
}): Stop {
  const { door, popover, platform } = parts;
  const image = (seen: Snapshot) =>
    nativeImage.createFromPath(join(parts.iconDir, trayIcon(trayState(seen), platform)));
  const tray = new Tray(image(door.snapshot()));
  const whenOther = { icon: onChange(), says: onChange(), menu: onChange() };

  function act(chosen: MenuAct): void {
    switch (chosen) {
      case 'open':
        return popover.open({ icon: tray.getBounds() });
      case 'settings':
        return popover.open({ icon: tray.getBounds() }, { to: 'view', view: 'settings' });
      case 'quit':
        return parts.quit();
      case 'pause':
      case 'resume':
      case 'sleep-now':
      case 'wake':
        // What comes of it shows in the icon; a refusal means that it was done already.
        void door.send({ kind: chosen }).catch(() => undefined);
    }
  }
  const menu = (seen: Snapshot) =>
    Menu.buildFromTemplate(
      trayMenu(seen).map((entry) =>
        entry === 'separator'
          ? { type: 'separator' as const }
          : { label: entry.label, enabled: entry.enabled, click: () => act(entry.act) },
      ),
    );
  function show(seen: Snapshot): void {
    whenOther.icon(trayState(seen), () => tray.setImage(image(seen)));
    whenOther.says(tooltip(seen), (says) => tray.setToolTip(says));
    // Linux shows a menu only when it was set; elsewhere a set menu would take the click that opens the popover.
    if (platform === 'linux') whenOther.menu(JSON.stringify(trayMenu(seen)), () => tray.setContextMenu(menu(seen)));
  }

  tray.on('click', () => popover.toggle({ icon: tray.getBounds() }));
  if (platform !== 'linux') tray.on('right-click', () => tray.popUpContextMenu(menu(door.snapshot())));
  show(door.snapshot());
  const unsubscribe = door.subscribe((event) => {
    if (event.kind === 'snapshot-changed') show(event.snapshot);
  });
  return () => {
    unsubscribe();
    tray.destroy();
  };
}

/** Runs only when the value is another than last time: a tray that is drawn anew at each snapshot flickers. */
function onChange(): (value: string, run: (value: string) => void) => void {
  let last: string | null = null;
  return (value, run) => {
    if (value === last) return;
    last = value;
    run(value);
  };
}
