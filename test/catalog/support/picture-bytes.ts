import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';

/** Files that organisers and attackers send as pictures. */

export const red = { r: 220, g: 20, b: 20 };
export const blue = { r: 20, g: 20, b: 220 };

/** Red on the left and blue on the right, with a place in its metadata and a script behind its end. */
export async function photo(width = 1800, height = 1200): Promise<Buffer> {
  const right = await sharp({ create: { width: width / 2, height, channels: 3, background: blue } })
    .png()
    .toBuffer();
  const bytes = await sharp({ create: { width, height, channels: 3, background: red } })
    .composite([{ input: right, left: width / 2, top: 0 }])
    .withExif({ IFD0: { Copyright: 'SECRET-OWNER' }, IFD3: { GPSLatitude: '6/1 12/1 30/1' } })
    .jpeg()
    .toBuffer();
  return Buffer.concat([bytes, Buffer.from('<script>alert(1)</script>PK\u0003\u0004')]);
}

/** A PNG that says it has these sides, whose rows are nothing but zeros. */
export function pngOf(width: number, height: number, extra = Buffer.alloc(0)): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const framed = Buffer.alloc(body.length + 8);
    framed.writeUInt32BE(data.length, 0);
    body.copy(framed, 4);
    framed.writeUInt32BE(crc32(body), body.length + 4);
    return framed;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([1, 0, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    ...(extra.length === 0 ? [] : [chunk('acTL', extra)]),
    chunk('IDAT', deflateSync(Buffer.alloc(1_000_000))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
