import type { Config } from '../../config.ts';
import { constantTimeEqual } from '../../platform/crypto.ts';
import { bearerOf } from '../credentials/credential.ts';
import { crossSiteRefused } from '../errors.ts';
import { isOrderAccessToken, orderAccessToken } from './order-token.ts';

/** The part of a request's context that is read here. */
type Request = { readonly req: { readonly method: string; header(name: string): string | undefined } };
type Deps = { readonly config: Pick<Config, 'ORDER_TOKEN_SECRET' | 'PUBLIC_URL'> };

/** As long as tickets may be wanted again: mail links open the order at any time anyway. */
const cookieMaxAgeSeconds = 30 * 24 * 3600;
const safeMethods = new Set(['GET', 'HEAD']);

/**
 * `__Secure-`: no page without TLS can set it. Not `__Host-`: that prefix needs the path `/`, and the cookie would go along
 * with every request instead of those of its order.
 */
export function orderCookieName(publicUrl: string): string {
  return isSecure(publicUrl) ? '__Secure-antre_order' : 'antre_order';
}

/**
 * Whether the request proves to come from this order's buyer, by the bearer token or by the order's cookie. Browsers send
 * the cookie with what pages of sibling subdomains ask for, too: a method that changes something also needs the browser's
 * word that a page of ours asks. Held here, so that no route can forget it.
 * @throws DomainError access.cross_site when the cookie is right and the browser says that another site asks, or does not say
 */
export function presentsOrder(c: Request, deps: Deps, orderId: string): boolean {
  if (presentsOrderToken(c, deps, orderId)) return true;
  if (!presentsOrderCookie(c, deps, orderId)) return false;
  if (!safeMethods.has(c.req.method) && !isFromOurPage(c, deps)) throw crossSiteRefused();
  return true;
}

/** The bearer token alone: what `POST /v1/orders/{id}/session` asks for before it gives the cookie. */
export function presentsOrderToken(c: Request, deps: Deps, orderId: string): boolean {
  const token = bearerOf(c.req.header('authorization'));
  return token !== undefined && isOrderAccessToken(deps.config.ORDER_TOKEN_SECRET, orderId, token);
}

/** Whether the request carries the order's token or cookie, wherever it was sent from: enough to tell it from a stranger's. */
export function carriesOrderCredential(c: Request, deps: Deps, orderId: string): boolean {
  return presentsOrderToken(c, deps, orderId) || presentsOrderCookie(c, deps, orderId);
}

/** Looks at every cookie of the name: a sibling subdomain may have set some on a narrower path, which come first. */
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

/** Scripts can set neither field. Browsers before 2023, and pages without TLS, send `Origin` alone. */
function isFromOurPage(c: Request, deps: Deps): boolean {
  const site = c.req.header('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin';
  return c.req.header('origin') === new URL(deps.config.PUBLIC_URL).origin;
}

/**
 * The `Set-Cookie` value that opens this one order: for streams, images and downloads, which cannot send a header. Bound
 * to the order's path, out of reach of scripts, and never sent along with what another site asks for.
 */
export function orderCookie(deps: Deps, orderId: string): string {
  const secure = isSecure(deps.config.PUBLIC_URL) ? '; Secure' : '';
  const token = orderAccessToken(deps.config.ORDER_TOKEN_SECRET, orderId);
  return `${orderCookieName(deps.config.PUBLIC_URL)}=${token}; Max-Age=${cookieMaxAgeSeconds}; Path=/v1/orders/${orderId}; HttpOnly; SameSite=Strict${secure}`;
}

function isSecure(publicUrl: string): boolean {
  return publicUrl.startsWith('https:');
}
