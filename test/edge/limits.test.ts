import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type Socket, connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApp } from '../../src/app.ts';
import { templateOf } from '../../src/http/contract/route-template.ts';
import { ruleOf } from '../../src/traffic-control/route-rules.ts';
import { ask, sendRaw } from './support/ask.ts';
import { type FrontedService, startFrontedService } from './support/fronted-service.ts';

/**
 * Guards which client a request counts for (S21), which requests are refused before they reach the API (S23), and which
 * never are.
 */

let fronted: FrontedService;
let port: number;

beforeAll(async () => {
  fronted = await startFrontedService({
    requestsPerSecond: 1,
    environment: { REQUESTS_PER_MINUTE_PER_NETWORK: '1000000' },
  });
  port = fronted.edge.port;
});
afterAll(() => fronted?.close());

const burst = 400;
const connectionsMax = 2000;
const statuses = async (count: number, of: (place: number) => ReturnType<typeof ask>) => {
  const seen = new Map<number, number>();
  for (let place = 0; place < count; place += 20) {
    const some = Array.from({ length: Math.min(20, count - place) }, (_, step) => of(place + step));
    for (const { status } of await Promise.all(some)) seen.set(status, (seen.get(status) ?? 0) + 1);
  }
  return seen;
};

/** Requests that the edge waits for the rest of, as many as one network may have at once. It says so once it has counted them. */
async function holdOpen(to: number, path: string, from: string): Promise<Socket[]> {
  const head = `POST ${path} HTTP/1.1\r\nhost: antre.test\r\ncontent-length: 10\r\nexpect: 100-continue\r\n\r\n`;
  const hold = async () => {
    const socket = connect({ host: '127.0.0.1', port: to, localAddress: from });
    await once(socket, 'connect');
    socket.write(head);
    const [said] = (await once(socket, 'data')) as [Buffer];
    expect(said.toString()).toContain('100 Continue');
    return socket;
  };
  const sockets: Socket[] = [];
  // On a busy machine nginx may see all that have come at one instant. More of them than the burst would be refused as too many.
  while (sockets.length < connectionsMax)
    sockets.push(
      ...(await Promise.all(Array.from({ length: Math.min(burst / 2, connectionsMax - sockets.length) }, hold))),
    );
  return sockets;
}

