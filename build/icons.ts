import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchChromium } from '../tests/kit/chromium.ts';
import { type Drawing, fingerprintOf, type IconFile, iconFiles } from './icon-files.ts';
import { type Painted, packIcns, packIco } from './icon-formats.ts';

/**
 * Paints every icon into build/resources: `node build/icons.ts`. The drawings are in icon-shapes.ts, the list of files in icon-files.ts;
 * run it after a change of either.
 */
const resources = fileURLToPath(new URL('resources', import.meta.url));
const files = iconFiles();

for (const folder of ['tray', 'icons']) await rm(join(resources, folder), { recursive: true, force: true });
const painted = await paint(files.flatMap(({ drawings }) => drawings));
for (const file of files) await write(file, painted.splice(0, file.drawings.length));
await writeFile(join(resources, 'drawn-from.sha256'), `${fingerprintOf(files)}\n`);
process.stdout.write(`${files.length} icons in ${resources}\n`);

async function write({ path, format }: IconFile, pictures: Painted[]): Promise<void> {
  const whole = join(resources, path);
  await mkdir(dirname(whole), { recursive: true });
  await writeFile(whole, pack(format, pictures));
}

function pack(format: IconFile['format'], pictures: Painted[]): Uint8Array {
  if (format === 'ico') return packIco(pictures);
  if (format === 'icns') return packIcns(pictures);
  return pictures[0]?.png ?? new Uint8Array();
}

/** Each drawing as PNG on a transparent ground, in order. */
async function paint(drawings: readonly Drawing[]): Promise<Painted[]> {
  const browser = await launchChromium();
  try {
    const page = await browser.newPage({ viewport: { width: 1024, height: 1024 } });
    const pictures: Painted[] = [];
    for (const { svg, size } of drawings) {
      await page.setContent(`<body style="margin:0">${svg.replace('<svg ', '<svg style="display:block" ')}`);
      const clip = { x: 0, y: 0, width: size, height: size };
      pictures.push({ size, png: await page.screenshot({ omitBackground: true, clip }) });
    }
    return pictures;
  } finally {
    await browser.close();
  }
}
