import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import { MessageChannel, type MessagePort as NodePort } from 'node:worker_threads';
import type {
  App,
  BrowserWindow,
  BrowserWindowConstructorOptions,
  Dialog,
  Display,
  IpcRenderer,
  LoginItemSettings,
  MenuItemConstructorOptions,
  MessagePortMain,
  Notification,
  NotificationConstructorOptions,
  Protocol,
  Rectangle,
  Screen,
  Session,
  Shell,
  Tray,
  WebContents,
  WebFrameMain,
} from 'electron';

/**
 * What the tray's program uses of Electron, without Electron: every member has the type of the real one (checked below, events apart, which
 * have one signature each), and the test sees what was done with it. Importing `electron` itself in plain Node would start a download.
 */
export type ElectronDouble = ReturnType<typeof electronDouble>;

/** Where the hook that answers `import … from 'electron'` finds the double of this process. */
export const doubleKey = Symbol.for('reverie.electron-double');

export interface FakeFrame {
  url: string;
  parent: FakeFrame | null;
  postMessage(channel: string, message: unknown, ports?: unknown[]): void;
}

/** A port of main's, with the one of Node's beneath that a page would get. */
class FakePort extends EventEmitter {
  readonly native: NodePort;
  constructor(native: NodePort) {
    super();
    this.native = native;
    native.on('close', () => this.emit('close'));
  }
  start() {
    this.native.on('message', (data: unknown) => this.emit('message', { data, ports: [] }));
  }
  postMessage(message: unknown) {
    this.native.postMessage(message);
  }
  close() {
    this.native.close();
  }
}

/** A pair of connected ports, one as main has it and one as a page has it. */
export function fakePorts(): { main: FakePort; page: NodePort } {
  const { port1, port2 } = new MessageChannel();
  return { main: new FakePort(port1), page: port2 };
}

class FakeChannel {
  readonly port1: FakePort;
  readonly port2: FakePort;
  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.port1 = new FakePort(port1);
    this.port2 = new FakePort(port2);
  }
}

export class FakeContents extends EventEmitter {
  /** What main has sent to the page's preload script: the page below hears it. */
  readonly toPage = new EventEmitter();
  /** What only this window's own page has sent. */
  readonly ipc = new EventEmitter();
  readonly mainFrame = {
    url: '',
    parent: null,
    isDestroyed: () => false,
    postMessage: (channel: string, _message: unknown, ports: unknown[] = []) =>
      void this.toPage.emit(channel, { ports: ports.map((each) => (each as FakePort).native) }),
  } satisfies FakeFrame & Pick<WebFrameMain, 'url' | 'postMessage' | 'isDestroyed'>;
  opensWindow: Parameters<WebContents['setWindowOpenHandler']>[0] | null = null;
  setWindowOpenHandler(handler: Parameters<WebContents['setWindowOpenHandler']>[0]) {
    this.opensWindow = handler;
  }
  send(channel: string, ...args: unknown[]) {
    this.toPage.emit(channel, { ports: [] }, ...args);
  }
}

/** What main calls on a window and on a port. */
type WindowUse =
  | 'show'
  | 'hide'
  | 'focus'
  | 'isVisible'
  | 'setBounds'
  | 'setVisibleOnAllWorkspaces'
  | 'destroy'
  | 'loadURL';
type PortUse = 'start' | 'close' | 'postMessage';

const whole: Rectangle = { x: 0, y: 0, width: 1920, height: 1080 };

