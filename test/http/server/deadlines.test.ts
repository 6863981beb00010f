import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestService, startTestService } from '../../../testkit/processes/service.ts';
import { type CutWire, layWire } from '../../../testkit/services/cut-wire.ts';
import { type TestEvent, createEvent, someBuyer } from '../../../testkit/factories.ts';
import { type OwnRedis, startOwnRedis } from '../../../testkit/services/own-redis.ts';
import { testStack } from '../../../testkit/services/stack.ts';
import { until } from '../../../testkit/until.ts';

/**
 * Guards that nobody waits for a stopped server: at most 100 ms for Redis, at most 3 s for Postgres or
 * PgBouncer, with connections that stay open and silent, which no server timeout ends.
 */

/** Allowance for a machine on which other tests run at the same time. */
const slackMs = 400;

let redis: OwnRedis;
let wire: CutWire;
let api: TestService;
let event: TestEvent;
let order: { id: string; accessToken: string };

beforeAll(async () => {
  redis = await startOwnRedis();
  wire = await layWire(testStack().databaseUrl);
  api = await startTestService(
    { REDIS_CACHE_URL: `${redis.url}/0`, REDIS_QUEUE_URL: `${redis.url}/1`, TRUSTED_PROXIES: '127.0.0.1' },
    { databaseWire: wire },
  );
  event = await createEvent(api.service.db);
  await until(() => api.service.redis.status === 'ready');
  order = (await (await place()).json()) as typeof order;
});
afterAll(async () => {
  redis.thaw();
  await wire.mend();
  await api.close();
  await wire.close();
  await redis.close();
});

let networks = 0;
/** Each from a network of its own, so that no limit is known from before. */
const from = () => {
  networks += 1;
  return { 'x-forwarded-for': `10.${networks >> 8}.${networks & 255}.7` };
};
const json = (body: unknown, headers: Record<string, string> = {}) => ({
  method: 'POST',
  headers: { ...from(), 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});
const place = () =>
  api.fetch(
    '/v1/orders',
    json(
      {
        eventSlug: event.slug,
        buyer: someBuyer(),
        lines: [{ ticketCategoryId: event.categories[0]?.id, quantity: 1 }],
      },
      { 'idempotency-key': randomUUID() },
    ),
  );
const read = (path: string, headers: Record<string, string> = {}) =>
  api.fetch(path, { headers: { ...from(), ...headers } });

/** Well-formed, so that the account's key has to be looked up. */
const forged = {
  order_id: 'pay_000000000000000000000000000001',
  status_code: '200',
  gross_amount: '150000.00',
  signature_key: '0'.repeat(128),
  transaction_status: 'settlement',
  transaction_id: '00000000-0000-4000-8000-000000000000',
  merchant_id: 'M-1',
  currency: 'IDR',
  payment_type: 'qris',
};
let asked = 0;
const requests: Readonly<Record<string, () => Promise<Response>>> = {
  'the home page': () => read('/'),
  'a list never asked before': () => read(`/v1/events?q=word${(asked += 1)}`),
  'an event': () => read(`/v1/events/${event.slug}`),
  availability: () => read(`/v1/events/${event.slug}/availability`),
  'a new order': place,
  'an order that is there': () => read(`/v1/orders/${order.id}`, { authorization: `Bearer ${order.accessToken}` }),
  'its tickets': () => read(`/v1/orders/${order.id}/tickets`, { authorization: `Bearer ${order.accessToken}` }),
  'signing in': () => api.fetch('/v1/sessions', json({ email: 'nobody@example.test', password: 'wrong-password' })),
  'a lost link': () =>
    api.fetch('/v1/orders/lookups', json({ email: `nobody-${randomUUID()}@example.test`, code: 'AAAAA-BBBBB' })),
  'a scan': () => api.fetch('/v1/check-ins', json({}, { authorization: 'Bearer key_unknown' })),
  'an organiser’s list': () => read('/v1/organizers/any/events', { authorization: 'Bearer key_unknown' }),
  'a forged callback': () => api.fetch(`/v1/callbacks/midtrans/${event.organizer.slug}`, json(forged)),
};

/** All of them at once, with the time that each took. */
async function ask(): Promise<Record<string, { status: number; ms: number }>> {
  const entries = Object.entries(requests).map(async ([name, request]) => {
    const started = performance.now();
    const answer = await request();
    await answer.arrayBuffer();
    return [name, { status: answer.status, ms: Math.round(performance.now() - started) }] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

const slowerThan = (answers: Record<string, { status: number; ms: number }>, ms: number) =>
  Object.entries(answers).filter(([, answer]) => answer.ms > ms);

describe('Redis that has stopped', () => {
  it('delays no request by more than 100 ms, and changes no answer', async () => {
    await ask();
    const before = await ask();
    redis.freeze();
    const usual = Math.max(...Object.values(before).map(({ ms }) => ms));
    // Redis would delay a request in every round; a busy machine does so in one.
    const rounds = [await ask(), await ask(), await ask()];
    for (const during of rounds) expect(statusesOf(during)).toEqual(statusesOf(before));
    const slowIn = (during: Awaited<ReturnType<typeof ask>>) =>
      new Set(slowerThan(during, usual + 100 + slackMs).map(([name]) => name));
    const slow = rounds.map(slowIn);
    expect(Object.keys(requests).filter((name) => slow.every((names) => names.has(name)))).toEqual([]);
    // One after another, each in a second of its own, to measure each one's wait.
    for (const name of ['signing in', 'a new order', 'a list never asked before', 'a lost link']) {
      let fastestMs = Number.POSITIVE_INFINITY;
      for (let tries = 0; tries < 3; tries += 1) {
        await new Promise((resolve) => setTimeout(resolve, 1100));
        const started = performance.now();
        await (await requests[name]?.())?.arrayBuffer();
        fastestMs = Math.min(fastestMs, performance.now() - started);
      }
      expect([name, fastestMs < (before[name]?.ms ?? 0) + 100 + slackMs / 2]).toEqual([name, true]);
    }
    redis.thaw();
  });
});

describe('Postgres or PgBouncer that has stopped', () => {
  it('delays no request by more than 3 s, blocks no event loop, and requests recover when it is back', async () => {
    await ask();
    const before = await ask();
    wire.freeze();
    let latest = 0;
    let lastTick = performance.now();
    const tick = setInterval(() => {
      latest = Math.max(latest, performance.now() - lastTick - 20);
      lastTick = performance.now();
    }, 20);
    for (let round = 0; round < 2; round += 1) {
      const during = await ask();
      expect(slowerThan(during, 3000 + slackMs)).toEqual([]);
      // Reads from memory are still served; decisions are refused, not guessed.
      expect(during).toMatchObject({
        'an event': { status: 200 },
        'a new order': { status: 503 },
        'an order that is there': { status: 503 },
        'signing in': { status: 503 },
      });
      expect(during['a forged callback']?.status).toBeGreaterThanOrEqual(400);
    }
    clearInterval(tick);
    expect(latest).toBeLessThan(1000);
    await wire.mend();
    await expect.poll(async () => statusesOf(await ask()), { timeout: 10_000 }).toEqual(statusesOf(before));
  });
});

function statusesOf(answers: Record<string, { status: number }>): Record<string, number> {
  return Object.fromEntries(Object.entries(answers).map(([name, { status }]) => [name, status]));
}
