import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buyerCode } from '../../../src/access/buyers/buyer-code.ts';
import { signSessionToken } from '../../../src/access/sessions/session-token.ts';
import { createApp } from '../../../src/app.ts';
import { compose } from '../../../src/compose.ts';
import { type Serving, serve } from '../../../src/http/server/serve.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { newEventId, newId, newOrderId } from '../../../src/platform/ids.ts';
import type { TestEvent } from '../../../testkit/factories.ts';
import { createRoom } from '../../../testkit/waiting-room/places.ts';
import { type TestService, startTestService } from '../../../testkit/processes/service.ts';
import { silentLog } from '../../../testkit/processes/worker.ts';

/** A buyer's way to a place over HTTP, and the attempts of those who want more than one (S16, S21, S67). */

let api: TestService;
let serving: Serving;
let event: TestEvent;
const perNetwork = 200;

beforeAll(async () => {
  api = await startTestService({ VERIFICATIONS_PER_MINUTE_PER_NETWORK: String(perNetwork) });
  event = await createRoom(api.service.db);
  await api.service.rooms.refresh();
  serving = await serve(createApp(api.service), { host: '127.0.0.1', port: 0, reusePort: false });
});
afterAll(async () => {
  await serving?.close();
  await api?.close();
});

type Answer = { status: number; headers: Headers; body: Record<string, unknown> };

async function post(
  path: string,
  {
    body,
    token,
    headers = {},
    port = serving.port,
  }: { body?: unknown; token?: string; headers?: Record<string, string>; port?: number },
): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) };
}

const codeOf = ({ status, body }: Answer) => `${status} ${String(body['code'])}`;
const places = () => `/v1/events/${event.slug}/queue/places`;

/** Asks for a code, reads it as the mail would say it, and confirms. */
async function confirmed(email: string, port?: number): Promise<string> {
  const to = port === undefined ? {} : { port };
  const asked = await post('/v1/buyers/verifications', { body: { email, eventSlug: event.slug }, ...to });
  expect(asked.status).toBe(202);
  const verificationId = String(asked.body['verificationId']);
  const code = buyerCode(api.service.config.HASH_SECRET, verificationId);
  const answer = await post('/v1/buyers/confirmations', { body: { verificationId, code }, ...to });
  expect(answer.status).toBe(200);
  return String(answer.body['buyerToken']);
}

describe('a buyer', () => {
  it('gets one place for an address, both past the router and through it', async () => {
    const token = await confirmed('ayu@pembeli.test');
    const first = await post(places(), { token });
    expect(first.status).toBe(201);
    for (const way of [places(), `${places()}?way=router`, places()]) {
      for (const body of [undefined, {}]) {
        const again = await post(way, { token, body });
        expect([again.status, again.body]).toEqual([200, first.body]);
        expect(again.headers.get('cache-control')).toBe('no-store');
      }
    }
    const spelt = await confirmed('AYU+antre@pembeli.test');
    expect((await post(places(), { token: spelt })).body).toEqual(first.body);
  });

  it('keeps the place when everything but Postgres restarts', async () => {
    const token = await confirmed('budi@pembeli.test');
    const first = await post(places(), { token });
    await api.service.redis.flushall();
    const restarted = compose(api.service.config, silentLog);
    await restarted.rooms.refresh();
    const again = await serve(createApp(restarted), { host: '127.0.0.1', port: 0, reusePort: false });
    try {
      const there = await post(places(), { token, port: again.port });
      expect([there.status, there.body]).toEqual([200, first.body]);
    } finally {
      await again.close();
      await restarted.closers.close();
    }
  });

  it('can confirm and join while Redis is away', async () => {
    const blind = compose(api.service.config, silentLog);
    blind.redis.disconnect();
    await blind.rooms.refresh();
    const server = await serve(createApp(blind), { host: '127.0.0.1', port: 0, reusePort: false });
    try {
      const token = await confirmed('citra@pembeli.test', server.port);
      const joined = await post(places(), { token, port: server.port });
      expect(joined.status).toBe(201);
      expect((await post(places(), { token })).body).toEqual(joined.body);
    } finally {
      await server.close();
      await blind.closers.close();
    }
  });
});

describe('a client that wants more than one place', () => {
  it('gets nothing for a token of another kind, here or elsewhere', async () => {
    const token = await confirmed('dewi@pembeli.test');
    const joined = await post(places(), { token });
    const placeToken = String(joined.body['placeToken']);
    const now = new Date();
    const session = await signSessionToken(api.service.config.JWT_SECRET, {
      id: newId('ses'),
      staffId: newId('stf'),
      createdAt: now,
      expiresAt: new Date(now.getTime() + 3_600_000),
    });
    for (const other of [placeToken, session, `${token}x`, token.slice(1)]) {
      expect(codeOf(await post(places(), { token: other }))).toBe('401 access.unauthenticated');
    }
    const orderId = newOrderId(newEventId());
    for (const own of [token, placeToken]) {
      const get = (path: string) => api.fetch(path, { headers: { authorization: `Bearer ${own}` } });
      expect((await get('/v1/sessions/current')).status).toBe(401);
      expect((await get(`/v1/organizers/${event.organizer.slug}/events`)).status).toBe(401);
      expect((await get(`/v1/orders/${orderId}`)).status).toBe(404);
    }
    // A buyer is not a place: the request needs the place's own token.
    const exchange = await post(`/v1/events/${event.slug}/queue/passes`, { body: { placeToken: token } });
    expect(exchange.status).toBeGreaterThanOrEqual(400);
    expect(exchange.status).toBeLessThan(500);
  });

  it('gets no second place by another spelling of the address, and none at an event without a room', async () => {
    const token = await confirmed('eka@pembeli.test');
    const [{ before } = { before: 0 }] = await counted();
    const paths = [
      `/v1/events/${event.slug.toUpperCase()}/queue/places`,
      `/v1/events/${event.slug}/queue/places/`,
      `/v1/events//queue/places`,
      `/v1/events/${event.slug}%00/queue/places`,
      `/v1/events/nothing-here/queue/places`,
      `/v1/events/${event.id}/queue/places`,
    ];
    for (const path of paths) {
      const { status } = await post(path, { token });
      expect([400, 404], path).toContain(status);
    }
    const [{ before: after } = { before: -1 }] = await counted();
    expect(after).toBe(before);
  });

  it('is limited by its network, whatever address its headers claim', async () => {
    const claims = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'cf-connecting-ip', 'true-client-ip'];
    const statuses = new Map<number, number>();
    let last: Answer | undefined;
    for (let n = 0; n < perNetwork + 20; n += 1) {
      const headers = { [claims[n % claims.length] ?? '']: `203.0.${n}.7` };
      // Not a request that would send somebody a message.
      last = await post('/v1/buyers/verifications', { body: { email: 'nobody' }, headers });
      statuses.set(last.status, (statuses.get(last.status) ?? 0) + 1);
    }
    expect(last && codeOf(last)).toBe('429 traffic.rate_limited');
    expect(last?.headers.get('ratelimit-policy')).toBe(`"verifications";q=${perNetwork};w=60`);
    expect(Number(last?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(statuses.get(429)).toBeGreaterThanOrEqual(20);
  });
});

const counted = () => rowsOf<{ before: number }>(api.service.db, sql`select count(*)::int as before from places`);
