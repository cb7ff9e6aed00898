import { BrowserWindow, type Rectangle, screen } from 'electron';
import type { PageLink } from '../core/protocol-shell.ts';
import type { Channels } from './channels.ts';
import { pageUrl } from './page-policy.ts';
import { type Point, popoverBounds } from './popover-bounds.ts';

const size = { width: 420, height: 640 };
/** A click on the icon takes the focus first: the popover has just hidden when the click arrives, and shall stay hidden. */
const sameClickMs = 300;

/** What the popover is opened from. */
export type OpenedBy = { icon: Rectangle } | 'pointer' | 'elsewhere';

export interface Popover {
  toggle(by: OpenedBy): void;
  /** Shows it, at a place of the page when one is given. */
  open(by: OpenedBy, link?: PageLink): void;
  /** The page listens now: what it was opened for and could not hear is told. */
  pageListens(): void;
  /** Stays open while the task runs, though something else has the focus: a dialog of its own. */
  whileOpen<T>(task: (window: BrowserWindow) => Promise<T>): Promise<T>;
  /** Called when the session of the owner ends (Windows alone tells). */
  onSessionEnd(call: () => void): void;
  /** From here on nothing opens any more. */
  end(): void;
}

/** One window without a frame, made once and hidden rather than closed, so that it opens at once. */
export function createPopover(how: { preload: string; devTools: boolean }): Popover {
  const window = new BrowserWindow({
    ...size,
    minWidth: 300,
    minHeight: 400,
    show: false,
    frame: false,
    skipTaskbar: true,
    minimizable: false,
    maximizable: false,
    fullscreenable: false,
    webPreferences: {
      ...how,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
    },
  });
  let hiddenMs = Number.NEGATIVE_INFINITY;
  let held = 0;
  let ending = false;
  let listens = false;
  let broken = false;
  let waiting: PageLink | null = null;

  const hide = () => {
    if (held > 0 || !window.isVisible()) return;
    hiddenMs = performance.now();
    window.hide();
  };
  const load = () => {
    broken = false;
    listens = false;
    void window.loadURL(pageUrl).catch(() => {
      broken = true;
    });
  };
  const tell = (link: PageLink) => {
    const channel: keyof Channels = 'reverie:link';
    window.webContents.send(channel, link);
  };
  window.on('blur', hide);
  const hideChannel: keyof Channels = 'reverie:hide';
  window.webContents.ipc.on(hideChannel, hide);
  window.on('close', (event) => {
    if (ending) return;
    event.preventDefault();
    hide();
  });
  window.webContents.on('did-start-loading', () => {
    listens = false;
  });
  window.webContents.on('render-process-gone', () => {
    broken = true;
  });
  load();

  function open(by: OpenedBy, link?: PageLink): void {
    if (ending) return;
    if (broken) load();
    if (link && listens) tell(link);
    else if (link) waiting = link;
    window.setBounds(popoverBounds({ ...placeOf(by), screens: screens(), size }));
    // Seen on every space for a moment, it comes to the space where its owner is instead of taking them to its own.
    window.setVisibleOnAllWorkspaces(true, { visibleOnFullScreen: true, skipTransformProcessType: true });
    window.show();
    window.focus();
    window.setVisibleOnAllWorkspaces(false, { skipTransformProcessType: true });
  }

  return {
    open,
    toggle(by) {
      if (ending) return;
      if (window.isVisible()) hide();
      else if (performance.now() - hiddenMs > sameClickMs) open(by);
    },
    pageListens() {
      if (ending) return;
      listens = true;
      if (waiting) tell(waiting);
      waiting = null;
    },
    async whileOpen(task) {
      held += 1;
      try {
        return await task(window);
      } finally {
        held -= 1;
      }
    },
    onSessionEnd: (call) => void window.on('session-end', call),
    end() {
      ending = true;
      window.destroy();
    },
  };
}

function placeOf(by: OpenedBy): { icon: Rectangle | null; pointer: Point | null } {
  if (typeof by === 'object') return { icon: by.icon, pointer: pointer() };
  return { icon: null, pointer: by === 'pointer' ? pointer() : null };
}

/** Wayland tells no program where the pointer is and says 0,0. */
function pointer(): Point | null {
  const point = screen.getCursorScreenPoint();
  return point.x === 0 && point.y === 0 ? null : point;
}

function screens(): Parameters<typeof popoverBounds>[0]['screens'] {
  const main = screen.getPrimaryDisplay();
  return [main, ...screen.getAllDisplays().filter(({ id }) => id !== main.id)];
}
