/** A picture that is painted: PNG bytes, and the edge of the square in pixels. */
export interface Painted {
  png: Uint8Array;
  size: number;
}

/**
 * Packs PNG pictures of at most 256 × 256 pixels into one Windows icon. A directory of 16 bytes for each picture, then the pictures as
 * they are (ICONDIR and ICONDIRENTRY of the Windows SDK; an edge of 256 is written as 0).
 */
export function packIco(pictures: readonly Painted[]): Buffer {
  const head = Buffer.alloc(6 + 16 * pictures.length);
  head.writeUInt16LE(1, 2); // the type: an icon
  head.writeUInt16LE(pictures.length, 4);
  let offset = head.length;
  for (const [index, { png, size }] of pictures.entries()) {
    const entry = 6 + 16 * index;
    head.writeUInt8(size % 256, entry);
    head.writeUInt8(size % 256, entry + 1);
    head.writeUInt16LE(1, entry + 4); // colour planes
    head.writeUInt16LE(32, entry + 6); // bits of a pixel
    head.writeUInt32LE(png.length, entry + 8);
    head.writeUInt32LE(offset, entry + 12);
    offset += png.length;
  }
  return Buffer.concat([head, ...pictures.map(({ png }) => png)]);
}

/** By pixels. 32 stands in the file twice: as 32 at 1x and as 16 at 2x. The large ones serve both without that. */
const icnsNames: Record<number, readonly string[]> = {
  16: ['icp4'],
  32: ['icp5', 'ic11'],
  64: ['ic12'],
  128: ['ic07'],
  256: ['ic08'],
  512: ['ic09'],
  1024: ['ic10'],
};

/** Packs PNG pictures into one macOS icon: a list of named, counted blocks. Throws for a size that the format has no name for. */
export function packIcns(pictures: readonly Painted[]): Buffer {
  const blocks = pictures.flatMap(({ png, size }) => {
    const names = icnsNames[size];
    if (!names) throw new Error(`A macOS icon has no picture of ${size} pixels`);
    return names.map((name) => block(name, png));
  });
  return block('icns', Buffer.concat(blocks));
}

/** Four letters, the length of everything, the content. */
function block(name: string, content: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.write(name, 'latin1');
  head.writeUInt32BE(8 + content.length, 4);
  return Buffer.concat([head, content]);
}
