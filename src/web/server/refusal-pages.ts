import type { MiddlewareHandler } from 'hono';
import { LRUCache } from 'lru-cache';
import { problemContentType } from '../../http/problem.ts';
import { chooseLanguage } from '../i18n/language.ts';
import type { Assets } from './files/assets.ts';
import { type Message, messagePage } from './pages/message-page.ts';
import { failureHeaders, isForPeople, langKey } from './send-page.ts';

/** Every message, in every language, for every reload delay. */
const pagesMax = 500;

/**
 * Replaces a problem document by a page if a browser asked for a page: a limit, load shedding, or an internal error. Temporary refusals
 * reload themselves. Rendered pages are cached, because refusals must stay cheap.
 */
export function refusalPages(assetsOnce: () => Promise<Assets>): MiddlewareHandler {
  const made = new LRUCache<string, string>({ max: pagesMax });
  return async (c, next) => {
    await next();
    if (c.res.headers.get('content-type') !== problemContentType || !isForPeople(c)) return;
    const { status, headers } = c.res;
    const message = messageOf(status, c.req.method === 'GET' || c.req.method === 'HEAD');
    if (message === undefined) return;
    const lang = chooseLanguage(c.req.query('lang'), c.req.header('accept-language'));
    const more = {
      ...(message === 'busy' ? { againSeconds: Number(headers.get('retry-after')) } : {}),
      // The request id finds the error in the log.
      ...(message === 'broken' ? { requestId: headers.get('x-request-id') ?? '' } : {}),
    };
    const key = `${message} ${langKey({ lang })} ${JSON.stringify(more)}`;
    const page = made.get(key) ?? (await messagePage({ lang, assets: await assetsOnce() }, message, more));
    // A page with a request id is unique, so it is not cached.
    if (message !== 'broken') made.set(key, page);
    // The other headers stay: Retry-After, rate limits, and the request id.
    c.res = new Response(page, { status, headers: failureHeaders });
  };
}

/** Undefined for refusals that a page already shows itself. */
function messageOf(status: number, isReading: boolean): Message | undefined {
  if (status === 429 || status === 503) return isReading ? 'busy' : 'notSent';
  if (status >= 500) return 'broken';
  return status === 404 || status === 400 ? 'missing' : undefined;
}
