import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, type Socket, connect } from 'node:net';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiKey } from '../../src/access/credentials/create-api-key.ts';
import { keyScopes } from '../../src/access/credentials/key-scopes.ts';
import { endApiKey } from '../../src/access/credentials/end-api-key.ts';
import { signSessionToken } from '../../src/access/sessions/session-token.ts';
import { createHub } from '../../src/live/hub.ts';
import { createPublisher } from '../../src/live/index.ts';
import { topicOf } from '../../src/live/messages.ts';
import { openStream } from '../../src/live/stream.ts';
import { correctBuyer } from '../../src/orders/desk/correct-buyer.ts';
import { openCacheRedis } from '../../src/platform/redis.ts';
import { signedInOwner } from '../../testkit/factories.ts';
import { type Listener, listen } from '../../testkit/live/listen.ts';
import { type LiveWorld, startLiveWorld } from '../../testkit/live/live-world.ts';
import { bearer } from '../../testkit/orders/order-desk.ts';
import { silentLog } from '../../testkit/processes/worker.ts';
import { until } from '../../testkit/until.ts';
import { closed } from '../../testkit/closed.ts';

/** Guards how streams end, and which requests get none. */

let world: LiveWorld;
beforeAll(async () => {
  world = await startLiveWorld({ STREAMS_PER_NETWORK_MAX: '40' });
});
afterAll(() => world.close());

const owner = () => signedInOwner(world.service.db, world.event.organizer);

/** Door staff who is the manager of the event. */
async function tokenOfEventManager(): Promise<string> {
  const { id: staffId, sessionId } = await owner();
  const { db, config } = world.service;
  await db.execute(
    sql`update staff set role = 'door', manager_event_ids = array[${world.event.id}] where id = ${staffId}`,
  );
  const times = { createdAt: new Date(), expiresAt: new Date(Date.now() + 3_000_000) };
  return signSessionToken(config.JWT_SECRET, { id: sessionId, staffId, ...times });
}

