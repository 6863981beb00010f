import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** ETags and encodings of all answers that are kept as bytes: public documents, pages, files and API docs. */

/** The encodings of a prepared answer, best first. */
export type Encoding = 'br' | 'gzip' | 'identity';

/** The same content in each prepared encoding. */
export type Variants<Variant> = {
  readonly identity: Variant;
  readonly gzip: Variant | undefined;
  readonly brotli: Variant | undefined;
};

const digestLength = 22;
/**
 * Lists in headers. Browsers send 30 characters of encodings and one ETag; a CDN may ask with the ETags of several answers. A longer list
 * counts as missing: to take apart the commas of one that fills a request costs a hundred times what the answer does.
 */
const encodingsLengthMax = 200;
const etagsLengthMax = 1000;
/** Browsers and proxies send about twenty different headers. */
const remembered = new LRUCache<string, readonly Encoding[]>({ max: 256 });

/** 132 bits of SHA-256: the version of a body, and the text of its ETag. */
export function digestOf(body: string | Buffer): string {
  return createHash('sha256').update(body).digest('base64url').slice(0, digestLength);
}

/** The smallest prepared variant that the client accepts; the plain one if it accepts no other. */
export function chooseVariant<Variant>(
  { identity, gzip, brotli }: Variants<Variant>,
  acceptEncoding: string | null | undefined,
): Variant {
  if (acceptEncoding === null || acceptEncoding === undefined || gzip === undefined) return identity;
  if (acceptEncoding.length > encodingsLengthMax) return identity;
  for (const encoding of acceptedEncodings(acceptEncoding)) {
    if (encoding === 'br' && brotli !== undefined) return brotli;
    if (encoding === 'gzip') return gzip;
  }
  return identity;
}

function acceptedEncodings(header: string): readonly Encoding[] {
  const known = remembered.get(header);
  if (known !== undefined) return known;
  const accepted = parseAcceptEncoding(header);
  remembered.set(header, accepted);
  return accepted;
}

/** RFC 9110 section 12.5.3 for two encodings. Among the encodings that the client accepts, our order decides. */
function parseAcceptEncoding(header: string): Encoding[] {
  const weights = new Map<string, number>();
  for (const part of header.toLowerCase().split(',')) {
    const [coding = '', ...parameters] = part.split(';');
    const weight = parameters.find((parameter) => parameter.trim().startsWith('q='));
    weights.set(coding.trim(), weight === undefined ? 1 : Number(weight.trim().slice(2)) || 0);
  }
  const weightOf = (coding: string) => weights.get(coding) ?? weights.get('*') ?? 0;
  return (['br', 'gzip'] as const).filter((coding) => weightOf(coding) > 0);
}

/** If-None-Match against the ETag of the chosen bytes: a list or `*`, by weak comparison (RFC 9110 section 13.1.2). */
export function matchesEtag(ifNoneMatch: string | null | undefined, etag: string): boolean {
  if (ifNoneMatch === null || ifNoneMatch === undefined || ifNoneMatch.length > etagsLengthMax) return false;
  if (ifNoneMatch === etag || ifNoneMatch.trim() === '*') return true;
  return ifNoneMatch.split(',').some((candidate) => opaqueTag(candidate.trim()) === opaqueTag(etag));
}

function opaqueTag(tag: string): string {
  return tag.startsWith('W/') ? tag.slice(2) : tag;
}
