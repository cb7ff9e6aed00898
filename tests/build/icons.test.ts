import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { fingerprintOf, iconFiles } from '../../build/icon-files.ts';
import { panelInk } from '../../build/icon-shapes.ts';
import { trayIcon } from '../../electron/tray-icon.ts';
import { type TrayState, trayStates } from '../../electron/tray-state.ts';
import { type Pixels, readPng } from '../kit/png.ts';

const resources = fileURLToPath(new URL('../../build/resources', import.meta.url));
const read = (path: string) => readFileSync(join(resources, path));
const readTray = (state: TrayState, platform: NodeJS.Platform, scale: 1 | 2 = 1) =>
  read(`tray/${scale === 1 ? trayIcon(state, platform) : trayIcon(state, platform).replace('.png', '@2x.png')}`);

/** The pictures in a Windows icon, and the edges that its directory claims for them. */
function readIco(file: Buffer): { claims: number; pixels: Pixels }[] {
  expect([file.readUInt16LE(0), file.readUInt16LE(2)]).toEqual([0, 1]);
  return Array.from({ length: file.readUInt16LE(4) }, (_, index) => {
    const entry = 6 + 16 * index;
    const [length, offset] = [file.readUInt32LE(entry + 8), file.readUInt32LE(entry + 12)];
    return { claims: file.readUInt8(entry) || 256, pixels: readPng(file.subarray(offset, offset + length)) };
  });
}

/** Name and pixels of each block of a macOS icon. */
function readIcns(file: Buffer): { name: string; pixels: Pixels }[] {
  expect([file.toString('latin1', 0, 4), file.readUInt32BE(4)]).toEqual(['icns', file.length]);
  const blocks: { name: string; pixels: Pixels }[] = [];
  for (let at = 8; at < file.length; at += file.readUInt32BE(at + 4))
    blocks.push({
      name: file.toString('latin1', at, at + 4),
      pixels: readPng(file.subarray(at + 8, at + file.readUInt32BE(at + 4))),
    });
  return blocks;
}

const alphas = ({ rgba }: Pixels) => rgba.filter((_, index) => index % 4 === 3);
const edge = ({ width, height }: Pixels) => (width === height ? width : Number.NaN);

/** How much of the picture differs when only the shape is seen: whole pixels' worth. */
function shapeDifference(one: Pixels, other: Pixels): number {
  const others = alphas(other);
  return alphas(one).reduce((sum, alpha, index) => sum + Math.abs(alpha - (others[index] ?? 0)), 0) / 255;
}

it.each(trayStates)('[SH1.50] the state %s has an icon for each system, at every size it is shown in', (state) => {
  expect(edge(readPng(readTray(state, 'darwin')))).toBe(16);
  expect(edge(readPng(readTray(state, 'darwin', 2)))).toBe(32);
  expect(edge(readPng(readTray(state, 'linux')))).toBe(22);
  expect(edge(readPng(readTray(state, 'linux', 2)))).toBe(44);
  const inIco = readIco(readTray(state, 'win32'));
  expect(inIco.map(({ pixels }) => edge(pixels))).toEqual([16, 20, 24, 32, 48]);
  expect(inIco.map(({ claims }) => claims)).toEqual([16, 20, 24, 32, 48]);
});

it('[SH1.51] any two states differ by shape alone, at the smallest size of each system', () => {
  const smallest: Record<string, (state: TrayState) => Pixels> = {
    darwin: (state) => readPng(readTray(state, 'darwin')),
    linux: (state) => readPng(readTray(state, 'linux')),
    win32: (state) => readIco(readTray(state, 'win32'))[0]!.pixels,
  };
  for (const [system, pixelsOf] of Object.entries(smallest))
    for (const one of trayStates)
      for (const other of trayStates.slice(trayStates.indexOf(one) + 1))
        expect(shapeDifference(pixelsOf(one), pixelsOf(other)), `${one} and ${other} on ${system}`).toBeGreaterThan(10);
});

it.each(trayStates)('[SH1.52] the macOS icon of %s is black with alpha and nothing else', (state) => {
  for (const scale of [1, 2] as const) {
    const { rgba } = readPng(readTray(state, 'darwin', scale));
    expect(rgba.filter((value, index) => index % 4 !== 3 && value !== 0)).toHaveLength(0);
    expect(Math.max(...alphas(readPng(readTray(state, 'darwin', scale))))).toBe(255);
    expect(rgba.at(3)).toBe(0);
  }
});

it.each(Object.entries(panelInk))(
  '[SH1.53] the colour “%s” stands out 3 to 1 from light and from dark panels',
  (_, ink) => {
    for (const panel of ['#ffffff', '#202020', '#000000']) expect(contrast(ink, panel)).toBeGreaterThanOrEqual(3);
  },
);

it('[SH1.54] the icons are those of the drawings as they stand; else run node build/icons.ts', () => {
  expect(read('drawn-from.sha256').toString().trim()).toBe(fingerprintOf(iconFiles()));
});

it('[SH1.55] the program has an icon for each system, up to the largest that system shows', () => {
  const linux = [16, 24, 32, 48, 64, 128, 256, 512];
  expect(linux.map((size) => edge(readPng(read(`icons/${size}x${size}.png`))))).toEqual(linux);
  const windows = readIco(read('icon.ico'));
  expect(windows.map(({ pixels }) => edge(pixels))).toEqual([16, 20, 24, 32, 40, 48, 64, 256]);
  expect(windows.map(({ claims }) => claims)).toEqual([16, 20, 24, 32, 40, 48, 64, 256]);
  const mac = readIcns(read('icon.icns')).map(({ name, pixels }) => [name, edge(pixels)]);
  expect(Object.fromEntries(mac)).toEqual({
    icp4: 16,
    icp5: 32,
    ic11: 32,
    ic12: 64,
    ic07: 128,
    ic08: 256,
    ic09: 512,
    ic10: 1024,
  });
});

/** Contrast of two colours (WCAG 2.2, 1.4.11). */
function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
