import { type IpcMainEvent, ipcMain, MessageChannelMain, type WebFrameMain } from 'electron';
import type { Ports } from '../core/host/serve-port.ts';
import type { Stop } from '../core/ports.ts';
import type { Channels } from './channels.ts';
import { isOwnPage } from './sender-check.ts';

/**
 * Gives the page a port to the mind when it asks for one; whoever else asks gets nothing, not even an answer. Listens at once, because the
 * page is there before the mind is: what it asks before `to` is called waits for it, the last time only.
 */
export function handOverPorts(onListens: () => void): { to(ports: Ports): void; end: Stop } {
  const channel: keyof Channels = 'reverie:port';
  let waiting: WebFrameMain | null = null;
  let give = (frame: WebFrameMain) => {
    waiting = frame;
  };
  const answer = ({ senderFrame }: IpcMainEvent) => {
    if (senderFrame && isOwnPage(senderFrame)) give(senderFrame);
  };
  ipcMain.on(channel, answer);
  return {
    to(ports) {
      give = (frame) => {
        const { port1, port2 } = new MessageChannelMain();
        if (!ports.add(port1)) return;
        frame.postMessage(channel, null, [port2]);
        onListens();
      };
      // What is in the frame may be another by now, or nothing.
      if (waiting && !waiting.isDestroyed() && isOwnPage(waiting)) give(waiting);
      waiting = null;
    },
    end: () => void ipcMain.off(channel, answer),
  };
}
