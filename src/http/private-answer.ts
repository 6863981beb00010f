import type { Context } from 'hono';
import { digestOf, matchesEtag } from './negotiation.ts';

/** The headers of an answer for one person: no cache may keep it. */
export const privateHeaders = { 'cache-control': 'private, no-store' };

/** Sets the headers of a private answer with this content. Returns whether the caller already has it. */
export function isUnchanged(c: Context, content: string): boolean {
  return isKnownVersion(c, digestOf(content));
}

/**
 * As `isUnchanged`, for content that is costly to make.
 * @param version changes with the content; letters, digits, `-` and `_`
 */
export function isKnownVersion(c: Context, version: string): boolean {
  const etag = `"${version}"`;
  c.header('etag', etag);
  c.header('cache-control', privateHeaders['cache-control']);
  return matchesEtag(c.req.header('if-none-match'), etag);
}
