import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { LRUCache } from 'lru-cache';
import { isPlain } from '../../http/hot-path/hot-routes.ts';
import { problemResponse, type ProblemCatalogue } from '../../http/problem.ts';
import type { CachedReads } from '../../http/public-cache/cached-reads.ts';
import { refusalForAnyPage } from '../../http/public-cache/response.ts';
import { newId } from '../../platform/ids.ts';
import { eventNotFound } from '../../access/errors.ts';
import { listingFilterOf } from './listing-filter.ts';
import { type PublicReadDeps, type PublicReads, createPublicReads, listingPath } from './public-reads.ts';
import type { ListingQuery } from '../schemas.ts';

/** Addresses of listings that are remembered with their cache keys, so that a hit need not parse its query again. */
const listingTargetsMax = 4000;
const targetLengthMax = 500;
const publicPath =
  /^\/v1\/events(?:\/[^/]+(?:\/(?:schedule|ticket-categories|availability|organizer|calendar\/(?:event|sale)-(?:id|en)\.ics|queue|queue\/draws(?:\/leaves\/\d+)?|queue\/proofs\/\d+))?)?$/;

/**
 * Serves the public reads before any middleware. `fetch` answers from memory without waiting. It returns undefined for
 * everything else, which goes through the app to the routes. These wait until the answer is rendered.
 */
export type PublicReadServer = {
  readonly reads: PublicReads;
  /** Whether this is the address of a public read. Its answer is the same for everybody and has its own cache headers. */
  serves(method: string, path: string): boolean;
  fetch(request: Request): Response | undefined;
  /** Answers from memory on the connection. Returns false for every other request, which then goes to `fetch`. */
  take(incoming: IncomingMessage, outgoing: ServerResponse): boolean;
  answer(request: Request, read: (reads: PublicReads) => ReturnType<PublicReads['event']>): Promise<Response>;
  /** @param withCancelled also events that were called off, which the API does not list */
  answerListing(request: Request, query: ListingQuery, withCancelled?: boolean): Promise<Response>;
};

export function servePublicReads(
  deps: PublicReadDeps & { readonly cachedReads: CachedReads; readonly problems: ProblemCatalogue },
): PublicReadServer {
  const { cachedReads } = deps;
  const reads = createPublicReads(deps);
  /** Address and query as sent -> cache key of the listing. */
  const listingKeys = new LRUCache<string, string>({ max: listingTargetsMax });

  const keyOf = (target: string): string | undefined => {
    const queryAt = target.indexOf('?');
    const path = queryAt < 0 ? target : target.slice(0, queryAt);
    return path === listingPath ? listingKeys.get(target) : path;
  };

  return {
    reads,
    serves: (method, path) => isReading(method) && publicPath.test(path),
    fetch: (request) => {
      if (!isReading(request.method)) return undefined;
      const target = targetOf(request.url);
      if (!target.startsWith(listingPath)) return undefined;
      const key = keyOf(target);
      const ready = key === undefined ? undefined : cachedReads.atHand(key, request);
      if (ready !== 'missing') return ready;
      return problemResponse(eventNotFound(), newId('req'), deps.problems, refusalForAnyPage);
    },
    take: (incoming, outgoing) => {
      const { method = '', url = '', headers } = incoming;
      if (!isReading(method) || !url.startsWith(listingPath) || !isPlain(incoming)) return false;
      const key = keyOf(url);
      if (key === undefined) return false;
      const ready = cachedReads.plainAtHand(key, {
        method,
        acceptEncoding: acceptEncodingOf(headers),
        ifNoneMatch: headers['if-none-match'] ?? null,
      });
      if (ready === undefined || ready === 'missing') return false;
      outgoing.writeHead(ready.status, ready.headers.listed);
      if (ready.text === undefined) outgoing.end(ready.body);
      else outgoing.end(ready.text, 'latin1');
      return true;
    },
    answer: (request, read) => cachedReads.answer(read(reads), request),
    answerListing: (request, query, withCancelled) => {
      const read = reads.listing(listingFilterOf(query, withCancelled));
      const target = targetOf(request.url);
      if (target.length <= targetLengthMax) listingKeys.set(target, read.key);
      return cachedReads.answer(read, request);
    },
  };
}

function isReading(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** Node's types allow a list here, but its parser joins several fields into one. */
function acceptEncodingOf(headers: IncomingHttpHeaders): string | null {
  const value = headers['accept-encoding'];
  return (Array.isArray(value) ? value.join(', ') : value) ?? null;
}

/** Path and query of an absolute URL. The shortest origin, http://x, is eight characters long. */
function targetOf(url: string): string {
  return url.slice(url.indexOf('/', 8));
}
