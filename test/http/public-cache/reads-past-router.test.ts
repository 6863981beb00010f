import { once } from 'node:events';
import net from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApp } from '../../../src/app.ts';
import { type Serving, serve } from '../../../src/http/server/serve.ts';
import { registry } from '../../../src/platform/metrics.ts';
import { type TestEvent, createEvent } from '../../../testkit/factories.ts';
import { type TestService, startTestService } from '../../../testkit/processes/service.ts';

/**
 * Guards that a public read from memory gets the same answer on the connection as through the router. A request that
 * states a length, even 0, goes through the router.
 */

let api: TestService;
let serving: Serving;
let event: TestEvent;
let etag = '';
let taken = 0;

beforeAll(async () => {
  api = await startTestService({ CORS_ALLOW_ORIGINS: 'https://tickets.example' });
  const app = createApp(api.service);
  const take: typeof app.take = (incoming, outgoing) => {
    const isTaken = app.take(incoming, outgoing);
    if (isTaken) taken += 1;
    return isTaken;
  };
  serving = await serve({ fetch: app.fetch, take }, { host: '127.0.0.1', port: 0, reusePort: false });
  event = await createEvent(api.service.db, { event: { description: 'Malam puisi di tepi sawah. '.repeat(80) } });
  etag = (await send('GET', `/v1/events/${event.slug}`)).headers['etag'] ?? '';
  await send('GET', '/v1/events?limit=3');
});
afterAll(async () => {
  await serving.close();
  await api.close();
});

type Raw = { readonly status: string; readonly headers: Record<string, string>; readonly body: Buffer };

async function exchange(text: string): Promise<Buffer> {
  const socket = net.connect(serving.port, '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.write(text);
  await once(socket, 'close');
  return Buffer.concat(chunks);
}

async function send(method: string, path: string, headers: Record<string, string> = {}): Promise<Raw> {
  const lines = Object.entries({ host: 'localhost', connection: 'close', ...headers });
  const answer = await exchange(
    `${method} ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
  );
  const end = answer.indexOf('\r\n\r\n');
  const [status = '', ...fields] = answer.subarray(0, end).toString('latin1').split('\r\n');
  const pairs = fields.map((line): [string, string] => {
    const at = line.indexOf(': ');
    return [line.slice(0, at).toLowerCase(), line.slice(at + 2)];
  });
  return { status, headers: Object.fromEntries(pairs), body: answer.subarray(end + 4) };
}

/** Without the parts that change with time. */
const settled = ({ status, headers, body }: Raw) => {
  const { date: _date, age: _age, 'x-request-id': _id, ...rest } = headers;
  const [cacheStatus] = (headers['cache-status'] ?? '').split('; ttl=');
  return { status, headers: { ...rest, 'cache-status': cacheStatus }, body: body.toString('base64') };
};

async function bothWays(method: string, path: string, headers: Record<string, string> = {}) {
  const before = taken;
  const past = await send(method, path, headers);
  const wasTaken = taken > before;
  const through = await send(method, path, { ...headers, 'content-length': '0' });
  expect(taken, 'a request that states a length goes through the router').toBe(before + Number(wasTaken));
  return { past, through, wasTaken };
}

describe('a read from memory', () => {
  const cases: [string, string, () => Record<string, string>][] = [
    ['GET', 'plain', () => ({})],
    ['HEAD', 'plain', () => ({})],
    ['GET', 'brotli', () => ({ 'accept-encoding': 'gzip, deflate, br' })],
    ['HEAD', 'brotli', () => ({ 'accept-encoding': 'br' })],
    ['GET', 'gzip', () => ({ 'accept-encoding': 'gzip;q=0.5, br;q=0' })],
    ['GET', 'known', () => ({ 'if-none-match': etag })],
    ['GET', 'known, in a list', () => ({ 'if-none-match': `"other", W/${etag}` })],
    ['HEAD', 'known', () => ({ 'if-none-match': etag })],
    ['GET', 'anything known', () => ({ 'if-none-match': '*' })],
    ['GET', 'another version known', () => ({ 'if-none-match': '"other"' })],
    ['GET', 'of another origin', () => ({ origin: 'https://evil.example' })],
    ['GET', 'with a credential that nobody reads', () => ({ authorization: 'Bearer x' })],
  ];
  test.each(cases)('%s, %s', async (method, _name, headers) => {
    const { past, through, wasTaken } = await bothWays(method, `/v1/events/${event.slug}`, headers());
    expect(wasTaken).toBe(true);
    expect(settled(past)).toEqual(settled(through));
  });

  test('a page of the listing, found by its address as it was sent', async () => {
    // A listing stays in memory until it changes. The event made above may be announced only now.
    await send('GET', '/v1/events?limit=3');
    const { past, through, wasTaken } = await bothWays('GET', '/v1/events?limit=3');
    expect(wasTaken).toBe(true);
    expect(settled(past)).toEqual(settled(through));
  });

  test('is counted as served from memory', async () => {
    const served = async () => {
      const metric = await registry.getSingleMetric('antre_cached_reads_total')?.get();
      return (metric?.values ?? []).reduce((sum, { value }) => sum + value, 0);
    };
    const before = await served();
    await send('GET', `/v1/events/${event.slug}`);
    expect(await served()).toBe(before + 1);
  });

  test('pipelined requests are answered in order, on a connection that stays open', async () => {
    const one = `/v1/events/${event.slug}`;
    const ask = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nhost: localhost\r\n${more}\r\n`;
    const answer = await exchange(
      ask(one) + ask('/v1/events?limit=3') + ask(one, `if-none-match: ${etag}\r\n`) + ask(one, 'connection: close\r\n'),
    );
    const statuses = [...answer.toString('latin1').matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => status);
    expect(statuses).toEqual(['200', '200', '304', '200']);
  });
});

