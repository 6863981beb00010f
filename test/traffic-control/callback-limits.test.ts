import { Hono } from 'hono';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PresentsCredential } from '../../src/http/hot-path/hot-request.ts';
import { markVerified } from '../../src/http/request-context.ts';
import { createClientNetwork } from '../../src/http/server/client-network.ts';
import { type Serving, serve } from '../../src/http/server/serve.ts';
import { type TrafficControl, createDecide, createTrafficControl } from '../../src/traffic-control/index.ts';
import { trafficControl } from '../../src/traffic-control/middleware.ts';
import { type TestRedis, createTestRedis } from '../../testkit/services/redis.ts';

let testRedis: TestRedis;
let redis: Redis;
const serving: Serving[] = [];
const controls: TrafficControl[] = [];

beforeAll(async () => {
  testRedis = await createTestRedis();
  redis = new Redis(testRedis.cacheUrl, { enableAutoPipelining: true });
  await redis.ping();
});

afterAll(async () => {
  for (const one of serving) await one.close();
  for (const one of controls) one.close();
  redis.disconnect();
  await testRedis.close();
});

let made = 0;

/** An app behind the middleware, on a port of its own, with counts of its own. */
async function start(
  options: { requests?: number; orders?: number; trusted?: string[]; presents?: PresentsCredential } = {},
) {
  made += 1;
  const control = createTrafficControl({
    redis,
    config: {
      API_PROCESSES: 1,
      HASH_SECRET: `a secret of app ${made}`.padEnd(32, '.'),
      REQUESTS_PER_MINUTE_PER_NETWORK: options.requests ?? 6000,
      ORDERS_PER_MINUTE_PER_NETWORK: options.orders ?? 5,
      SIGN_INS_PER_MINUTE_PER_NETWORK: 5,
      VERIFICATIONS_PER_MINUTE_PER_NETWORK: 5,
      VERIFICATIONS_PER_MINUTE: 100,
    },
    pools: [],
    redisDeadlineMs: 5000,
  });
  controls.push(control);
  let bodiesRead = 0;
  const app = new Hono();
  const network = createClientNetwork(options.trusted ?? []);
  app.use(trafficControl(control, createDecide(control, network, undefined, options.presents), network));
  app.post('/v1/callbacks/:gateway/:slug', (c) => {
    const [, status, mark] = /^answered-(\d{3})(-verified)?/.exec(c.req.param('slug')) ?? [];
    if (status === undefined || mark !== undefined) markVerified(c);
    return new Response('{}', { status: Number(status ?? 200) });
  });
  app.post('/v1/orders', async (c) => {
    await c.req.text();
    bodiesRead += 1;
    return c.json({}, 201);
  });
  app.post('/v1/check-ins', (c) => c.json({}, c.req.header('authorization') === 'Bearer good' ? 200 : 401));
  for (const path of ['/v1/orders/:id', '/v1/events', '/v1/events/:slug']) app.get(path, (c) => c.json({}));
  const one = await serve(app, { host: '127.0.0.1', port: 0, reusePort: false });
  serving.push(one);
  const call = (method: string, path: string, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${one.port}${path}`, { method, headers, ...(method === 'POST' ? { body: '{}' } : {}) });
  return { call, bodiesRead: () => bodiesRead, control };
}

describe('callbacks', () => {
  it('are never limited while they verify', async () => {
    const app = await start({ requests: 10 });
    for (let request = 0; request < 100; request += 1) {
      expect((await app.call('POST', '/v1/callbacks/midtrans/demo')).status).toBe(200);
    }
  });

  it.each([400, 401, 403, 404, 413, 415, 422, 500, 503])(
    'that do not verify are refused in the end, without harm to those that do, when they are answered %i',
    async (status) => {
      const app = await start();
      const statuses = [];
      for (let request = 0; request < 70; request += 1) {
        statuses.push((await app.call('POST', `/v1/callbacks/midtrans/answered-${status}`)).status);
      }
      expect(statuses.slice(0, 60)).toEqual(Array.from({ length: 60 }, () => status));
      expect(statuses.at(-1)).toBe(429);
      expect((await app.call('POST', '/v1/callbacks/midtrans/demo')).status).toBe(200);
    },
  );

  it.each([404, 500, 503])('that verify are never refused, also when they are answered %i', async (status) => {
    const app = await start();
    const statuses = new Set<number>();
    for (let request = 0; request < 100; request += 1) {
      statuses.add((await app.call('POST', `/v1/callbacks/midtrans/answered-${status}-verified`)).status);
    }
    expect([...statuses]).toEqual([status]);
  });

  it('that do not verify are refused in the end also when each has an address of its own', async () => {
    const app = await start();
    let verified = 0;
    for (let round = 0; round < 14; round += 1) {
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, place) =>
          app.call('POST', `/v1/callbacks/midtrans/answered-401-${round}-${place}`),
        ),
      );
      verified += answers.filter(({ status }) => status === 401).length;
    }
    // Those under way when the limit is crossed are answered.
    expect(verified).toBeGreaterThanOrEqual(1200);
    expect(verified).toBeLessThanOrEqual(1300);
  });
});
