import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { isPlain } from '../../http/hot-path/hot-routes.ts';
import { problemResponse, type ProblemCatalogue } from '../../http/problem.ts';
import type { CachedReads } from '../../http/public-cache/cached-reads.ts';
import { newId } from '../../platform/ids.ts';
import { eventNotFound } from '../errors.ts';
import { listingFilterOf } from './listing-filter.ts';
import { type PublicReadDeps, type PublicReads, createPublicReads, listingPath } from './public-reads.ts';
import type { ListingQuery } from '../schemas.ts';

/** Ways to write a listing's address that are remembered, so that a hit does not parse its query again. */
const listingTargetsMax = 4000;
const targetLengthMax = 500;
const publicPath =
  /^\/v1\/events(?:\/[^/]+(?:\/(?:schedule|ticket-categories|availability|queue|queue\/draws(?:\/leaves\/\d+)?|queue\/proofs\/\d+))?)?$/;

/**
 * The public reads in front of everything else. `fetch` answers what is at hand, without waiting, and gives back
 * undefined for all the rest: those requests take the way through the app, its limits and its log, to the routes,
 * which wait for the answer to be made.
 */
export type PublicReadServer = {
  readonly reads: PublicReads;
  /** Whether this is the address of a public read, whose answer is the same for everybody and says so itself. */
  serves(method: string, path: string): boolean;
  fetch(request: Request): Response | undefined;
  /** Answers on the connection what is at hand; false for every other request, which takes the way of `fetch`. */
  take(incoming: IncomingMessage, outgoing: ServerResponse): boolean;
  answer(request: Request, read: (reads: PublicReads) => ReturnType<PublicReads['event']>): Promise<Response>;
  answerListing(request: Request, query: ListingQuery): Promise<Response>;
};

export function servePublicReads(
  deps: PublicReadDeps & { readonly cachedReads: CachedReads; readonly problems: ProblemCatalogue },
): PublicReadServer {
  const { cachedReads } = deps;
  const reads = createPublicReads(deps);
  /** Address and query as sent -> key of the listing. */
  const listingKeys = new Map<string, string>();

  const keyOf = (target: string): string | undefined => {
    const queryAt = target.indexOf('?');
    const path = queryAt < 0 ? target : target.slice(0, queryAt);
    return path === listingPath ? listingKeys.get(target) : path;
  };

  const rememberListing = (target: string, key: string): void => {
    if (target.length > targetLengthMax || listingKeys.has(target)) return;
    const oldest = listingKeys.size >= listingTargetsMax ? listingKeys.keys().next().value : undefined;
    if (oldest !== undefined) listingKeys.delete(oldest);
    listingKeys.set(target, key);
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
      return ready === 'missing' ? problemResponse(eventNotFound(), newId('req'), deps.problems) : ready;
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
      outgoing.writeHead(ready.status, ready.headers);
      outgoing.end(ready.body);
      return true;
    },
    answer: (request, read) => cachedReads.answer(read(reads), request),
    answerListing: (request, query) => {
      const read = reads.listing(listingFilterOf(query));
      rememberListing(targetOf(request.url), read.key);
      return cachedReads.answer(read, request);
    },
  };
}

function isReading(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** Node's type says that this field may be a list; its parser joins several into one. */
function acceptEncodingOf(headers: IncomingHttpHeaders): string | null {
  const value = headers['accept-encoding'];
  return (Array.isArray(value) ? value.join(', ') : value) ?? null;
}

/** Path and query of an absolute URL. The shortest origin, http://x, is eight characters long. */
function targetOf(url: string): string {
  return url.slice(url.indexOf('/', 8));
}
