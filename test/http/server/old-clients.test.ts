import { once } from 'node:events';
import net from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApp } from '../../../src/app.ts';
import { operationsApp } from '../../../src/http/server/health.ts';
import { templateOf } from '../../../src/http/contract/route-template.ts';
import { type Serving, serve } from '../../../src/http/server/serve.ts';
import { createEvent } from '../../../testkit/factories.ts';
import { type TestService, startTestService } from '../../../testkit/processes/service.ts';

/** Guards requests of old and careful clients: HEAD gives the length of GET, and HTTP/1.0 needs no host. */

let world: TestService;
let app: ReturnType<typeof createApp>;
let serving: Serving;
let operations: Serving;
let slug: string;

beforeAll(async () => {
  world = await startTestService();
  app = createApp(world.service);
  const local = { host: '127.0.0.1', port: 0, reusePort: false };
  serving = await serve(app, local);
  operations = await serve(operationsApp({ probes: [], phase: () => 'serving' }), local);
  ({ slug } = await createEvent(world.service.db));
});
afterAll(async () => {
  await Promise.all([serving?.close(), operations?.close()]);
  await world?.close();
});

/** Everything that arrives until the other side has been silent for a while, and whether it closed the connection. */
async function say(text: string, port = serving.port) {
  const socket = net.connect(port, '127.0.0.1');
  await once(socket, 'connect');
  let heard = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    heard += chunk;
  });
  const closed = once(socket, 'end').then(() => true);
  socket.write(text);
  const isClosed = await Promise.race([
    closed,
    new Promise<false>((resolve) => setTimeout(() => resolve(false), 1500)),
  ]);
  socket.destroy();
  return { heard, isClosed };
}

describe('HEAD', () => {
  test('has the length that GET has, on every route that answers GET', async () => {
    const paths = new Set(
      app.routes
        .filter(({ method }) => method === 'GET')
        .flatMap(({ path }) => templateOf(path) ?? [])
        // A live stream has no end.
        .filter((template) => !template.endsWith('/stream'))
        .map((template) => template.replaceAll('{slug}', slug).replaceAll(/\{\w+\}/g, 'x1')),
    );
    for (const one of ['/', '/nothing', '/docs/swagger-ui.css', `/orders/ord_${'7'.repeat(28)}`]) paths.add(one);
    expect(paths.size).toBeGreaterThan(40);
    const lengths = new Map<string, unknown>();
    const differing: unknown[] = [];
    for (const path of paths) {
      for (const headers of [{ accept: 'text/html' }, { 'accept-encoding': 'br' }] as Record<string, string>[]) {
        const url = `http://127.0.0.1:${serving.port}${path}`;
        const got = await fetch(url, { headers, redirect: 'manual' });
        await got.arrayBuffer();
        const asked = await fetch(url, { method: 'HEAD', headers, redirect: 'manual' });
        expect([path, await asked.text()]).toEqual([path, '']);
        const facts = ({ status, headers: fields }: Response) => [
          status,
          fields.get('content-length'),
          fields.get('content-type'),
          fields.get('etag'),
        ];
        if (JSON.stringify(facts(got)) !== JSON.stringify(facts(asked)))
          differing.push([path, facts(got), facts(asked)]);
        lengths.set(path, asked.headers.get('content-length'));
      }
    }
    // A request id in a refusal is as long as any other.
    expect(differing).toEqual([]);
    for (const path of [
      '/',
      `/events/${slug}`,
      '/openapi.json',
      '/docs',
      `/v1/events/${slug}`,
      '/v1/events',
      '/door',
    ]) {
      expect([path, Number(lengths.get(path))]).toEqual([path, expect.any(Number)]);
      expect(Number(lengths.get(path))).toBeGreaterThan(100);
    }
  });
});

describe('HTTP/1.0 without a host', () => {
  test.each([
    ['the operations port', () => operations.port, '/healthz'],
    ['the operations port', () => operations.port, '/readyz'],
    ['the public port', () => serving.port, '/'],
    ['the public port', () => serving.port, '/v1/events'],
  ])('is answered on %s, and the connection is closed', async (_about, port, path) => {
    const { heard, isClosed } = await say(`GET ${path} HTTP/1.0\r\n\r\n`, port());
    expect([heard.slice(0, 15), isClosed]).toEqual(['HTTP/1.1 200 OK', true]);
    expect(heard.toLowerCase()).toContain('\r\nconnection: close\r\n');
    expect(heard.toLowerCase()).not.toContain('transfer-encoding');
  });

  test('keeps the connection for a client that asks for it', async () => {
    const line = 'GET /v1/events HTTP/1.0\r\nConnection: keep-alive\r\n\r\n';
    const { heard, isClosed } = await say(line.repeat(2));
    expect([heard.match(/HTTP\/1\.1 200/g)?.length, isClosed]).toEqual([2, false]);
  });

  test('is accepted for writes too, through the router', async () => {
    const { heard } = await say(
      'POST /v1/orders HTTP/1.0\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}',
    );
    expect(heard).toMatch(/^HTTP\/1\.1 400 [\s\S]*idempotency\.key_required/);
  });

  test('control: HTTP/1.1 without a host is refused', async () => {
    const { heard, isClosed } = await say('GET /v1/events HTTP/1.1\r\n\r\n');
    expect([heard.slice(0, 12), isClosed]).toEqual(['HTTP/1.1 400', true]);
  });
});
