import type { MiddlewareHandler } from 'hono';
import { LRUCache } from 'lru-cache';
import { problemContentType } from '../../http/problem.ts';
import { chooseLanguage } from '../i18n/language.ts';
import type { Assets } from './assets.ts';
import { type Message, messagePage } from './pages/message-page.ts';
import { failureHeaders, isForPeople, langKey } from './send-page.ts';

/** Each message in each language, for each time after which it loads again. */
const pagesMax = 500;

/**
 * Shows people a page where a request for a page was answered with a problem document: by a limit, by shedding, or because something broke.
 * What was refused for now loads again by itself. Pages are kept, since a refusal must stay cheap.
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
      // A fault is found in the log by the id of its request.
      ...(message === 'broken' ? { requestId: headers.get('x-request-id') ?? '' } : {}),
    };
    const key = `${message} ${langKey({ lang })} ${JSON.stringify(more)}`;
    const page = made.get(key) ?? (await messagePage({ lang, assets: await assetsOnce() }, message, more));
    // A page with the id of a request is shown once.
    if (message !== 'broken') made.set(key, page);
    // The other fields of the refusal stay: when to try again, what it says of limits, and the request id.
    c.res = new Response(page, { status, headers: failureHeaders });
  };
}

/** Undefined for what a page says itself. */
function messageOf(status: number, isReading: boolean): Message | undefined {
  if (status === 429 || status === 503) return isReading ? 'busy' : 'notSent';
  if (status >= 500) return 'broken';
  return status === 404 || status === 400 ? 'missing' : undefined;
}
