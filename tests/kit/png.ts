import { inflateSync } from 'node:zlib';

export interface Pixels {
  width: number;
  height: number;
  /** Red, green, blue, alpha of each pixel, row by row. */
  rgba: Uint8Array;
}

/** Reads a PNG of 8 bits a channel, RGB or RGBA, not interlaced: what Chromium writes. Throws for any other. */
export function readPng(file: Uint8Array): Pixels {
  const bytes = Buffer.from(file);
  if (bytes.toString('latin1', 1, 4) !== 'PNG') throw new Error('not a PNG');
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const channels = bytes[25] === 6 ? 4 : 3;
  if (bytes[24] !== 8 || bytes[28] !== 0 || ![2, 6].includes(bytes[25] ?? 0)) throw new Error('a PNG of another kind');
  const rows = unfilter(inflateSync(dataOf(bytes)), width * channels, channels);
  const rgba = new Uint8Array(width * height * 4).fill(255);
  for (let pixel = 0; pixel < width * height; pixel += 1)
    for (let channel = 0; channel < channels; channel += 1)
      rgba[pixel * 4 + channel] = rows[pixel * channels + channel] ?? 0;
  return { width, height, rgba };
}

function dataOf(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 8; at < bytes.length; at += 12 + bytes.readUInt32BE(at))
    if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(bytes.subarray(at + 8, at + 8 + bytes.readUInt32BE(at)));
  return Buffer.concat(parts);
}

/** Undoes the prediction of each row (PNG specification, section 9). */
function unfilter(data: Buffer, rowBytes: number, channels: number): Uint8Array {
  const height = data.length / (rowBytes + 1);
  const rows = new Uint8Array(height * rowBytes);
  for (let row = 0; row < height; row += 1)
    for (let column = 0; column < rowBytes; column += 1) {
      const at = row * rowBytes + column;
      const left = column < channels ? 0 : (rows[at - channels] ?? 0);
      const above = row === 0 ? 0 : (rows[at - rowBytes] ?? 0);
      const corner = column < channels || row === 0 ? 0 : (rows[at - rowBytes - channels] ?? 0);
      const predicted = [0, left, above, (left + above) >> 1, paeth(left, above, corner)];
      rows[at] = (data[row * (rowBytes + 1) + 1 + column] ?? 0) + (predicted[data[row * (rowBytes + 1)] ?? 0] ?? 0);
    }
  return rows;
}

function paeth(left: number, above: number, corner: number): number {
  const guess = left + above - corner;
  const [byLeft, byAbove, byCorner] = [left, above, corner].map((value) => Math.abs(guess - value)) as [
    number,
    number,
    number,
  ];
  if (byLeft <= byAbove && byLeft <= byCorner) return left;
  return byAbove <= byCorner ? above : corner;
}
