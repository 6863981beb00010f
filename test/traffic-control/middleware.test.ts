import { describe, expect, it } from 'vitest';
import type { PresentsCredential } from '../../src/http/hot-path/hot-request.ts';
import { useLimitedApps } from './support/limited-app.ts';

const { start } = useLimitedApps();

describe('a refusal', () => {
  it('is a problem document with the draft’s fields and an integer, jittered Retry-After', async () => {
    const app = await start({ orders: 5 });
    const first = await app.call('POST', '/v1/orders');
    expect(first.status).toBe(201);
    expect(first.headers.get('ratelimit-policy')).toBe('"orders";q=5;w=60');
    expect(first.headers.get('ratelimit')).toMatch(/^"orders";r=4;t=(?:60|59)$/);
    for (let request = 0; request < 4; request += 1) await app.call('POST', '/v1/orders');
    const waits = new Set<string>();
    for (let request = 0; request < 20; request += 1) {
      const refused = await app.call('POST', '/v1/orders');
      expect(refused.status).toBe(429);
      expect(refused.headers.get('content-type')).toBe('application/problem+json');
      expect(refused.headers.get('cache-control')).toBe('no-store');
      expect(refused.headers.get('ratelimit-policy')).toBe('"orders";q=5;w=60');
      expect(refused.headers.get('ratelimit')).toMatch(/^"orders";r=0;t=\d+$/);
      const retryAfter = refused.headers.get('retry-after') ?? '';
      expect(retryAfter).toMatch(/^\d+$/);
      const resetSeconds = Number(/t=(\d+)/.exec(refused.headers.get('ratelimit') ?? '')?.[1]);
      expect(Number(retryAfter)).toBeGreaterThanOrEqual(resetSeconds);
      waits.add(retryAfter);
      const problem = (await refused.json()) as Record<string, unknown>;
      expect(problem).toMatchObject({
        type: 'urn:antre:problem:traffic.rate_limited',
        status: 429,
        code: 'traffic.rate_limited',
        'violated-policies': ['orders'],
      });
      expect(problem['requestId']).toBe(refused.headers.get('x-request-id'));
    }
    expect(waits.size).toBeGreaterThan(1);
    expect(app.bodiesRead()).toBe(5);
  });

  it('of one route leaves other routes open', async () => {
    const app = await start({ orders: 1 });
    await app.call('POST', '/v1/orders');
    expect((await app.call('POST', '/v1/orders')).status).toBe(429);
    expect((await app.call('GET', '/v1/orders/ord_1')).status).toBe(200);
    expect((await app.call('GET', '/v1/events')).headers.get('ratelimit')).toBeNull();
    expect((await app.call('GET', '/v1/nothing')).headers.get('ratelimit')).toMatch(/^"network";/);
  });
});

