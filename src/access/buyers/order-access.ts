import type { Config } from '../../config.ts';
import { isFromOurPage } from '../../http/our-page.ts';
import { bearerOf } from '../credentials/credential.ts';
import { crossSiteRefused } from '../errors.ts';
import { hasOrderTokenForm, orderAccessToken, readOrderToken } from './order-token.ts';

/** The part of a request's context that this file reads. */
type Request = { readonly req: { readonly method: string; header(name: string): string | undefined } };
type Deps = { readonly config: Pick<Config, 'ORDER_TOKEN_SECRET' | 'PUBLIC_URL'> };

/** Links in mails open the order at any time, also after the cookie has expired. */
const cookieMaxAgeSeconds = 30 * 24 * 3600;
const safeMethods = new Set(['GET', 'HEAD']);
/** A request has room for 240 cookies with the form of a token, and each takes 20 us to check. A browser sends one. */
const cookiesCheckedMax = 20;

/**
 * With `__Secure-`, no page without TLS can set the cookie. `__Host-` would need the path `/`, and the cookie would
 * then be sent with every request instead of only those for its order.
 */
function orderCookieName(publicUrl: string): string {
  return isSecure(publicUrl) ? '__Secure-antre_order' : 'antre_order';
}

/**
 * The version of the order's link that the request presents, by the bearer token or the order's cookie; undefined for a
 * request that does not come from a buyer of this order. `ownOrder` of the room orders compares the version with the
 * order's row. Browsers also send the cookie with requests from pages of sibling subdomains, so a method that changes
 * something must name our own page as its origin. This is checked here, so that no route can forget it.
 * @throws DomainError access.cross_site if the cookie is right but the origin is another site or missing
 */
export function presentedLink(c: Request, deps: Deps, orderId: string): number | undefined {
  const byToken = presentedByToken(c, deps, orderId);
  if (byToken !== undefined) return byToken;
  const byCookie = presentedByCookie(c, deps, orderId);
  if (byCookie === undefined) return undefined;
  if (!safeMethods.has(c.req.method) && !isFromOurPage(c, deps.config.PUBLIC_URL)) throw crossSiteRefused();
  return byCookie;
}

/** Only the bearer token counts. `POST /v1/orders/{id}/session` requires this before it sets the cookie. */
export function presentedByToken(c: Request, deps: Deps, orderId: string): number | undefined {
  const token = bearerOf(c.req.header('authorization'));
  return token === undefined ? undefined : readOrderToken(deps.config.ORDER_TOKEN_SECRET, orderId, token);
}

/**
 * Whether the request carries a token or cookie of the order, from any site. This is enough to rank it above a
 * stranger's.
 */
export function carriesOrderCredential(c: Request, deps: Deps, orderId: string): boolean {
  return presentedByToken(c, deps, orderId) !== undefined || presentedByCookie(c, deps, orderId) !== undefined;
}

/** Checks several cookies of this name: a sibling subdomain may have set one on a narrower path, which is sent first. */
function presentedByCookie(c: Request, deps: Deps, orderId: string): number | undefined {
  const name = `${orderCookieName(deps.config.PUBLIC_URL)}=`;
  const given = (c.req.header('cookie') ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(name))
    .map((pair) => pair.slice(name.length))
    .filter(hasOrderTokenForm)
    .slice(0, cookiesCheckedMax);
  for (const token of given) {
    const version = readOrderToken(deps.config.ORDER_TOKEN_SECRET, orderId, token);
    if (version !== undefined) return version;
  }
  return undefined;
}

/**
 * The `Set-Cookie` value that opens one order, for streams, images and downloads, which cannot send a header. It is
 * bound to the order's path, hidden from scripts, and never sent with requests from another site.
 */
export function orderCookie(deps: Deps, orderId: string, version: number): string {
  const secure = isSecure(deps.config.PUBLIC_URL) ? '; Secure' : '';
  const token = orderAccessToken(deps.config.ORDER_TOKEN_SECRET, orderId, version);
  return `${orderCookieName(deps.config.PUBLIC_URL)}=${token}; Max-Age=${cookieMaxAgeSeconds}; Path=/v1/orders/${orderId}; HttpOnly; SameSite=Strict${secure}`;
}

function isSecure(publicUrl: string): boolean {
  return publicUrl.startsWith('https:');
}