describe('a client that does not read', () => {
  const chunk = JSON.stringify({ text: 'x'.repeat(50_000) });
  const chunks = 400;

  test('is disconnected, while a client that reads gets everything', async () => {
    const order = await world.place();
    const path = `/v1/orders/${order.id}/stream`;
    const reader = await world.listen(path, order.headers);
    const socket = connect(Number(new URL(world.url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\nAuthorization: ${order.headers.authorization}\r\n\r\n`);
    await once(socket, 'data');
    socket.pause();
    await reader.next('snapshot');

    const client = openCacheRedis(world.service.config.REDIS_CACHE_URL, silentLog);
    await until(() => client.status === 'ready');
    const publisher = createPublisher(client);
    for (let sent = 1; sent <= chunks; sent += 1) {
      publisher.publish([{ topic: topicOf('order', order.id), name: 'order', data: chunk }]);
      await reader.next('order', sent);
    }
    const ended = closed(socket);
    let bytes = 0;
    socket.on('data', (data: Buffer) => (bytes += data.length));
    socket.resume();
    await ended;
    expect(bytes).toBeLessThan(chunks * chunk.length);
    expect(reader.hasEnded).toBe(false);
    reader.close();
    publisher.close();
    client.disconnect();
  });
});

test('a stream that has ended keeps no connection whose client neither reads nor leaves', async () => {
  const held: Socket[] = [];
  const server = createServer((_, outgoing) => {
    const request = { kind: 'order', topic: topicOf('order', 'ord_1'), network: '', lastEventId: undefined } as const;
    openStream(outgoing, request, { headers: {}, known: undefined, onClose: () => void left.push('closed') }).end(
      'bye',
    );
  });
  const left: string[] = [];
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  for (const isReading of [true, false]) {
    // Half-closed: it does not answer the server's FIN.
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    held.push(socket);
    socket.on('error', () => {});
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    if (isReading) socket.resume();
  }
  await until(() => left.length === 2);
  for (const socket of held) socket.destroy();
  server.close();
});

test('an open stream gets a heartbeat in every round, so that neither side takes the other for dead', async () => {
  const redis = openCacheRedis(world.service.config.REDIS_CACHE_URL, silentLog);
  const nothing = () => undefined;
  const watch = { onFirst: nothing, onLast: nothing, onFacts: nothing, onMessage: nothing, onGap: nothing };
  const { clock } = world.service;
  const hub = createHub({ redis, log: silentLog, clock, streamsPerNetworkMax: 40, watch, beatMs: 5 });
  const request = { kind: 'order', topic: topicOf('order', 'ord_1'), network: '', lastEventId: undefined } as const;
  const server = createServer((_, outgoing) => hub.open(outgoing, request, {}));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const beatsOf = async () => {
    const decoder = new TextDecoder();
    let text = '';
    for await (const bytes of (await fetch(`http://127.0.0.1:${port}`)).body ?? []) {
      text += decoder.decode(bytes as Uint8Array, { stream: true });
      if (text.split('\n\n').filter((block) => block === ':').length === 3) return 'three';
    }
    return text;
  };
  expect(await Promise.all([beatsOf(), beatsOf(), beatsOf()])).toEqual(['three', 'three', 'three']);
  hub.close();
  server.close();
  redis.disconnect();
});

describe('a credential that ends', () => {
  test('ends its streams within a minute', async () => {
    const actor = await owner();
    const { apiKey, key } = await createApiKey(world.service, {
      actor,
      name: 'live',
      role: 'manager',
      scopes: keyScopes,
    });
    const path = `/v1/organizers/${world.event.organizer.slug}/events/${world.event.id}/sales/stream`;
    // Checked first, and allowed by the member's role at this event alone.
    const stays = await world.listen(path, bearer(await tokenOfEventManager()));
    const listener = await world.listen(path, bearer(key));
    await listener.next('sales');
    await endApiKey(world.service, { actor, keyId: apiKey.id });
    await listener.ended(60_000);
    expect([stays.status, stays.hasEnded]).toEqual([200, false]);
    stays.close();
    expect((await world.listen(path, bearer(key))).status).toBe(401);
  }, 90_000);

  test('a link that was replaced ends its streams at once', async () => {
    const order = await world.place();
    const listener = await world.listen(`/v1/orders/${order.id}/stream`, order.headers);
    await listener.next('snapshot');
    await correctBuyer(world.service, {
      actor: await owner(),
      orderId: order.id,
      correction: { email: 'right@example.test' },
    });
    await listener.ended();
    expect((await world.listen(`/v1/orders/${order.id}/stream`, order.headers)).status).toBe(404);
  });
});

describe('caps', () => {
  test('of a credential, and of a network', async () => {
    const order = await world.place();
    const open = () => world.listen(`/v1/orders/${order.id}/stream`, order.headers);
    const own: Listener[] = [];
    while (own.length < 20) own.push(await open());
    expect(own.map(({ status }) => status)).toEqual(own.map(() => 200));
    expect((await open()).status).toBe(429);
    const event = () => world.listen(`/v1/events/${world.event.slug}/stream`);
    const others = await Promise.all(Array.from({ length: 30 }, event));
    const refused = others.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(10);
    expect(refused[0]?.headers.get('retry-after')).not.toBeNull();
    for (const listener of [...own, ...others]) listener.close();
    await until(async () => {
      const listener = await open();
      listener.close();
      return listener.status === 200;
    });
  });
});

test('a stopping process ends its streams with different retry times, and opens no more', async () => {
  const own = await startLiveWorld();
  try {
    const paths = Array.from({ length: 10 }, () => `${own.url}/v1/events/${own.event.slug}/stream`);
    const listeners = await Promise.all(paths.map((path) => listen(path)));
    await Promise.all(listeners.map((listener) => listener.next('snapshot')));
    own.service.live.drain();
    await Promise.all(listeners.map((listener) => listener.ended()));
    expect(new Set(listeners.map(({ retryMs }) => retryMs)).size).toBeGreaterThan(5);
    const refused = await listen(paths[0] ?? '');
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).not.toBeNull();
  } finally {
    await own.close();
  }
});
