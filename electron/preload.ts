import { contextBridge, ipcRenderer } from 'electron';
import type { PageLink, PortMessage, ShellBridge } from '../core/protocol-shell.ts';
import type { Channels } from './channels.ts';

/** Of the page's window only this much is known here. */
declare const window: {
  postMessage(message: PortMessage, to: string, ports: unknown[]): void;
  addEventListener(event: 'reverie-dismiss', listener: () => void): void;
};

const portChannel: keyof Channels = 'reverie:port';
const linkChannel: keyof Channels = 'reverie:link';
const hideChannel: keyof Channels = 'reverie:hide';

const bridge: ShellBridge = {
  kind: 'tray',
  askPort: () => ipcRenderer.send(portChannel),
  onLink: (listener) => {
    ipcRenderer.on(linkChannel, (_event, link: PageLink) => listener(link));
  },
};

// A port cannot pass the bridge between the two worlds of a window, so it goes as a message of the window to itself. Only the page can
// hear it: there is no other frame, and main hands a port to no other.
ipcRenderer.on(portChannel, ({ ports }) => {
  const message: PortMessage = { reverie: 'port' };
  window.postMessage(message, '*', [...ports]);
});

// An event of the page's window is heard in this world too.
window.addEventListener('reverie-dismiss', () => ipcRenderer.send(hideChannel));

contextBridge.exposeInMainWorld('reverie', bridge);