describe('a network', () => {
  test('has one allowance over all its addresses and host names', async () => {
    const forged = (place: number) => ({
      'x-forwarded-for': `203.0.113.${place % 250}, 198.51.100.7`,
      forwarded: `for=203.0.113.${place % 250}`,
      'x-real-ip': `203.0.113.${place % 250}`,
      'cf-connecting-ip': `203.0.113.${place % 250}`,
    });
    const variants = ['/v1/nothing', '/V1/nothing', '/v1//nothing', '/v1/callbacks/../nothing', '/v1/callbacks%2fx/y'];
    const seen = await statuses(burst + 100, (place) =>
      ask(port, variants[place % variants.length] ?? '/', {
        from: `127.0.1.${1 + (place % 200)}`,
        headers: forged(place),
      }),
    );
    expect(seen.get(429)).toBeGreaterThan(80);
    // The network is allowed one in each second, and a second may pass between the questions.
    const asked = await Promise.all(
      [250, 251, 252].map((host) => ask(port, '/v1/nothing', { from: `127.0.1.${host}` })),
    );
    const refused = asked.find(({ status }) => status === 429);
    if (refused === undefined) throw new Error('all were served');
    expect([refused.status, refused.headers['content-type'], refused.headers['cache-control']]).toEqual([
      429,
      'application/problem+json',
      'no-store',
    ]);
    expect(JSON.parse(refused.body)).toMatchObject({ code: 'traffic.rate_limited', status: 429 });
    expect(refused.headers['retry-after']).toBe('2');
    // Also for pages of other origins.
    expect(refused.headers['access-control-allow-origin']).toBe('*');
    expect(refused.headers['access-control-expose-headers']).toBe('Retry-After');
    expect((await ask(port, '/v1/nothing', { from: '127.0.2.1' })).status).toBe(404);
    expect(
      fronted.arrived.every(({ headers }) => /^127\.0\.[12]\.\d+$/.test(headers.get('x-forwarded-for') ?? '')),
    ).toBe(true);
  });

  test('has the address that the edge reports, for the limits of the API too; its streams take no connection from it', async () => {
    const limited = await startFrontedService({ environment: { REQUESTS_PER_MINUTE_PER_NETWORK: '20' } });
    try {
      const seen = await statuses(40, (place) =>
        ask(limited.edge.port, '/v1/nothing', {
          from: `127.0.3.${1 + place}`,
          headers: { 'x-forwarded-for': `203.0.${place}.1` },
        }),
      );
      expect([seen.get(404), seen.get(429)]).toEqual([20, 20]);
      expect((await ask(limited.edge.port, '/v1/nothing', { from: '127.0.4.1' })).status).toBe(404);
      for (const [path, from, status] of [
        ['/v1/events/some-event/stream', '127.0.10.1', 404],
        ['/v1/nothing', '127.0.11.1', 429],
      ] as const) {
        const held = await holdOpen(limited.edge.port, path, from);
        expect((await ask(limited.edge.port, '/v1/nothing', { from })).status, path).toBe(status);
        for (const socket of held) socket.destroy();
      }
    } finally {
      await limited.close();
    }
  });

  const door = { authorization: `Bearer antre_device_${'A'.repeat(65)}` };
  const important: readonly (readonly [string, string, Record<string, string>])[] = [
    ['POST', '/v1/callbacks/midtrans/some-organizer', {}],
    ['POST', '/v1/callbacks/whatsapp/snd_1', {}],
    ['POST', '/v1/callbacks/mail', {}],
    ['GET', '/v1/callbacks/whatsapp/snd_1?hub.mode=subscribe', {}],
    ['POST', '/v1/check-ins', door],
    ['POST', '/v1/check-ins/batch', door],
    ['POST', '/v1/events/some-event/guest-searches', door],
    ['POST', '/v1/check-ins', { authorization: `Bearer eyJhbGciOiJIUzI1NiJ9.e30.${'A'.repeat(43)}` }],
  ];

  test('has a separate, larger but bounded allowance as a gateway or a door', async () => {
    const before = fronted.arrived.length;
    const as = (place: number) => {
      const [method, path, headers] = important[place % important.length] ?? ['GET', '/', {}];
      return ask(port, path, { method, headers, from: '127.0.5.1', ...(method === 'POST' ? { body: '{}' } : {}) });
    };
    await statuses(burst + 200, as);
    expect(fronted.arrived.length - before).toBe(burst + 200);
    // Beyond the burst, ten more each second of the time that this takes.
    const seen = await statuses(1000 - burst + 400, as);
    expect(seen.get(429)).toBeGreaterThan(20);
    expect((await ask(port, '/v1/nothing', { from: '127.0.5.2' })).status).toBe(404);
  });

  test('has a larger allowance of its own for the document of a waiting room, since a carrier has few networks', async () => {
    const poll = () => ask(port, '/v1/events/-/queue', { from: '127.0.8.1' });
    expect((await statuses(burst + 200, poll)).get(429)).toBeUndefined();
    expect((await statuses(1000 - burst + 400, poll)).get(429)).toBeGreaterThan(20);
    expect((await ask(port, '/v1/nothing', { from: '127.0.8.2' })).status).toBe(404);
  });

  test('gets the usual allowance for requests that only look like those of a gateway or a door', async () => {
    const key = 'A'.repeat(65);
    const alike: readonly (readonly [string, string, Record<string, string>])[] = [
      ['DELETE', '/v1/callbacks/midtrans/some-organizer', {}],
      ['GET', '/v1/callbacks/midtrans/some-organizer', {}],
      ['POST', '/v1/callbacks/nobody/some-organizer', {}],
      ['POST', '/v1/callbacks/midtrans/some-organizer/more', {}],
      ['POST', '/v1/callbacks/midtrans', {}],
      ['POST', '/v1/check-ins', {}],
      ['POST', '/v1/check-ins/more', door],
      ['GET', '/v1/check-ins', door],
      ['POST', '/v1/check-ins', { authorization: `Bearer antre_device_${key.slice(1)}` }],
      ['POST', '/v1/check-ins', { authorization: `Bearer password` }],
      ['POST', '/v1/check-ins', { 'x-authorization': door.authorization }],
      ['POST', '/v1/events/some-event/queue', {}],
      ['GET', '/v1/events/some-event/queue/draws', {}],
      ['GET', '/v1/events/some-event/queue?more', {}],
    ];
    const seen = await statuses(burst + 110, (place) => {
      const [method, path, headers] = alike[place % alike.length] ?? ['GET', '/', {}];
      return ask(port, path, { method, headers, from: '127.0.7.1' });
    });
    expect(seen.get(429)).toBeGreaterThan(80);
    expect((await ask(port, '/v1/check-ins', { method: 'POST', headers: door, from: '127.0.7.2' })).status).toBe(401);
  });

  test('gets the larger allowance for every route of gateways and doors, and for no other', () => {
    const rules = readFileSync('deploy/nginx/edge-http.conf', 'utf8');
    const patternsOf = (variable: string) => {
      const block = rules.split(`$${variable} {\n`)[1]?.split('\n}')[0] ?? '';
      return [...block.matchAll(/"~(\S.*)" 1;/g)].map(([, text = '']) => new RegExp(text.replaceAll('\\z', '$')));
    };
    const [callbacks, doors] = [patternsOf('edge_is_callback'), patternsOf('edge_is_door')];
    expect([callbacks.length, doors.length]).toEqual([3, 2]);
    for (const { method, path } of createApp(fronted.service).routes) {
      const template = templateOf(path);
      if (template === undefined || method === 'ALL') continue;
      const line = `${method} ${template.replaceAll(/\{\w+\}/g, 'some-id')}`;
      const isImportant =
        callbacks.some((pattern) => pattern.test(line)) ||
        doors.some((pattern) => pattern.test(`${line} ${door.authorization}`));
      const { class: routeClass, bearer } = ruleOf(method, template);
      const isExpected = routeClass === 0 || (method === 'POST' && bearer === 'staff' && routeClass === 1);
      expect([line, isImportant]).toEqual([line, isExpected]);
    }
  });
});

