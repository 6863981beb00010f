import { inflateSync } from 'node:zlib';
import jsQrModule from 'jsqr';
import sharp from 'sharp';

const jsQr = 'default' in jsQrModule ? jsQrModule.default : jsQrModule;
const pixelsPerModule = 4;

type Point = readonly [number, number];

/**
 * Reads a QR symbol drawn as one path of polygons (`M x y L x y ... Z` in SVG, `x y m x y l h` in PDF), the way a camera
 * would: paints it, then gives the picture to a decoder that is not ours.
 */
export function readQrPath(path: string, modules: number, quietZone: number): string | undefined {
  const side = (modules + 2 * quietZone) * pixelsPerModule;
  const polygons = polygonsOf(path);
  const pixels = new Uint8ClampedArray(side * side * 4).fill(255);
  for (let row = 0; row < side; row += 1) {
    for (let column = 0; column < side; column += 1) {
      const x = (column + 0.5) / pixelsPerModule - quietZone;
      const y = (row + 0.5) / pixelsPerModule - quietZone;
      if (isInside(polygons, x, y)) pixels.fill(0, (row * side + column) * 4, (row * side + column) * 4 + 3);
    }
  }
  return jsQr(pixels, side, side)?.data;
}

/** Reads a QR symbol from a PNG of one bit of grey per pixel, whose rows are plain or differ from the row above. */
export function readQrPng(png: Uint8Array): string | undefined {
  const bytes = Buffer.from(png);
  const side = bytes.readUInt32BE(16);
  const at = bytes.indexOf('IDAT');
  const rows = inflateSync(bytes.subarray(at + 4, at + 4 + bytes.readUInt32BE(at - 4)));
  const rowBytes = 1 + Math.ceil(side / 8);
  const pixels = new Uint8ClampedArray(side * side * 4).fill(255);
  for (let y = 0; y < side; y += 1) {
    const [filter = 0] = rows.subarray(y * rowBytes);
    for (let x = 1; x < rowBytes; x += 1) {
      const above = filter === 2 ? (rows[(y - 1) * rowBytes + x] ?? 0) : 0;
      rows[y * rowBytes + x] = ((rows[y * rowBytes + x] ?? 0) + above) & 0xff;
    }
    for (let x = 0; x < side; x += 1) {
      const isWhite = ((rows[y * rowBytes + 1 + (x >> 3)] ?? 0) >> (7 - (x & 7))) & 1;
      if (isWhite === 0) pixels.fill(0, (y * side + x) * 4, (y * side + x) * 4 + 3);
    }
  }
  return jsQr(pixels, side, side)?.data;
}

/** Reads a QR symbol from a picture, or from the file at this path. */
export async function readQrPicture(picture: string | Buffer): Promise<string | undefined> {
  const { data, info } = await sharp(picture).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return jsQr(new Uint8ClampedArray(data), info.width, info.height)?.data;
}

function polygonsOf(path: string): Point[][] {
  return path
    .split(/[Zzh]/)
    .map((part) => [...part.matchAll(/-?\d+(?:\.\d+)?/g)].map(([number]) => Number(number)))
    .filter((numbers) => numbers.length >= 6)
    .map((numbers) =>
      Array.from({ length: numbers.length / 2 }, (_, i) => [numbers[2 * i] ?? 0, numbers[2 * i + 1] ?? 0]),
    );
}

function isInside(polygons: readonly Point[][], x: number, y: number): boolean {
  let inside = false;
  for (const polygon of polygons) {
    for (const [index, [x1, y1]] of polygon.entries()) {
      const [x2, y2] = polygon[(index + 1) % polygon.length] ?? [0, 0];
      if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
    }
  }
  return inside;
}
