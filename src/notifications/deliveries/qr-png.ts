import { crc32, deflateSync } from 'node:zlib';
import { correction, generate, mode } from 'lean-qr';

/**
 * A ticket's code as a QR symbol in a one-bit PNG, black on white with its quiet zone: about 300 bytes, small enough to
 * go inside a mail. Rows of one module are the same bytes, so they are made once.
 */
export function qrPng(code: string): Uint8Array {
  const symbol = generate(mode.alphaNumeric(code), { minCorrectionLevel: correction.M });
  const modules = symbol.size + 2 * quietModules;
  const pixels = modules * modulePixels;
  const rowBytes = 1 + Math.ceil(pixels / 8);
  const image = Buffer.alloc(rowBytes * pixels);
  for (let y = 0; y < modules; y += 1) {
    const row = rowOf(symbol, y - quietModules, { modules, rowBytes });
    for (let line = 0; line < modulePixels; line += 1) row.copy(image, (y * modulePixels + line) * rowBytes);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(pixels, 0);
  header.writeUInt32BE(pixels, 4);
  // One bit of grey per pixel, no interlacing.
  header[8] = 1;
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(image, { level: 3 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

const quietModules = 4;
/** One byte per module and row: 0x00 is black, 0xff is white. */
const modulePixels = 8;
const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

function rowOf(
  symbol: { get(x: number, y: number): boolean },
  y: number,
  { modules, rowBytes }: { modules: number; rowBytes: number },
): Buffer {
  const row = Buffer.alloc(rowBytes, 0xff);
  row[0] = 0;
  for (let x = 0; x < modules; x += 1) {
    if (symbol.get(x - quietModules, y)) row[1 + x] = 0x00;
  }
  return row;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
