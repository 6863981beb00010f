import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp } from '../../../src/app.ts';
import { buyerKeys } from '../../../src/orders/placement/keys.ts';
import { type Serving, serve } from '../../../src/http/server/serve.ts';
import { createHealthReader } from '../../../src/waiting-room/admission/health-reader.ts';
import { signPass } from '../../../src/waiting-room/places/pass.ts';
import { type TestEvent, createEvent, someBuyer } from '../../../testkit/factories.ts';
import { type TestService, startTestService } from '../../../testkit/processes/service.ts';
import { silentLog } from '../../../testkit/processes/worker.ts';
import { until } from '../../../testkit/until.ts';
import { openRoom } from '../../../testkit/waiting-room/rooms.ts';

/**
 * Guards that the crowd of one event is refused as soon as a request names the event: by the header before the body has
 * arrived, otherwise by the body, and never the visitors of another event.
 */

const ordersPerMinute = 60;
let api: TestService;
let serving: Serving;
let hot: TestEvent;
let other: TestEvent;

beforeAll(async () => {
  // An order waits for a lane that the test holds as long as the test takes, however busy the machine is.
  const heldMs = 60_000;
  api = await startTestService(
    {
      TRUSTED_PROXIES: '127.0.0.1',
      DATABASE_WRITE_POOL_SIZE: '3',
      ORDERS_PER_MINUTE_PER_NETWORK: String(ordersPerMinute),
      DATABASE_CALL_TIMEOUT_MS: String(heldMs),
    },
    { orderMs: heldMs },
  );
  const owner = postgres(api.directUrl, { max: 1, onnotice: () => {} });
  await owner.unsafe(`alter function enter_lane(text) set lock_timeout = ${heldMs}`);
  await owner.end();
  serving = await serve(createApp(api.service), { host: '127.0.0.1', port: 0, reusePort: false });
  hot = await createEvent(api.service.db, { categories: [{ capacity: 1000 }] });
  other = await createEvent(api.service.db, { categories: [{ capacity: 1000 }] });
});
afterAll(async () => {
  await serving.close();
  await api.close();
});

const healthOf = (event: TestEvent) => createHealthReader({ redis: api.service.redis, log: silentLog }).read(event.id);
let networks = 0;
const nextAddress = () => {
  networks += 1;
  return `10.${networks >> 8}.${networks & 255}.1`;
};

const orderFrom = (address: string) => order(other, { 'event-slug': other.slug, 'x-forwarded-for': address });
const remaining = ({ limits }: { limits: string | null }) => Number(/r=(\d+)/.exec(limits ?? '')?.[1]);

type Way = '/v1/orders' | '/v1/orders?way=router';

async function order(
  event: TestEvent,
  headers: Record<string, string> = {},
  way: Way = '/v1/orders',
  buyer = someBuyer(),
) {
  const response = await fetch(`http://127.0.0.1:${serving.port}${way}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
      'x-forwarded-for': nextAddress(),
      ...headers,
    },
    body: JSON.stringify({
      eventSlug: event.slug,
      buyer,
      lines: [{ ticketCategoryId: event.categories[0]?.id, quantity: 1 }],
    }),
  });
  const answer: Record<string, unknown> = JSON.parse(await response.text());
  return { status: response.status, limits: response.headers.get('ratelimit'), answer };
}

/** The answer that comes although the body never does; nothing if the body is waited for. */
async function headOnly(event: TestEvent, address: string, waitMs: number, way: Way = '/v1/orders'): Promise<string> {
  const socket = net.connect(serving.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(
    `POST ${way} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nidempotency-key: ${randomUUID()}\r\nx-forwarded-for: ${address}\r\nevent-slug: ${event.slug}\r\ncontent-length: 500\r\n\r\n`,
  );
  const waited = new Promise<''>((resolve) => setTimeout(() => resolve(''), waitMs));
  const answered = once(socket, 'data').then(([chunk]) => String(chunk));
  const answer = await Promise.race([answered, waited]);
  socket.destroy();
  return answer;
}

test.each(['/v1/orders', '/v1/orders?way=router'] as const)(
  '%s: a header that names another event is refused',
  async (way) => {
    expect((await order(hot, { 'event-slug': hot.slug }, way)).status).toBe(201);
    const wrong = await order(hot, { 'event-slug': other.slug }, way);
    expect([wrong.status, wrong.answer['code']]).toEqual([400, 'request.invalid']);
    expect(wrong.answer['errors']).toMatchObject([{ path: 'Event-Slug', code: 'event.other' }]);
  },
);

test('a full lane refuses by the header alone, counts repeated clicks, and refuses only its own event', async () => {
  await order(other, { 'event-slug': other.slug });
  const [locked, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const owner = postgres(api.directUrl, { max: 1, onnotice: () => {} });
  const held = owner.begin(async (sql) => {
    await sql`select enter_lane(${hot.id})`;
    locked.resolve();
    await released.promise;
  });
  await locked.promise;
  try {
    // More is in flight than three connections allow. What exceeds the event's share is refused by its body.
    const refused: Awaited<ReturnType<typeof order>>[] = [];
    // Those that are not refused wait for the lane, which stays full.
    for (let sent = 0; sent < 700; sent += 1)
      void order(hot).then(
        (answer) => refused.push(answer),
        () => {},
      );
    await until(() => refused.length > 100);
    expect(new Set(refused.map(({ status, answer }) => `${status} ${String(answer['detail'])}`))).toEqual(
      new Set(['503 Too many requests for this event; try again shortly.']),
    );
    const address = nextAddress();
    for (const way of ['/v1/orders', '/v1/orders?way=router'] as const) {
      const early = await headOnly(hot, address, 10_000, way);
      expect(early).toMatch(/^HTTP\/1\.1 503 /);
      expect(early).toMatch(/retry-after: \d+/i);
      expect(early).toContain('Too many requests for this event');
    }
    const [first, second] = [await orderFrom(address), await orderFrom(address)];
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(remaining(first) - remaining(second)).toBe(1);
    // One in ten refusals counts, so clients that only retry are limited in the end, and sometimes told so.
    const pressing = nextAddress();
    const press = () => order(hot, { 'event-slug': hot.slug, 'x-forwarded-for': pressing });
    let presses = 1;
    while ((await press()).status === 503 && presses < 20 * ordersPerMinute) presses += 1;
    expect(presses).toBeGreaterThan(3 * ordersPerMinute);
    expect(presses).toBeLessThan(20 * ordersPerMinute);
    expect((await orderFrom(pressing)).status).toBe(429);
    expect((await orderFrom(nextAddress())).status).toBe(201);
    expect(await headOnly(other, nextAddress(), 300)).toBe('');
  } finally {
    released.resolve();
    await held;
    await owner.end();
  }
});

test('the pace of a waiting room follows the orders of its own event', async () => {
  const { db, hashSecret, queueTokenSecret, rooms } = api.service;
  const event = await createEvent(db, { categories: [{ capacity: 1000 }] });
  await openRoom(db, event);
  await rooms.refresh();
  const answers = await Promise.all(
    Array.from({ length: 30 }, (_, placeIndex) => {
      const buyer = someBuyer();
      const [accountKey] = buyerKeys(hashSecret, buyer);
      const place = { eventId: event.id, placeIndex, accountKey, expiresAt: Date.now() + 60_000 };
      return order(event, { 'queue-pass': signPass(queueTokenSecret, place) }, '/v1/orders', buyer);
    }),
  );
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
  await until(async () => (await healthOf(event))?.placementP95Ms !== undefined);
});
