import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApp } from '../../../src/app.ts';
import { type Serving, serve } from '../../../src/http/server/serve.ts';
import { registry } from '../../../src/platform/metrics.ts';
import { type TestEvent, createEvent, someBuyer } from '../../../testkit/factories.ts';
import { requestBegun } from '../../../testkit/request-begun.ts';
import { type TestService, startTestService } from '../../../testkit/processes/service.ts';

/**
 * Guards that a hot write is the same route whichever way it takes: past the router (its exact address) or through it
 * (with a query, which nobody reads). Limits, refusals, headers and bodies must not differ.
 */

const ours = 'https://tickets.example';
let api: TestService;
let serving: Serving;
let event: TestEvent;

beforeAll(async () => {
  api = await startTestService({
    CORS_ALLOW_ORIGINS: ours,
    TRUSTED_PROXIES: '127.0.0.1',
    ORDERS_PER_MINUTE_PER_NETWORK: '5',
  });
  serving = await serve(createApp(api.service), { host: '127.0.0.1', port: 0, reusePort: false });
  event = await createEvent(api.service.db, { categories: [{ capacity: 1000 }] });
});
afterAll(async () => {
  await serving.close();
  await api.close();
});

const ways = { past: '/v1/orders', through: '/v1/orders?way=router' };
let networks = 0;
/** Each request comes from a network of its own unless told. */
const nextAddress = () => {
  networks += 1;
  return `10.0.${networks}.1`;
};

const bodyOf = (more: object = {}) => ({
  eventSlug: event.slug,
  buyer: someBuyer(),
  lines: [{ ticketCategoryId: event.categories[0]?.id, quantity: 1 }],
  ...more,
});

async function post(way: keyof typeof ways, body: string | object, headers: Record<string, string> = {}) {
  const response = await fetch(`http://127.0.0.1:${serving.port}${ways[way]}`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: {
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
      'x-forwarded-for': nextAddress(),
      ...headers,
    },
  });
  const answer: Record<string, unknown> = JSON.parse(await response.text());
  return { status: response.status, headers: response.headers, answer };
}

/** The parts that must be equal; only names of headers, because ids and times differ. */
const shapeOf = ({ status, headers, answer }: Awaited<ReturnType<typeof post>>) => ({
  status,
  headers: [...headers.keys()].filter((name) => !['keep-alive', 'connection'].includes(name)).sort(),
  type: headers.get('content-type'),
  members: Object.keys(answer),
  code: status === 201 ? 'placed' : answer['code'],
});

async function bothWays(body: () => string | object, headers: Record<string, string> = {}) {
  const [past, through] = [await post('past', body(), headers), await post('through', body(), headers)];
  expect(shapeOf(past)).toEqual(shapeOf(through));
  return past;
}