describe('a body', () => {
  test('that is larger than its address takes is refused before the API gets it', async () => {
    const before = fronted.arrived.length;
    for (const [path, bytes] of [
      ['/v1/orders', 200_000],
      ['/v1/callbacks/whatsapp/one', 400_000],
      ['/v1/check-ins/batch', 700_000],
    ] as const) {
      const refused = await ask(port, path, { method: 'POST', body: 'x'.repeat(bytes), from: '127.0.6.1' });
      expect([path, refused.status, JSON.parse(refused.body).code]).toEqual([path, 413, 'request.too_large']);
    }
    expect(fronted.arrived.length).toBe(before);
  });
});

describe('a request whose end is ambiguous', () => {
  const host = 'Host: antre.test';
  const order = 'POST /v1/orders HTTP/1.1';
  const smuggled = `GET /v1/smuggled HTTP/1.1\r\n${host}\r\n\r\n`;
  const doubtful: [string, string][] = [
    [
      'both lengths',
      `${order}\r\n${host}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    ],
    [
      'both lengths, the other way',
      `${order}\r\n${host}\r\nTransfer-Encoding: chunked\r\nContent-Length: 60\r\n\r\n0\r\n\r\n${smuggled}`,
    ],
    ['two lengths', `${order}\r\n${host}\r\nContent-Length: 0\r\nContent-Length: 40\r\n\r\n${smuggled}`],
    ['two equal lengths', `${order}\r\n${host}\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n${smuggled}`],
    ['a signed length', `${order}\r\n${host}\r\nContent-Length: +0\r\n\r\n${smuggled}`],
    ['a listed length', `${order}\r\n${host}\r\nContent-Length: 0, 0\r\n\r\n${smuggled}`],
    ['an odd transfer coding', `${order}\r\n${host}\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${smuggled}`],
    [
      'two transfer codings',
      `${order}\r\n${host}\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n${smuggled}`,
    ],
    [
      'an old protocol with chunks',
      `POST /v1/orders HTTP/1.0\r\n${host}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    ],
    [
      'a length of a chunk that is none',
      `${order}\r\n${host}\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n\r\n${smuggled}`,
    ],
    ['a control character in the address', `GET /v1/ev\u0001ents HTTP/1.1\r\n${host}\r\n\r\n${smuggled}`],
    ['no host', `GET /v1/events HTTP/1.1\r\n\r\n${smuggled}`],
    ['two hosts', `GET /v1/events HTTP/1.1\r\n${host}\r\nHost: evil.example\r\n\r\n${smuggled}`],
    ['a space before the colon', `${order}\r\n${host}\r\nContent-Length : 40\r\n\r\n${smuggled}`],
  ];

  test.each(doubtful)('%s: is refused, and the connection is closed', async (_what, bytes) => {
    const before = fronted.arrived.length;
    const { said, closed } = await sendRaw(port, bytes);
    expect([said.slice(0, 12), closed]).toEqual(['HTTP/1.1 400', true]);
    expect(said.match(/HTTP\/1\.1 \d{3}/g)).toHaveLength(1);
    expect(said).not.toContain('<html>');
    expect(fronted.arrived.slice(before)).toEqual([]);
  });

  test('control: HTTP/1.0 without a host is accepted, as old health checks send it', async () => {
    for (const path of ['/v1/events', '/', '/find-order']) {
      const { said, closed } = await sendRaw(port, `GET ${path} HTTP/1.0\r\n\r\n`);
      expect([path, said.slice(0, 12), closed]).toEqual([path, 'HTTP/1.1 200', true]);
    }
  });

  test('is never forwarded as it came: chunks arrive with a length', async () => {
    const before = fronted.arrived.length;
    const { said } = await sendRaw(
      port,
      `${order}\r\n${host}\r\nConnection: close\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n2;a="\r\n"\r\n{}\r\n0\r\n\r\n`,
    );
    expect(said).toMatch(/^HTTP\/1\.1 4\d\d/);
    for (const { headers } of fronted.arrived.slice(before)) {
      expect([headers.get('transfer-encoding'), headers.get('content-length')]).toEqual([null, '2']);
    }
  });
});
