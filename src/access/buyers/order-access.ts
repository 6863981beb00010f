import type { Config } from '../../config.ts';
import { constantTimeEqual } from '../../platform/crypto.ts';
import { bearerOf } from '../credentials/credential.ts';
import { crossSiteRefused } from '../errors.ts';
import { isOrderAccessToken, orderAccessToken } from './order-token.ts';

/** The part of a request's context that this file reads. */
type Request = { readonly req: { readonly method: string; header(name: string): string | undefined } };
type Deps = { readonly config: Pick<Config, 'ORDER_TOKEN_SECRET' | 'PUBLIC_URL'> };

/** Links in mails open the order at any time, also after the cookie has expired. */
const cookieMaxAgeSeconds = 30 * 24 * 3600;
const safeMethods = new Set(['GET', 'HEAD']);

/**
 * With `__Secure-`, no page without TLS can set the cookie. `__Host-` would need the path `/`, and the cookie would be sent with every
 * request instead of those for its order.
 */
export function orderCookieName(publicUrl: string): string {
  return isSecure(publicUrl) ? '__Secure-antre_order' : 'antre_order';
}

/**
 * Whether the request comes from this order's buyer, by the bearer token or the order's cookie. Browsers also send the cookie with
 * requests from pages of sibling subdomains, so a method that changes something must name our own page as its origin. Checked here, so
 * that no route can forget it.
 * @throws DomainError access.cross_site when the cookie is right but the origin is another site or missing
 */
export function presentsOrder(c: Request, deps: Deps, orderId: string): boolean {
  if (presentsOrderToken(c, deps, orderId)) return true;
  if (!presentsOrderCookie(c, deps, orderId)) return false;
  if (!safeMethods.has(c.req.method) && !isFromOurPage(c, deps)) throw crossSiteRefused();
  return true;
}

/** By the bearer token only. `POST /v1/orders/{id}/session` requires this before it sets the cookie. */
export function presentsOrderToken(c: Request, deps: Deps, orderId: string): boolean {
  const token = bearerOf(c.req.header('authorization'));
  return token !== undefined && isOrderAccessToken(deps.config.ORDER_TOKEN_SECRET, orderId, token);
}

/** Whether the request carries the order's token or cookie, from any site: enough to rank it above a stranger's. */
export function carriesOrderCredential(c: Request, deps: Deps, orderId: string): boolean {
  return presentsOrderToken(c, deps, orderId) || presentsOrderCookie(c, deps, orderId);
}

/** Checks every cookie of this name: a sibling subdomain may have set one on a narrower path, which is sent first. */
function presentsOrderCookie(c: Request, deps: Deps, orderId: string): boolean {
  const name = `${orderCookieName(deps.config.PUBLIC_URL)}=`;
  const given = (c.req.header('cookie') ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(name));
  if (given.length === 0) return false;
  const token = orderAccessToken(deps.config.ORDER_TOKEN_SECRET, orderId);
  return given.some((pair) => constantTimeEqual(pair.slice(name.length), token));
}

/** Scripts can set neither field. Browsers before 2023 and pages without TLS send only `Origin`. */
function isFromOurPage(c: Request, deps: Deps): boolean {
  const site = c.req.header('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin';
  return c.req.header('origin') === new URL(deps.config.PUBLIC_URL).origin;
}

/**
 * The `Set-Cookie` value that opens one order, for streams, images and downloads, which cannot send a header. It is bound to the order's
 * path, hidden from scripts, and never sent with requests of another site.
 */
export function orderCookie(deps: Deps, orderId: string): string {
  const secure = isSecure(deps.config.PUBLIC_URL) ? '; Secure' : '';
  const token = orderAccessToken(deps.config.ORDER_TOKEN_SECRET, orderId);
  return `${orderCookieName(deps.config.PUBLIC_URL)}=${token}; Max-Age=${cookieMaxAgeSeconds}; Path=/v1/orders/${orderId}; HttpOnly; SameSite=Strict${secure}`;
}

function isSecure(publicUrl: string): boolean {
  return publicUrl.startsWith('https:');
}
