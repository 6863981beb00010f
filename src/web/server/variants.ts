import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { type Encoding, type Variants, digestOf } from '../../http/negotiation.ts';

/** A page or file in its encodings, under one version. */
export type Compressed = Variants<{ readonly body: Buffer; readonly encoding: Encoding }> & { readonly etag: string };

/** `small`: compressed once, so time does not matter. `fast`: compressed while a client waits. */
export function compress(plain: Buffer, effort: 'small' | 'fast'): Compressed {
  const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
  return {
    identity: { body: plain, encoding: 'identity' },
    gzip: { body: gzipSync(plain, { level: effort === 'small' ? 9 : 5 }), encoding: 'gzip' },
    brotli: effort === 'small' ? { body: brotliCompressSync(plain, { params }), encoding: 'br' } : undefined,
    etag: `W/"${digestOf(plain)}"`,
  };
}
