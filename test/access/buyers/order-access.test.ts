import { describe, expect, it } from 'vitest';
import { orderCookie, presentedByToken, presentedLink } from '../../../src/access/buyers/order-access.ts';
import { orderAccessToken, readOrderToken } from '../../../src/access/buyers/order-token.ts';
import { newEventId, newOrderId } from '../../../src/platform/ids.ts';

/** Guards that the link of an order opens only that order (S04, S42, S50). */
describe('order links', () => {
  const secret = 'test-only-order-token-secret-0123456789';
  const deps = { config: { ORDER_TOKEN_SECRET: secret, PUBLIC_URL: 'https://tickets.example' } };
  const [order, other] = [newOrderId(newEventId()), newOrderId(newEventId())];
  const token = orderAccessToken(secret, order, 1);
  const request = (headers: Record<string, string>, method = 'GET') => ({
    req: { method, header: (name: string) => headers[name] },
  });
  const cookie = `__Secure-antre_order=${token}`;
  const local = { config: { ...deps.config, PUBLIC_URL: 'http://localhost:3000' } };

  it('have a token of 256 bits that is the same each time and differs for another order or secret', () => {
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(orderAccessToken(secret, order, 1)).toBe(token);
    expect(orderAccessToken(secret, other, 1)).not.toBe(token);
    expect(orderAccessToken(`${secret}x`, order, 1)).not.toBe(token);
    expect(readOrderToken(secret, order, token)).toBe(1);
    for (const wrong of ['', token.slice(1), `${token}A`, token.toUpperCase(), orderAccessToken(secret, other, 1)]) {
      expect(readOrderToken(secret, order, wrong)).toBeUndefined();
    }
  });

  it('have a version that a client cannot change', () => {
    const second = orderAccessToken(secret, order, 2);
    expect(readOrderToken(secret, order, second)).toBe(2);
    for (const wrong of [second.slice(2), second.replace('2.', '3.'), `2.${token}`, `1.${token}`, `0.${token}`]) {
      expect(readOrderToken(secret, order, wrong)).toBeUndefined();
    }
    expect(presentedLink(request({ authorization: `Bearer ${second}` }), deps, order)).toBe(2);
    const given = orderCookie(deps, order, 2).split(';')[0] ?? '';
    expect(presentedLink(request({ cookie: given }), deps, order)).toBe(2);
  });

  it('carry the token in the bearer header or the cookie, and nowhere else', () => {
    expect(presentedLink(request({ authorization: `Bearer ${token}` }), deps, order)).toBe(1);
    expect(presentedLink(request({ authorization: `bearer ${token}` }), deps, order)).toBe(1);
    expect(presentedLink(request({ cookie: `a=b; ${cookie}; c=d` }), deps, order)).toBe(1);
    const tossed = '__Secure-antre_order=tossed; '.repeat(50);
    expect(presentedLink(request({ cookie: `${tossed}${cookie}` }), deps, order)).toBe(1);
    // A request that is full of well-formed cookies costs no more than a few.
    const full = `__Secure-antre_order=${'A'.repeat(43)}; `.repeat(20);
    expect(presentedLink(request({ cookie: `${full}${cookie}` }), deps, order)).toBeUndefined();
    expect(presentedByToken(request({ cookie }), deps, order)).toBeUndefined();
    expect(presentedLink(request({ cookie: `antre_order=${token}` }), local, order)).toBe(1);
    for (const headers of [
      {},
      { authorization: token },
      { authorization: `Basic ${token}` },
      { authorization: `Bearer ${token} ` },
      { cookie: `x${cookie}` },
      { cookie: `antre_order=${token}` },
      { cookie: '__Secure-antre_order=' },
    ]) {
      expect(presentedLink(request(headers), deps, order)).toBeUndefined();
    }
    expect(presentedLink(request({ authorization: `Bearer ${token}` }), deps, other)).toBeUndefined();
    expect(presentedLink(request({ cookie }), deps, other)).toBeUndefined();
  });

  it('give a cookie for this one order, out of reach of scripts and other sites', () => {
    expect(orderCookie(deps, order, 1)).toBe(
      `${cookie}; Max-Age=2592000; Path=/v1/orders/${order}; HttpOnly; SameSite=Strict; Secure`,
    );
    expect(orderCookie(local, order, 1)).not.toContain('Secure');
  });

  const origin = 'https://tickets.example';
  it.each<[string, Record<string, string>, boolean]>([
    ['our page', { 'sec-fetch-site': 'same-origin', origin }, true],
    ['our page in an old browser', { origin }, true],
    [
      'our page under another name of this server',
      { 'sec-fetch-site': 'same-origin', origin: 'http://10.0.0.5' },
      true,
    ],
    ['a sibling subdomain', { 'sec-fetch-site': 'same-site', origin: 'https://blog.example' }, false],
    ['a sibling subdomain in an old browser', { origin: 'https://evil.tickets.example' }, false],
    ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, false],
    ['another site that lies about its origin', { 'sec-fetch-site': 'cross-site', origin }, false],
    ['a page without an origin', { origin: 'null' }, false],
    ['another port', { origin: `${origin}:8443` }, false],
    ['the same name without TLS', { origin: 'http://tickets.example' }, false],
    ['an address bar', { 'sec-fetch-site': 'none' }, false],
    ['nobody says who', {}, false],
  ])('change something by the cookie alone for our pages only: %s', (_who, headers, isAllowed) => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const asked = () => presentedLink(request({ ...headers, cookie }, method), deps, order);
      if (isAllowed) expect(asked()).toBe(1);
      else expect(asked).toThrow(expect.objectContaining({ code: 'access.cross_site' }));
      expect(presentedLink(request({ ...headers, cookie: `${cookie}x` }, method), deps, order)).toBeUndefined();
      expect(
        presentedLink(request({ ...headers, cookie, authorization: `Bearer ${token}` }, method), deps, order),
      ).toBe(1);
    }
    expect(presentedLink(request({ ...headers, cookie }), deps, order)).toBe(1);
    expect(presentedLink(request({ ...headers, cookie }, 'HEAD'), deps, order)).toBe(1);
  });
});
