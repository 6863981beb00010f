import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiKey } from '../../src/access/credentials/create-api-key.ts';
import { keyScopes } from '../../src/access/credentials/key-scopes.ts';
import { buyerKey } from '../../src/access/buyers/buyer-key.ts';
import { signBuyerToken } from '../../src/access/buyers/buyer-token.ts';
import { createApp } from '../../src/app.ts';
import { type Serving, serve } from '../../src/http/server/serve.ts';
import { problems } from '../../src/problems.ts';
import { type TestEvent, signedInOwner } from '../../testkit/factories.ts';
import { createRoom } from '../../testkit/waiting-room/places.ts';
import { type TestService, startTestService } from '../../testkit/processes/service.ts';

/**
 * Any input to the addresses of waiting rooms and of codes gets a refusal with a stable code, never an internal fault.
 */

let api: TestService;
let serving: Serving;
let event: TestEvent;
let manager: string;
let buyer: string;

beforeAll(async () => {
  api = await startTestService({
    REQUESTS_PER_MINUTE_PER_NETWORK: '1000000',
    ORDERS_PER_MINUTE_PER_NETWORK: '1000000',
    VERIFICATIONS_PER_MINUTE_PER_NETWORK: '100000',
  });
  event = await createRoom(api.service.db, { difficulty: 10 });
  await api.service.rooms.refresh();
  serving = await serve(createApp(api.service), { host: '127.0.0.1', port: 0, reusePort: false });
  const { organizer } = event;
  manager = (
    await createApiKey(api.service, {
      actor: await signedInOwner(api.service.db, organizer),
      name: 'manager',
      role: 'manager',
      scopes: keyScopes,
    })
  ).key;
  const { HASH_SECRET, QUEUE_TOKEN_SECRET } = api.service.config;
  buyer = signBuyerToken(QUEUE_TOKEN_SECRET, {
    accountKey: buyerKey(HASH_SECRET, 'email', 'ayu@pembeli.test'),
    until: new Date(Date.now() + 3_600_000),
  });
});
afterAll(async () => {
  await serving?.close();
  await api?.close();
});

/** Odd values in place of a valid one. */
const oddValues: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  -0,
  '',
  ' ',
  'x',
  '\0',
  'a\0b',
  '\ud800',
  '\u202e',
  'é'.repeat(3000),
  'x'.repeat(5000),
  '{}',
  '__proto__',
  'constructor',
  '1 or 1=1',
  '%00',
  [],
  [[]],
  {},
  { toString: 1 },
  { constructor: 1 },
  Array.from({ length: 500 }, () => 1),
  '2026-13-45T00:00:00Z',
  '9999-12-31T23:59:59.999999999Z',
  '0001-01-01T00:00:00Z',
  '2199-12-31T23:59:59Z',
  '+62812',
  '+999999999999999',
  'a@b',
  'a@b.test',
  '"a b"@c.test',
  '٠١٢٣٤٥',
  '０１２３４５',
  '123456\n',
];

type Target = {
  readonly method: string;
  readonly path: () => string;
  readonly good: () => Record<string, unknown>;
  readonly token?: () => string;
};
const time = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
const targets: Record<string, Target> = {
  'asking for a code': {
    method: 'POST',
    path: () => '/v1/buyers/verifications',
    good: () => ({ email: 'ayu@pembeli.test', phone: '+6281234567890', eventSlug: event.slug, locale: 'id' }),
  },
  'confirming a code': {
    method: 'POST',
    path: () => '/v1/buyers/confirmations',
    good: () => ({ verificationId: `ver_${'0'.repeat(26)}`, code: '000000' }),
  },
  joining: {
    method: 'POST',
    path: () => `/v1/events/${event.slug}/queue/places`,
    good: () => ({ challenge: 'e30=', insteadOf: 0 }),
    token: () => buyer,
  },
  'joining by the router': {
    method: 'POST',
    path: () => `/v1/events/${event.slug}/queue/places?x=1`,
    good: () => ({ challenge: Buffer.from('{"challenge":{"parameters":null}}').toString('base64') }),
    token: () => buyer,
  },
  'exchanging a place': {
    method: 'POST',
    path: () => `/v1/events/${event.slug}/queue/passes`,
    good: () => ({ placeToken: `place.${event.id}.0.${'a'.repeat(22)}.${'b'.repeat(43)}` }),
  },
  'planning a room': {
    method: 'PUT',
    path: () => `/v1/organizers/${event.organizer.slug}/events/${event.id}/waiting-room`,
    good: () => ({
      preQueueOpensAt: time(10),
      freezesAt: time(20),
      opensAt: time(30),
      rateMax: 10,
      turnSeconds: 300,
      passSeconds: 600,
      challengeDifficulty: 0,
      drawLeadSeconds: 60,
    }),
    token: () => manager,
  },
};

async function ask(target: Target, text: string, headers: Record<string, string> = {}) {
  const token = target.token?.();
  const response = await fetch(`http://127.0.0.1:${serving.port}${target.path()}`, {
    method: target.method,
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: text,
  });
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
}

function expectRefusal(answer: Awaited<ReturnType<typeof ask>>, what: string): void {
  expect(answer.status, `${what}: ${answer.text}`).toBeLessThan(500);
  if (answer.status < 400) return;
  expect(answer.type, what).toBe('application/problem+json');
  const { code } = JSON.parse(answer.text) as { code: string };
  expect(Object.keys(problems), what).toContain(code);
}

describe.each(Object.entries(targets))('%s', (_name, target) => {
  it('with any value in any place', async () => {
    const names = Object.keys(target.good());
    for (const value of oddValues) {
      const bodies = [
        value,
        ...names.map((name) => ({ ...target.good(), [name]: value })),
        ...names.map((name) => ({ [name]: value })),
      ];
      for (const body of bodies) {
        const text = JSON.stringify(body);
        expectRefusal(await ask(target, text), text.slice(0, 200));
      }
    }
  });

  it('with a body that is not JSON', async () => {
    for (const text of [
      '',
      '{',
      '{"a":1e999}',
      '{"__proto__":1}',
      '{"constructor":{"prototype":1}}',
      '[1e400]',
      '\ufeff{}',
      'NaN',
      '"\\u0000"',
    ])
      expectRefusal(await ask(target, text), text);
    for (const type of ['', 'text/plain', 'application/json; charset=utf-16', 'multipart/form-data'])
      expectRefusal(await ask(target, JSON.stringify(target.good()), { 'content-type': type }), type);
  });

  it('with a malformed header', async () => {
    for (const value of [
      'Bearer',
      'Bearer ',
      `Bearer ${'x'.repeat(4000)}`,
      'Basic x',
      'Bearer a.b.c',
      `Bearer ${buyer}, Bearer ${buyer}`,
      'bearer \u00e9',
    ])
      expectRefusal(await ask(target, JSON.stringify(target.good()), { authorization: value }), value);
  });
});