describe('a hot write answers as the router does', () => {
  test('a new order, and its retry through the router', async () => {
    const placed = await bothWays(() => bodyOf());
    expect(placed.status).toBe(201);
    expect(placed.headers.get('location')).toBe(`/v1/orders/${String(placed.answer['id'])}`);
    expect(placed.headers.get('ratelimit-policy')).toBe('"orders";q=5;w=60');
    expect(placed.headers.get('cache-control')).toBe('no-store');
    const [key, body] = [randomUUID(), bodyOf()];
    const first = await post('past', body, { 'idempotency-key': key });
    const again = await post('through', body, { 'idempotency-key': key });
    const thrice = await post('past', body, { 'idempotency-key': key });
    expect(again.answer['id']).toBe(first.answer['id']);
    expect([again, thrice].map(({ headers }) => headers.get('idempotent-replayed'))).toEqual(['true', 'true']);
    expect(thrice.answer).toEqual(again.answer);
  });

  test.each([
    ['bad JSON', '{', {}, 400, 'request.invalid'],
    ['another media type', '{}', { 'content-type': 'text/plain' }, 415, 'request.unsupported_media_type'],
    ['no key', '{}', { 'idempotency-key': '' }, 400, 'idempotency.key_required'],
    ['a key that is none', '{}', { 'idempotency-key': 'short' }, 400, 'request.invalid'],
    ['too large a body', `{"a":"${'x'.repeat(20_000)}"}`, {}, 413, 'request.too_large'],
    ['a field too many', '{"more":1}', {}, 400, 'request.invalid'],
  ])('%s', async (_about, body, headers, status, code) => {
    const { answer, ...past } = await bothWays(() => body, headers);
    expect([past.status, answer['code']]).toEqual([status, code]);
    expect(String(answer['requestId'])).toBe(past.headers.get('x-request-id'));
  });

  test('an event that does not exist', async () => {
    expect((await bothWays(() => bodyOf({ eventSlug: 'no-such-event' }))).status).toBe(404);
  });

  test('an allowed origin may read the answer, another origin may not', async () => {
    const allowed = await bothWays(() => bodyOf(), { origin: ours });
    expect(allowed.headers.get('access-control-allow-origin')).toBe(ours);
    expect((await bothWays(() => '{', { origin: ours })).headers.get('access-control-allow-origin')).toBe(ours);
    const foreign = await post('past', bodyOf(), { origin: 'https://elsewhere.example' });
    expect(foreign.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('a hot write is limited as the router limits it', () => {
  test('requests of both kinds share one count, and get 429 beyond the limit', async () => {
    const address = nextAddress();
    const statuses: number[] = [];
    for (let request = 0; request < 8; request += 1) {
      const way = request % 2 === 0 ? 'past' : 'through';
      statuses.push((await post(way, bodyOf(), { 'x-forwarded-for': address, origin: ours })).status);
    }
    expect(statuses).toEqual([201, 201, 201, 201, 201, 429, 429, 429]);
    const refused = await bothWays(() => bodyOf(), { 'x-forwarded-for': address });
    expect(refused.answer['code']).toBe('traffic.rate_limited');
  });
});

/** How many answers of each status the route has counted. */
async function answersOf(statuses: readonly string[]): Promise<number[]> {
  const counted = await registry.getSingleMetric('antre_http_requests_total')?.get();
  const values = counted?.values ?? [];
  return statuses.map((status) =>
    values
      .filter(({ labels }) => labels['route'] === '/v1/orders' && String(labels['status']) === status)
      .reduce((sum, { value }) => sum + value, 0),
  );
}

describe('a body in pieces', () => {
  const send = async (text: string, end: boolean): Promise<string> => {
    const socket = net.connect(serving.port, '127.0.0.1');
    await once(socket, 'connect');
    let received = '';
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
    });
    socket.write(text);
    if (end) socket.end();
    while (!received.includes('\r\n\r\n') && !socket.destroyed) await new Promise((resolve) => setTimeout(resolve, 5));
    socket.destroy();
    return received.slice(0, 12);
  };
  const head = (more: string, way: keyof typeof ways = 'past') =>
    `POST ${ways[way]} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nidempotency-key: ${randomUUID()}\r\nx-forwarded-for: ${nextAddress()}\r\n${more}\r\n\r\n`;

  test('is read whole when it is sent in chunks', async () => {
    const body = JSON.stringify(bodyOf());
    const chunks = [body.slice(0, 20), body.slice(20)]
      .map((part) => `${part.length.toString(16)}\r\n${part}\r\n`)
      .join('');
    expect(await send(`${head('transfer-encoding: chunked')}${chunks}0\r\n\r\n`, false)).toBe('HTTP/1.1 201');
  });

  test('is refused at the limit, with any framing', async () => {
    const part = 'x'.repeat(10_000);
    const chunks = `${part.length.toString(16)}\r\n${part}\r\n`.repeat(3);
    expect(await send(`${head('transfer-encoding: chunked')}${chunks}0\r\n\r\n`, false)).toBe('HTTP/1.1 413');
  });

  /** Sends the second request on the connection on which the first was refused unread. */
  const sendTwice = async (first: string): Promise<string[]> => {
    const socket = net.connect(serving.port, '127.0.0.1');
    let received = '';
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
    });
    const statuses = () => [...received.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => String(status));
    socket.write(first);
    await expect.poll(statuses).toHaveLength(1);
    const body = JSON.stringify(bodyOf());
    socket.write(`${head(`content-length: ${body.length}`)}${body}`);
    await expect.poll(statuses).toHaveLength(2);
    socket.destroy();
    return statuses();
  };

  test.each([
    ['short', 20_000],
    ['long enough for the router', 100_000],
  ])('that was not read does not block the next request: %s', async (_about, length) => {
    const unread = `${head(`content-length: ${length}`)}${'x'.repeat(length)}`;
    expect(await sendTwice(unread)).toEqual(['413', '201']);
  });

  test('that never ends and that no route reads has its connection closed by the server', async () => {
    const socket = net.connect(serving.port, '127.0.0.1').on('error', () => {});
    socket.write(head('content-length: 100000000'));
    const sending = setInterval(() => socket.write('x'.repeat(1000)), 50);
    socket.resume();
    try {
      await once(socket, 'close', { signal: AbortSignal.timeout(5000) });
    } finally {
      clearInterval(sending);
      socket.destroy();
    }
  });

  test.each([
    ['past', 'content-length: 500', ''],
    ['past', 'transfer-encoding: chunked', '100\r\n'],
    ['through', 'content-length: 500', ''],
    ['through', 'transfer-encoding: chunked', '100\r\n'],
  ] as const)(
    'that never ends is dropped, and the next request is served (%s the router, %s)',
    async (way, framing, size) => {
      const cutShort = `${head(framing, way)}${size}{"eventSlug":`;
      await send(cutShort, true);
      const before = await answersOf(['400', '503']);
      const begun = requestBegun(serving.port);
      const socket = net.connect(serving.port, '127.0.0.1');
      socket.write(cutShort);
      await begun;
      socket.resetAndDestroy();
      // A client that hangs up has sent a bad request; it must not look as if the service were down.
      await expect.poll(() => answersOf(['400', '503'])).toEqual([(before[0] ?? 0) + 1, before[1]]);
      expect((await post('past', bodyOf())).status).toBe(201);
    },
  );
});
