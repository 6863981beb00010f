import type { Answer, Encoding, Variant } from './answer.ts';

/** Browsers and proxies send some twenty different headers; the rest is parsed each time. */
const rememberedMax = 256;
const remembered = new Map<string, readonly Encoding[]>();

/** The smallest prepared body that the client accepts; the plain one when it accepts no other. */
export function chooseVariant(answer: Answer, acceptEncoding: string | null): Variant {
  if (acceptEncoding === null || answer.gzip === undefined) return answer.identity;
  for (const encoding of acceptedEncodings(acceptEncoding)) {
    if (encoding === 'br' && answer.brotli !== undefined) return answer.brotli;
    if (encoding === 'gzip') return answer.gzip;
  }
  return answer.identity;
}

function acceptedEncodings(header: string): readonly Encoding[] {
  const known = remembered.get(header);
  if (known !== undefined) return known;
  const accepted = parseAcceptEncoding(header);
  if (remembered.size < rememberedMax) remembered.set(header, accepted);
  return accepted;
}

/** RFC 9110 section 12.5.3, for the two encodings we have: our order decides among what the client does not refuse. */
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
export function matchesEtag(ifNoneMatch: string, etag: string): boolean {
  if (ifNoneMatch === etag || ifNoneMatch.trim() === '*') return true;
  return ifNoneMatch.split(',').some((candidate) => {
    const tag = candidate.trim();
    return (tag.startsWith('W/') ? tag.slice(2) : tag) === etag;
  });
}
