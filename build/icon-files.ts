import { createHash } from 'node:crypto';
import { trayIcon } from '../electron/tray-icon.ts';
import { type TrayState, trayStates } from '../electron/tray-state.ts';
import { programIcon, stateIcon } from './icon-shapes.ts';

/** One picture: SVG text, and the edge of the square it is painted into, in pixels. */
export interface Drawing {
  svg: string;
  size: number;
}

/** One file below build/resources and the pictures in it; a png holds exactly one. */
export interface IconFile {
  path: string;
  format: 'png' | 'ico' | 'icns';
  drawings: Drawing[];
}

const windowsTraySizes = [16, 20, 24, 32, 48];
const windowsSizes = [16, 20, 24, 32, 40, 48, 64, 256];
const linuxSizes = [16, 24, 32, 48, 64, 128, 256, 512];
const macSizes = [16, 32, 64, 128, 256, 512, 1024];
/** Around the rounded square of a macOS icon. */
const macMargin = 0.1;

/** Everything that build/icons.ts paints. */
export const iconFiles = (): IconFile[] => [...trayStates.flatMap(trayFiles), ...programFiles()];

function trayFiles(state: TrayState): IconFile[] {
  const panel = (size: number) => ({ svg: stateIcon(state, 'panel', size), size });
  return [
    ...pngPair(trayIcon(state, 'darwin'), 16, (size) => stateIcon(state, 'template', size)),
    ...pngPair(trayIcon(state, 'linux'), 22, (size) => stateIcon(state, 'panel', size)),
    { path: `tray/${trayIcon(state, 'win32')}`, format: 'ico', drawings: windowsTraySizes.map(panel) },
  ];
}

/** The picture at 1x and, under the name by which Electron finds it, at 2x. */
const pngPair = (name: string, size: number, draw: (size: number) => string): IconFile[] =>
  [1, 2].map((scale) => ({
    path: `tray/${scale === 1 ? name : name.replace('.png', '@2x.png')}`,
    format: 'png',
    drawings: [{ svg: draw(size * scale), size: size * scale }],
  }));

function programFiles(): IconFile[] {
  const whole = (size: number) => ({ svg: programIcon(size, 0), size });
  return [
    ...linuxSizes.map(
      (size): IconFile => ({ path: `icons/${size}x${size}.png`, format: 'png', drawings: [whole(size)] }),
    ),
    { path: 'icon.ico', format: 'ico', drawings: windowsSizes.map(whole) },
    {
      path: 'icon.icns',
      format: 'icns',
      drawings: macSizes.map((size) => ({ svg: programIcon(size, macMargin), size })),
    },
  ];
}

/** Changes whenever a drawing does; build/icons.ts writes it beside the files, and a test compares. */
export const fingerprintOf = (files: readonly IconFile[]): string =>
  createHash('sha256').update(JSON.stringify(files)).digest('hex');
