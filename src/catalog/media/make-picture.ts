import sharp, { type Metadata, type Sharp } from 'sharp';
import { pictureBytesMax, picturePixelsMax, pictureSideMax } from '../limits.ts';
import { type Focus, type PictureFile, pictureSizes, wholeSide } from './sizes.ts';

/**
 * Only these decoders run. libvips' other decoders are blocked, because each is more code that reads what strangers
 * send.
 */
const decoders = [
  'VipsForeignLoadJpegBuffer',
  'VipsForeignLoadPngBuffer',
  'VipsForeignLoadWebpBuffer',
  'VipsForeignLoadHeifBuffer',
];
const formats = new Set(['jpeg', 'png', 'webp', 'heif']);
/** The longest side of the copy that is kept for later cuts. */
const masterSide = 2400;
const masterQuality = 88;
const jpegQuality = 78;
/** Effort 2 of 9 takes a fifth of the default's time for some 5 % more bytes. */
const avif = { quality: 50, effort: 2 } as const;
const white = { r: 255, g: 255, b: 255 };

export type PictureTask = { readonly bytes: Uint8Array; readonly focus: Focus };

export type PictureRefusal =
  | 'picture.type_unsupported'
  | 'picture.animated'
  | 'picture.too_many_pixels'
  | 'picture.too_small'
  | 'picture.unreadable';

export type MadePicture = { readonly file: PictureFile; readonly bytes: Uint8Array };

/** Called once in a process that makes pictures. */
export function limitDecoders(): void {
  sharp.cache(false);
  sharp.concurrency(1);
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: decoders });
}

/**
 * Decodes a picture and encodes it again, in all sizes. Only pixels are kept: metadata, comments and everything else in
 * the file are dropped.
 */
export async function makePicture({
  bytes,
  focus,
}: PictureTask): Promise<{ readonly refusal: PictureRefusal } | { readonly files: readonly MadePicture[] }> {
  const typeRefusal = refuseType(bytes);
  if (typeRefusal !== undefined) return { refusal: typeRefusal };
  const options = { failOn: 'error', limitInputPixels: picturePixelsMax, sequentialRead: true } as const;
  let facts: Metadata;
  let master: Buffer;
  try {
    facts = await sharp(bytes, options).metadata();
    const refusal = refuseFacts(facts);
    if (refusal !== undefined) return { refusal };
    master = await sharp(bytes, options)
      .autoOrient()
      .flatten({ background: white })
      .resize({ width: masterSide, height: masterSide, fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .webp({ quality: masterQuality })
      .toBuffer();
  } catch (error) {
    const isBomb = error instanceof Error && error.message.includes('pixel limit');
    return { refusal: isBomb ? 'picture.too_many_pixels' : 'picture.unreadable' };
  }
  return { files: [{ file: 'master.webp', bytes: master }, ...(await cuts(master, focus))] };
}

async function cuts(master: Buffer, focus: Focus): Promise<MadePicture[]> {
  const { width, height } = await sharp(master).metadata();
  const whole = sharp(master).resize({ width: wholeSide, height: wholeSide, fit: 'inside', withoutEnlargement: true });
  const made: MadePicture[] = [{ file: 'whole.jpg', bytes: await asJpeg(whole) }];
  for (const name of ['small', 'medium', 'large', 'share'] as const) {
    const size = pictureSizes[name];
    const cut = sharp(master)
      .extract(cutOf({ width, height }, size, focus))
      .resize(size.width, size.height);
    made.push({ file: `${name}.jpg`, bytes: await asJpeg(cut) });
    if (name !== 'share') made.push({ file: `${name}.avif`, bytes: await cut.clone().avif(avif).toBuffer() });
  }
  return made;
}

const asJpeg = (cut: Sharp) => cut.clone().jpeg({ quality: jpegQuality, progressive: true }).toBuffer();

type Size = { readonly width: number; readonly height: number };

/** The largest part of this shape, as close around the focus as the edges allow. */
export function cutOf(whole: Size, shape: Size, focus: Focus) {
  const scale = Math.min(whole.width / shape.width, whole.height / shape.height);
  const width = Math.min(Math.round(shape.width * scale), whole.width);
  const height = Math.min(Math.round(shape.height * scale), whole.height);
  const start = (side: number, part: number, percent: number) =>
    Math.min(Math.max(Math.round((side * percent) / 100 - part / 2), 0), side - part);
  return { left: start(whole.width, width, focus.x), top: start(whole.height, height, focus.y), width, height };
}

/** The type is read from the first bytes, before any decoder sees the rest. */
function refuseType(bytes: Uint8Array): PictureRefusal | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length > pictureBytesMax) return 'picture.unreadable';
  const isJpeg = head.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff]));
  const isPng = head.subarray(0, 8).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]));
  const isWebp = head.toString('latin1', 0, 4) === 'RIFF' && head.toString('latin1', 8, 12) === 'WEBP';
  const brand = head.toString('latin1', 4, 8) === 'ftyp' ? head.toString('latin1', 8, 12) : undefined;
  if (brand === 'avis') return 'picture.animated';
  if (!isJpeg && !isPng && !isWebp && brand !== 'avif') return 'picture.type_unsupported';
  // libvips reads only the first picture of an animated PNG and does not report the others.
  const dataAt = isPng ? head.indexOf('IDAT') : -1;
  return dataAt > 0 && head.subarray(0, dataAt).includes('acTL') ? 'picture.animated' : undefined;
}

function refuseFacts({ format, pages = 1, width, height, orientation = 1 }: Metadata): PictureRefusal | undefined {
  if (!formats.has(format)) return 'picture.type_unsupported';
  if (pages > 1) return 'picture.animated';
  if (Math.max(width, height) > pictureSideMax) return 'picture.too_many_pixels';
  const [across, down] = orientation > 4 ? [height, width] : [width, height];
  const { medium } = pictureSizes;
  return across < medium.width || down < medium.height ? 'picture.too_small' : undefined;
}
