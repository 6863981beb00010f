import { describe, expect, it } from 'vitest';
import { orderCookie, presentsOrder, presentsOrderToken } from '../../src/access/order-access.ts';
import { isOrderAccessToken, orderAccessToken } from '../../src/access/order-token.ts';
import { newEventId, newOrderId } from '../../src/platform/ids.ts';

/** Guards that one order's link opens that order and no other (S04, S42, S50). */
describe('order links', () => {
  const secret = 'test-only-order-token-secret-0123456789';
  const deps = { config: { ORDER_TOKEN_SECRET: secret, PUBLIC_URL: 'https://tickets.example' } };
  const [order, other] = [newOrderId(newEventId()), newOrderId(newEventId())];
  const token = orderAccessToken(secret, order);
  const request = (headers: Record<string, string>) => ({ req: { header: (name: string) => headers[name] } });

  it('is 256 bits, the same each time, and another for another order or secret', () => {
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(orderAccessToken(secret, order)).toBe(token);
    expect(orderAccessToken(secret, other)).not.toBe(token);
    expect(orderAccessToken(`${secret}x`, order)).not.toBe(token);
    expect(isOrderAccessToken(secret, order, token)).toBe(true);
    for (const wrong of ['', token.slice(1), `${token}A`, token.toUpperCase(), orderAccessToken(secret, other)]) {
      expect(isOrderAccessToken(secret, order, wrong)).toBe(false);
    }
  });

  it('is taken from the bearer header or the cookie, and from nowhere else', () => {
    expect(presentsOrder(request({ authorization: `Bearer ${token}` }), deps, order)).toBe(true);
    expect(presentsOrder(request({ authorization: `bearer ${token}` }), deps, order)).toBe(true);
    expect(presentsOrder(request({ cookie: `a=b; antre_order=${token}; c=d` }), deps, order)).toBe(true);
    expect(presentsOrder(request({ cookie: `antre_order=tossed; antre_order=${token}` }), deps, order)).toBe(true);
    expect(presentsOrderToken(request({ cookie: `antre_order=${token}` }), deps, order)).toBe(false);
    for (const headers of [
      {},
      { authorization: token },
      { authorization: `Basic ${token}` },
      { authorization: `Bearer ${token} ` },
      { cookie: `xantre_order=${token}` },
      { cookie: 'antre_order=' },
    ]) {
      expect(presentsOrder(request(headers), deps, order)).toBe(false);
    }
    expect(presentsOrder(request({ authorization: `Bearer ${token}` }), deps, other)).toBe(false);
    expect(presentsOrder(request({ cookie: `antre_order=${token}` }), deps, other)).toBe(false);
  });

  it('gives a cookie for this one order, out of reach of scripts and other sites', () => {
    expect(orderCookie(deps, order)).toBe(
      `antre_order=${token}; Max-Age=2592000; Path=/v1/orders/${order}; HttpOnly; SameSite=Lax; Secure`,
    );
    const local = { config: { ...deps.config, PUBLIC_URL: 'http://localhost:3000' } };
    expect(orderCookie(local, order)).not.toContain('Secure');
  });
});
