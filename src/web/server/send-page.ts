import type { Context } from 'hono';
import { chooseVariant, matchesEtag } from '../../http/negotiation.ts';
import { DomainError } from '../../platform/errors.ts';
import { chooseLanguage } from '../i18n/language.ts';
import type { PageContext } from './layout.ts';
import { safetyHeaders } from './page-headers.ts';
import { messagePage } from './pages/message-page.ts';
import type { Compressed } from './files/variants.ts';

const retryAfterSeconds = 5;
export const failureHeaders = { ...safetyHeaders(), 'cache-control': 'no-store' };

export const assetHeaders = {
  'cache-control': 'public, max-age=31536000, immutable',
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
};
/** Browsers ask each time, so that a new release reaches phones with the next opening. */
export const appHeaders = {
  'cache-control': 'no-cache',
  'service-worker-allowed': '/door',
  'content-security-policy': "default-src 'none'; connect-src 'self'",
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
};
export const robotHeaders = { 'cache-control': 'public, max-age=3600', 'x-content-type-options': 'nosniff' };

/** The part of a rendered page's key that identifies its language. */
export const langKey = ({ lang }: Pick<PageContext, 'lang'>) => `${lang.language}${lang.isAsked ? '!' : ''}`;

/**
 * The page, encoded as the browser accepts. It depends on the preferred language, unless the address names a language that
 * we have.
 */
export function send(c: Context, variants: Compressed, headers: Record<string, string>): Response {
  const { body, encoding } = chooseVariant(variants, c.req.header('accept-encoding'));
  const isPage = headers['content-language'] !== undefined || headers['content-security-policy'] !== undefined;
  const isInAddress = chooseLanguage(c.req.query('lang'), undefined).isAsked;
  const varies = isPage && !isInAddress ? 'Accept-Encoding, Accept-Language' : 'Accept-Encoding';
  const all = { ...headers, etag: variants.etag, vary: varies };
  if (matchesEtag(c.req.header('if-none-match'), variants.etag)) return c.body(null, 304, all);
  return c.body(new Uint8Array(body), 200, encoding === 'identity' ? all : { ...all, 'content-encoding': encoding });
}

/** Refusals of the public reads as pages: objects that do not exist, or cannot be read now. */
export async function orMessage(
  c: Context,
  contextOf: (c: Context) => Promise<PageContext>,
  show: (context: PageContext) => Promise<Response>,
): Promise<Response> {
  const context = await contextOf(c);
  try {
    return await show(context);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    if (error.code === 'event.not_found' || error.code === 'request.invalid') {
      return c.html(await messagePage(context, 'missing'), 404, failureHeaders);
    }
    if (error.code !== 'service.unavailable') throw error;
    const againSeconds = error.retryAfterSeconds ?? retryAfterSeconds;
    const headers = { ...failureHeaders, 'retry-after': String(againSeconds) };
    return c.html(await messagePage(context, 'busy', { againSeconds }), 503, headers);
  }
}

/** Browsers get a page for an unknown address. Programs get the problem document. */
export function isForPeople(c: Context): boolean {
  return !c.req.path.startsWith('/v1/') && /\btext\/html\b/.test(c.req.header('accept') ?? '');
}
