import { Hono } from 'hono';
import { Redis } from 'ioredis';
import { afterAll, beforeAll } from 'vitest';
import { type PresentsCredential } from '../../../src/http/hot-path/hot-request.ts';
import { markVerified } from '../../../src/http/request-context.ts';
import { createClientNetwork } from '../../../src/http/server/client-network.ts';
import { serve, type Serving } from '../../../src/http/server/serve.ts';
import { createDecide, createTrafficControl, type TrafficControl } from '../../../src/traffic-control/index.ts';
import { trafficControl } from '../../../src/traffic-control/middleware.ts';
import { createTestRedis, type TestRedis } from '../../../testkit/services/redis.ts';

/**
 * Apps behind the middleware of traffic control, over one Redis. Registers its setup and teardown with the calling test
 * file.
 */
export function useLimitedApps() {
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

  return {
    start,
  };
}
