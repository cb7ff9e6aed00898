import { dialog } from 'electron';
import type { Popover } from './popover.ts';
import { words } from './words.ts';

/** The system's own picker over the popover, which stays open meanwhile; null when nothing was chosen. */
export const pickFolder = (popover: Popover): Promise<string | null> =>
  popover.whileOpen(async (window) => {
    const { canceled, filePaths } = await dialog.showOpenDialog(window, {
      title: words.pickFolder,
      buttonLabel: words.watch,
      properties: ['openDirectory', 'createDirectory'],
    });
    return canceled ? null : (filePaths[0] ?? null);
  });
