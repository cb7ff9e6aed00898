import { app, powerMonitor } from 'electron';
import type { Stop } from '../core/ports.ts';
import type { Popover } from './popover.ts';
import type { Quit } from './quit.ts';

/** Everything by which the program ends: its own quit, the machine's shutdown, and the end of the owner's session on Windows. */
export function followEnd(quit: Quit, popover: Pick<Popover, 'onSessionEnd'>): Stop {
  app.on('before-quit', quit.request);
  powerMonitor.on('shutdown', quit.systemEnds);
  popover.onSessionEnd(quit.systemEnds);
  return () => void powerMonitor.off('shutdown', quit.systemEnds);
}