/** One Electron for one program. `dataDir`: what `getPath` answers until main says otherwise. */
export function electronDouble(told: { dataDir: string; firstInstance?: boolean; packaged?: boolean }) {
  const did: { what: string; with?: unknown }[] = [];
  const note = (what: string, given?: unknown) => void did.push(given === undefined ? { what } : { what, with: given });
  const windows: FakeWindow[] = [];
  const trays: FakeTray[] = [];
  const notifications: FakeNotification[] = [];
  const schemes = new Map<string, Parameters<Protocol['handle']>[1]>();
  const paths = new Map<string, string>();
  const ipcMain = new EventEmitter();
  let opensAtLogin = false;
  let chosenFolder: string | null = null;

  class FakeWindow extends EventEmitter {
    readonly webContents = new FakeContents();
    readonly options: BrowserWindowConstructorOptions;
    bounds: Partial<Rectangle> = {};
    visible = false;
    destroyed = false;
    constructor(options: BrowserWindowConstructorOptions = {}) {
      super();
      this.options = options;
      windows.push(this);
      app.emit('web-contents-created', {}, this.webContents);
    }
    async loadURL(url: string) {
      this.webContents.emit('did-start-loading');
      this.webContents.mainFrame.url = url;
    }
    /** As the real one: what is done with a window that is gone throws. */
    private mustBe() {
      if (this.destroyed) throw new TypeError('Object has been destroyed');
    }
    show() {
      this.mustBe();
      this.visible = true;
    }
    hide() {
      this.visible = false;
    }
    focus() {}
    isVisible() {
      this.mustBe();
      return this.visible;
    }
    setBounds(bounds: Partial<Rectangle>) {
      this.mustBe();
      this.bounds = bounds;
    }
    setVisibleOnAllWorkspaces() {}
    destroy() {
      this.destroyed = true;
      windows.splice(windows.indexOf(this), 1);
      this.emit('closed');
    }
  }
  class FakeTray extends EventEmitter {
    image: { file: string };
    tip = '';
    menu: MenuItemConstructorOptions[] = [];
    constructor(image: { file: string }) {
      super();
      this.image = image;
      trays.push(this);
    }
    setImage(image: { file: string }) {
      this.image = image;
    }
    setToolTip(tip: string) {
      this.tip = tip;
    }
    setContextMenu(menu: { items: MenuItemConstructorOptions[] } | null) {
      this.menu = menu?.items ?? [];
    }
    popUpContextMenu(menu?: { items: MenuItemConstructorOptions[] }) {
      this.menu = menu?.items ?? [];
    }
    getBounds() {
      return { x: 0, y: 0, width: 0, height: 0 };
    }
    destroy() {
      trays.splice(trays.indexOf(this), 1);
    }
  }
  class FakeNotification extends EventEmitter {
    static isSupported() {
      return true;
    }
    readonly says: NotificationConstructorOptions;
    constructor(says: NotificationConstructorOptions = {}) {
      super();
      this.says = says;
    }
    show() {
      notifications.push(this);
    }
    close() {
      this.emit('close');
    }
  }

  const app = Object.assign(new EventEmitter(), {
    isPackaged: told.packaged ?? false,
    setPath(name: string, path: string) {
      if (!existsSync(path)) throw new Error(`${path} does not exist`);
      paths.set(name, path);
    },
    getPath: (name: string) => paths.get(name) ?? told.dataDir,
    getVersion: () => '0.0.0',
    requestSingleInstanceLock: () => told.firstInstance ?? true,
    enableSandbox: () => note('sandbox'),
    setAppUserModelId: (id: string) => note('app-id', id),
    setAsDefaultProtocolClient(scheme: string) {
      note('scheme', scheme);
      return true;
    },
    whenReady: async () => note('ready'),
    getLoginItemSettings: () => ({ openAtLogin: opensAtLogin }),
    setLoginItemSettings({ openAtLogin }: { openAtLogin?: boolean }) {
      opensAtLogin = openAtLogin ?? false;
    },
    quit() {
      let held = false;
      app.emit('before-quit', { preventDefault: () => (held = true) });
      if (!held) app.exit(0);
    },
    exit(code = 0) {
      note('exit', code);
      app.emit('exited', code);
    },
  } satisfies Partial<Omit<App, 'getLoginItemSettings'>> & {
    getLoginItemSettings(): Pick<LoginItemSettings, 'openAtLogin'>;
  });
  const screen = Object.assign(new EventEmitter(), {
    getCursorScreenPoint: () => ({ x: 1800, y: 1060 }),
    getPrimaryDisplay: () => display,
    getAllDisplays: () => [display],
  } satisfies { [K in 'getCursorScreenPoint']: Screen[K] } & {
    getPrimaryDisplay(): Pick<Display, 'id' | 'bounds' | 'workArea'>;
    getAllDisplays(): Pick<Display, 'id' | 'bounds' | 'workArea'>[];
  });
  const display = { id: 1, bounds: whole, workArea: { ...whole, height: 1040 } };
  const session = {
    defaultSession: {
      setPermissionRequestHandler: (decide) => void (asked.request = decide),
      setPermissionCheckHandler: (decide) => void (asked.check = decide),
      setDevicePermissionHandler: (decide) => void (asked.device = decide),
    } satisfies Partial<Session>,
  };
  const asked: {
    request: Parameters<Session['setPermissionRequestHandler']>[0];
    check: Parameters<Session['setPermissionCheckHandler']>[0];
    device: Parameters<Session['setDevicePermissionHandler']>[0];
  } = { request: null, check: null, device: null };
  const electron = {
    app,
    screen,
    session,
    ipcMain,
    BrowserWindow: FakeWindow satisfies new (
      options?: BrowserWindowConstructorOptions,
    ) => Pick<BrowserWindow, WindowUse> & { webContents: Pick<WebContents, 'send' | 'setWindowOpenHandler'> },
    Tray: FakeTray satisfies new (image: never) => Pick<Tray, 'setToolTip' | 'getBounds' | 'destroy'>,
    Notification: FakeNotification satisfies new (
      says?: NotificationConstructorOptions,
    ) => Pick<Notification, 'show' | 'close'>,
    MessageChannelMain: FakeChannel satisfies new () => Record<'port1' | 'port2', Pick<MessagePortMain, PortUse>>,
    Menu: {
      setApplicationMenu: (menu: unknown) => note('menu', menu),
      buildFromTemplate: (items: MenuItemConstructorOptions[]) => ({ items }),
    },
    nativeImage: { createFromPath: (file: string) => ({ file }) },
    powerMonitor: Object.assign(new EventEmitter(), { isOnBatteryPower: () => false }),
    protocol: {
      registerSchemesAsPrivileged: (given) => note('privileged', given),
      handle: (scheme, answer) => void schemes.set(scheme, answer),
    } satisfies Partial<Protocol>,
    shell: { openExternal: async (url) => note('opened', url) } satisfies Partial<Shell>,
    dialog: {
      showErrorBox: (title, content) => note('error-box', `${title}: ${content}`),
      showOpenDialog: async () =>
        chosenFolder === null ? { canceled: true, filePaths: [] } : { canceled: false, filePaths: [chosenFolder] },
    } satisfies Partial<Dialog>,
  };

  return {
    electron,
    did,
    windows,
    trays,
    notifications,
    schemes,
    asked,
    chooses: (folder: string | null) => void (chosenFolder = folder),
    /** A message of a frame of this window to main. */
    fromFrame: (senderFrame: FakeFrame | null, channel: string) => void ipcMain.emit(channel, { senderFrame }),
  };
}

/** Electron as the preload script sees it, tied to one window of the double. */
export function preloadDouble(double: ElectronDouble, contents: FakeContents) {
  const exposed = new Map<string, unknown>();
  const ipcRenderer = {
    on(channel, listener) {
      contents.toPage.on(channel, listener);
      return ipcRenderer as never;
    },
    send: (channel) => double.fromFrame(contents.mainFrame, channel),
  } satisfies Partial<IpcRenderer> as Pick<IpcRenderer, 'on' | 'send'>;
  return {
    exposed,
    electron: {
      ipcRenderer,
      contextBridge: { exposeInMainWorld: (name: string, api: unknown) => void exposed.set(name, api) },
    },
  };
}
