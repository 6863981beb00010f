import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { type Encoding, type Variants, digestOf } from '../../../http/negotiation.ts';

/** A page or file in its encodings, under one version. */
export type Compressed = Variants<{ readonly body: Buffer; readonly encoding: Encoding }> & { readonly etag: string };

/** The best quality takes seconds for a file that is larger, and makes it smaller by a tenth only. */
const bestBytesMax = 256 * 1024;

/** `small`: compressed once, so time does not matter. `fast`: compressed while a client waits. */
export function compress(plain: Buffer, effort: 'small' | 'fast'): Compressed {
  const quality = plain.length > bestBytesMax ? 9 : constants.BROTLI_MAX_QUALITY;
  const params = { [constants.BROTLI_PARAM_QUALITY]: quality };
  return compressedAs(plain, {
    gzip: gzipSync(plain, { level: effort === 'small' ? 9 : 5 }),
    brotli: effort === 'small' ? brotliCompressSync(plain, { params }) : undefined,
  });
}

/** A page or file whose encodings are made already. */
export function compressedAs(
  plain: Buffer,
  made: { readonly gzip: Buffer; readonly brotli?: Buffer | undefined },
): Compressed {
  return {
    identity: { body: plain, encoding: 'identity' },
    gzip: { body: made.gzip, encoding: 'gzip' },
    brotli: made.brotli === undefined ? undefined : { body: made.brotli, encoding: 'br' },
    etag: `W/"${digestOf(plain)}"`,
  };
}