describe('the client that is counted (S21)', () => {
  const spoofs = (index: number) => ({
    'x-forwarded-for': `203.0.${index}.1, 198.51.${index}.7`,
    forwarded: `for=203.0.${index}.1`,
    'x-real-ip': `203.0.${index}.1`,
    'cf-connecting-ip': `203.0.${index}.1`,
    'true-client-ip': `203.0.${index}.1`,
  });

  it('does not change with headers that no trusted proxy wrote', async () => {
    const app = await start({ requests: 100 });
    let served = 0;
    for (let request = 0; request < 250; request += 1) {
      const path = ['/v1/events', '/v1/events/', '/v1//events', '/V1/events', '/v1/%65vents'][request % 5] ?? '';
      if ((await app.call('GET', path, spoofs(request))).status !== 429) served += 1;
    }
    expect(served).toBe(100);
  });

  it('is the hop that a trusted proxy wrote, and no other', async () => {
    const app = await start({ orders: 3, trusted: ['127.0.0.0/8'] });
    const place = (forwarded: string) => app.call('POST', '/v1/orders', { 'x-forwarded-for': forwarded });
    for (let request = 0; request < 3; request += 1) {
      expect((await place(`10.9.${request}.1, 203.0.113.${request}`)).status).toBe(201);
    }
    expect((await place('10.9.9.1, 203.0.113.250')).status).toBe(429);
    expect((await place('203.0.114.1')).status).toBe(201);
    for (let request = 0; request < 3; request += 1) {
      expect((await place(`2001:db8:1:2:${request}::1`)).status).toBe(201);
    }
    expect((await place('2001:db8:1:2:ffff::1')).status).toBe(429);
  });

  it('belongs to an IPv6 /48 too, which has four times the allowance', async () => {
    const app = await start({ orders: 3, trusted: ['127.0.0.0/8'] });
    const place = (address: string) => app.call('POST', '/v1/orders', { 'x-forwarded-for': address });
    const statuses: number[] = [];
    for (let network = 0; network < 15; network += 1) {
      statuses.push((await place(`[2001:db8:7:${network.toString(16)}::1]:50001`)).status);
    }
    expect(statuses).toEqual([...Array.from({ length: 12 }, () => 201), 429, 429, 429]);
    const refused = await place('2001:db8:7:ffff::1');
    expect(await refused.json()).toMatchObject({ 'violated-policies': ['orders_wide'] });
    expect((await place('2001:db8:8::1')).status).toBe(201);
  });

  it('without a readable address shares the allowance of one network, and not that of the proxy', async () => {
    const app = await start({ orders: 3, trusted: ['127.0.0.0/8'] });
    const place = (address: string) => app.call('POST', '/v1/orders', { 'x-forwarded-for': address });
    const odd = ['unknown', '_a', 'client.example', '1.2.3', 'x'];
    const statuses: number[] = [];
    for (const address of odd) statuses.push((await place(address)).status);
    expect(statuses).toEqual([201, 201, 201, 429, 429]);
    expect((await app.call('POST', '/v1/orders')).status).toBe(201);
    expect((await place('198.51.100.7:4711')).status).toBe(201);
  });

  it('is that hop, however many the client has written before it', async () => {
    const app = await start({ orders: 3, trusted: ['127.0.0.0/8'] });
    const place = (request: number) => {
      const own = Array.from({ length: 40 }, (_, hop) => `10.${request}.${hop}.1`).join(', ');
      return app.call('POST', '/v1/orders', { 'x-forwarded-for': `${own}, 203.0.113.7` });
    };
    for (let request = 0; request < 3; request += 1) expect((await place(request)).status).toBe(201);
    expect((await place(3)).status).toBe(429);
  });
});

describe('a credential', () => {
  it('has one allowance, however its scheme is written', async () => {
    const app = await start({ requests: 20 });
    const schemes = ['Bearer', 'bearer', 'BEARER', 'bEaReR'];
    const statuses: number[] = [];
    // Twice 20 scans in a minute; the network may send 200.
    for (let request = 0; request < 60; request += 1) {
      const authorization = `${schemes[request % schemes.length]} antre_key_${'A'.repeat(65)}`;
      statuses.push((await app.call('POST', '/v1/check-ins', { authorization })).status);
    }
    expect(statuses.filter((status) => status !== 429)).toHaveLength(40);
  });
});

describe('door staff', () => {
  const presents: PresentsCredential = (_kind, request) => request.header('authorization') === 'Bearer good';
  const scan = (app: Awaited<ReturnType<typeof start>>, key: string) =>
    app.call('POST', '/v1/check-ins', { authorization: `Bearer ${key}` });
  /** More than the network of a door may send in a minute, which is 10 times 20. */
  const flood = async (app: Awaited<ReturnType<typeof start>>) => {
    const statuses: number[] = [];
    for (let request = 0; request < 220; request += 1) {
      statuses.push((await scan(app, `antre_key_${String(request).padStart(65, 'A')}`)).status);
    }
    return statuses;
  };

  it('are served while strangers in the same network make up keys', async () => {
    const app = await start({ requests: 20, presents });
    const statuses = await flood(app);
    expect(statuses.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 401));
    expect(statuses.slice(20).every((status) => status === 429)).toBe(true);
    expect((await scan(app, 'good')).status).toBe(200);
  });

  it('control: are locked out by them where keys are not checked', async () => {
    const app = await start({ requests: 20 });
    await flood(app);
    expect((await scan(app, 'good')).status).toBe(429);
  });
});