describe('a page of any origin', () => {
  const fromShop = { origin: 'https://shop.example' };

  test('reads why a public read was refused, and when to ask again', async () => {
    const refusals: [string, number][] = [
      ['/v1/events/no-such-event', 404],
      // The second time from memory.
      ['/v1/events/no-such-event', 404],
      ['/v1/events/no-such-event/availability', 404],
      [`/v1/events/${event.slug}/queue/proofs/0`, 404],
      ['/v1/events?limit=0', 400],
    ];
    for (const [path, status] of refusals) {
      const { status: line, headers } = await send('GET', path, fromShop);
      expect([path, line]).toEqual([path, expect.stringContaining(` ${status} `)]);
      expect(headers['access-control-allow-origin']).toBe('*');
      expect(headers['access-control-expose-headers']).toBe('retry-after');
      expect(headers['vary'] ?? '').not.toContain('Origin');
    }
    const other = await send('GET', '/v1/orders/ord_7K3M9XQ206FJ2V1H8C9QX4T0RBVE', fromShop);
    expect(other.headers['access-control-allow-origin']).toBeUndefined();
  });

  test.each<[string, string[], string | null]>([
    ['no origin is allowed', [], null],
    ['every origin is allowed', ['*'], fromShop.origin],
  ])('reads refusals also where %s', async (_where, origins, ofOthers) => {
    const { service } = api;
    const app = createApp({ ...service, config: { ...service.config, CORS_ALLOW_ORIGINS: origins } });
    const allowed = async (path: string) =>
      (await app.fetch(new Request(`http://localhost${path}`, { headers: fromShop }))).headers.get(
        'access-control-allow-origin',
      );
    expect(await allowed('/v1/events?limit=0')).toBe('*');
    expect(await allowed('/v1/orders/ord_7K3M9XQ206FJ2V1H8C9QX4T0RBVE')).toBe(ofOthers);
  });
});

describe('everything else goes through the router', () => {
  test.each([
    ['GET', '/v1/events/no-such-event', {}],
    ['GET', '/v1/events?limit=4', {}],
    ['GET', '/v1/events/%61', {}],
    ['GET', '/v1/events/../events', {}],
    ['POST', '/v1/events', {}],
    ['OPTIONS', '/v1/events', {}],
    ['GET', 'http://localhost/v1/events?limit=3', {}],
  ])('%s %s', async (method, path, headers) => {
    const { past, through, wasTaken } = await bothWays(method, path, headers);
    expect(wasTaken).toBe(false);
    expect(past.status).toBe(through.status);
  });

  test('an invalid host', async () => {
    const before = taken;
    await send('GET', `/v1/events/${event.slug}`, { host: 'a b' });
    expect(taken).toBe(before);
  });
});
