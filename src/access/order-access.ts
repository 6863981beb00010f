import type { Config } from '../config.ts';
import { bearerOf } from './credential.ts';
import { isOrderAccessToken, orderAccessToken } from './order-token.ts';

/** The part of a request's context that is read here. */
type Headers = { readonly req: { header(name: string): string | undefined } };
type Deps = { readonly config: Pick<Config, 'ORDER_TOKEN_SECRET'> };

const cookieName = 'antre_order';
/** As long as tickets may be wanted again: mail links open the order at any time anyway. */
const cookieMaxAgeSeconds = 30 * 24 * 3600;
/** Cookies of this name that are looked at: another page of the site may have set one on a wider path. */
const cookiesTriedMax = 4;

/** Whether the request proves to come from this order's buyer, by the bearer token or by the order's cookie. */
export function presentsOrder(c: Headers, deps: Deps, orderId: string): boolean {
  return presentsOrderToken(c, deps, orderId) || presentsOrderCookie(c, deps, orderId);
}

/** The bearer token alone: what `POST /v1/orders/{id}/session` asks for before it gives the cookie. */
export function presentsOrderToken(c: Headers, deps: Deps, orderId: string): boolean {
  const token = bearerOf(c.req.header('authorization'));
  return token !== undefined && isOrderAccessToken(deps.config.ORDER_TOKEN_SECRET, orderId, token);
}

function presentsOrderCookie(c: Headers, deps: Deps, orderId: string): boolean {
  const tokens = (c.req.header('cookie') ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${cookieName}=`))
    .slice(0, cookiesTriedMax);
  return tokens.some((pair) =>
    isOrderAccessToken(deps.config.ORDER_TOKEN_SECRET, orderId, pair.slice(cookieName.length + 1)),
  );
}

/**
 * The `Set-Cookie` value that opens this one order: for streams, images and downloads, which cannot send a header. Bound
 * to the order's path, out of reach of scripts, and never sent along with another site's form.
 */
export function orderCookie(
  deps: { readonly config: Pick<Config, 'ORDER_TOKEN_SECRET' | 'PUBLIC_URL'> },
  orderId: string,
): string {
  const secure = deps.config.PUBLIC_URL.startsWith('http:') ? '' : '; Secure';
  const token = orderAccessToken(deps.config.ORDER_TOKEN_SECRET, orderId);
  return `${cookieName}=${token}; Max-Age=${cookieMaxAgeSeconds}; Path=/v1/orders/${orderId}; HttpOnly; SameSite=Lax${secure}`;
}
