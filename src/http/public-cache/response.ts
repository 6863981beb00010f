import type { Variant } from './answer.ts';
import { type Entry, type ReadySlot, type SentHeaders, textBytesMax } from './entry.ts';
import { chooseVariant, matchesEtag } from '../negotiation.ts';

/** Where the bytes of an answer came from, for `Cache-Status` (RFC 9211). */
export type Source = 'memory' | 'shared' | 'built' | 'collapsed' | 'stale';

/**
 * How long our edge keeps an answer, and how long it may send it while it asks for a newer one. The edge does not learn
 * of changes, so this is short. nginx counts whole seconds; with these values no answer from it is older than three.
 */
export const edgeSeconds = '1';
export const edgeStaleSeconds = 1;

/** Everybody gets the same bytes, so any page may read them, and no answer varies by Origin. */
const forAnyPage = { 'access-control-allow-origin': '*' };
/** A page that was refused may also read when to ask again. */
export const refusalForAnyPage = { ...forAnyPage, 'access-control-expose-headers': 'retry-after' };

/** An entry that is being sent. */
export type Found = { readonly entry: Entry; readonly source: Source; readonly now: number };

/** The parts of a GET or HEAD that an answer depends on. */
export type Asked = {
  readonly method: string;
  readonly acceptEncoding: string | null;
  readonly ifNoneMatch: string | null;
};

/** The answer without Request and Response objects. Body and headers are constants, so a hit costs two header lookups. */
export type ReadAnswer = {
  readonly status: 200 | 304;
  readonly headers: SentHeaders;
  readonly body: Variant['body'] | null;
  /** The same bytes in Latin-1, if they are few. */
  readonly text: string | undefined;
};

/** The answer to a GET or HEAD. */
export function answerTo(asked: Asked, { entry, source, now }: Found): ReadAnswer {
  const variant = chooseVariant(entry.answer, asked.acceptEncoding);
  const ready = source === 'memory' ? slotOf(entry, variant, now) : makeReady(entry, variant, source, now);
  if (matchesEtag(asked.ifNoneMatch, variant.etag)) {
    return { status: 304, headers: ready.notModified, body: null, text: undefined };
  }
  if (asked.method === 'HEAD') return { status: 200, headers: ready.full, body: null, text: undefined };
  return { status: 200, headers: ready.full, body: variant.body, text: ready.text };
}

/** The same answer for the router. */
export function respond(request: Request, found: Found): Response {
  const { status, headers, body } = answerTo(
    {
      method: request.method,
      acceptEncoding: request.headers.get('accept-encoding'),
      ifNoneMatch: request.headers.get('if-none-match'),
    },
    found,
  );
  return new Response(body, { status, headers: headers.named });
}

function slotOf(entry: Entry, variant: Variant, now: number): ReadySlot {
  const slot = entry.readySlots[variant.encoding];
  if (slot !== undefined && slot.ageSeconds === ageOf(entry, now)) return slot;
  const { body } = variant;
  const text = slot?.text ?? (body.length <= textBytesMax ? body.toString('latin1') : undefined);
  const made = makeReady(entry, variant, 'memory', now, text);
  entry.readySlots[variant.encoding] = made;
  return made;
}

function ageOf(entry: Entry, now: number): number {
  return Math.max(0, Math.floor((now - entry.renderedAt) / 1000));
}

/** @param text the body as a text, if it is sent as one */
function makeReady(
  entry: Entry,
  { encoding, etag, body }: Variant,
  source: Source,
  now: number,
  text?: string,
): ReadySlot {
  const { kind } = entry.read;
  const maxAge = Math.max(1, Math.floor(entry.lifetimeMs / 1000));
  const ageSeconds = ageOf(entry, now);
  const ttlSeconds = Math.ceil((entry.renderedAt + entry.lifetimeMs - now) / 1000);
  const notModified = {
    etag,
    'cache-control': `public, max-age=${maxAge}, stale-while-revalidate=${edgeStaleSeconds}, stale-if-error=${kind.staleIfErrorSeconds}`,
    'x-accel-expires': edgeSeconds,
    'cdn-cache-control':
      `public, s-maxage=${maxAge}, stale-while-revalidate=${kind.staleWhileRevalidateSeconds}, ` +
      `stale-if-error=${kind.staleIfErrorSeconds}`,
    vary: 'Accept-Encoding',
    age: String(ageSeconds),
    'cache-status': `antre; ${cacheStatus(source, ttlSeconds)}`,
    'surrogate-key': `${entry.surrogateKeys} ${kind.name}`,
    ...forAnyPage,
  };
  const full = {
    ...notModified,
    'content-type': kind.type,
    'content-length': String(body.length),
    'x-content-type-options': 'nosniff',
    ...(encoding === 'identity' ? {} : { 'content-encoding': encoding }),
  };
  return { ageSeconds, full: sent(full), notModified: sent(notModified), text };
}

function sent(named: Readonly<Record<string, string>>): SentHeaders {
  return { named, listed: Object.entries(named).flat() };
}

function cacheStatus(source: Source, ttlSeconds: number): string {
  if (source === 'stale') return `fwd=stale; fwd-status=503; ttl=${ttlSeconds}; detail=last-good`;
  if (source === 'memory' || source === 'shared') return `hit; ttl=${ttlSeconds}; detail=${source}`;
  return source === 'built' ? 'fwd=miss; stored' : 'fwd=miss; stored; collapsed';
}
