import { createHash } from 'node:crypto';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

/** The same content as it is and compressed, under one version. */
export type Variants = {
  readonly plain: Buffer;
  readonly gzip: Buffer;
  readonly brotli: Buffer | undefined;
  readonly etag: string;
};
export type Encoded = { readonly body: Buffer; readonly encoding: string | undefined };

/** `small`: made once, so time does not matter. `fast`: made while somebody waits. */
export function compress(plain: Buffer, effort: 'small' | 'fast'): Variants {
  return {
    plain,
    gzip: gzipSync(plain, { level: effort === 'small' ? 9 : 5 }),
    brotli:
      effort === 'small'
        ? brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } })
        : undefined,
    etag: `W/"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`,
  };
}

/** The smallest form that the browser takes. */
export function chooseVariant(variants: Variants, acceptEncoding: string | undefined): Encoded {
  const accepted = (acceptEncoding ?? '').toLowerCase();
  const takes = (name: string) =>
    new RegExp(`(?:^|[\\s,])${name}(?!\\s*;\\s*q=0(?:\\.0*)?(?:$|[\\s,]))`).test(accepted);
  if (variants.brotli !== undefined && takes('br')) return { body: variants.brotli, encoding: 'br' };
  if (takes('gzip')) return { body: variants.gzip, encoding: 'gzip' };
  return { body: variants.plain, encoding: undefined };
}

/** Whether `If-None-Match` names this version. */
export function isKnown(variants: Variants, ifNoneMatch: string | undefined): boolean {
  const bare = (tag: string) => tag.trim().replace(/^W\//, '');
  return (ifNoneMatch ?? '').split(',').some((tag) => bare(tag) === bare(variants.etag) || tag.trim() === '*');
}
