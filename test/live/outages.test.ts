import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPublisher } from '../../src/live/index.ts';
import { topicOf } from '../../src/live/messages.ts';
import { readStream } from '../../src/live/read-stream.ts';
import { createRecent } from '../../src/live/recent.ts';
import { openCacheRedis } from '../../src/platform/redis.ts';
import { type LiveWorld, startLiveWorld } from '../../testkit/live/live-world.ts';
import { pay } from '../../testkit/orders/placing.ts';
import { silentLog } from '../../testkit/processes/worker.ts';
import { type OwnRedis, startOwnRedis } from '../../testkit/services/own-redis.ts';
import { until } from '../../testkit/until.ts';

/** Redis is stopped, loses its data, or loses some of it. Clients never keep an old state. */

let redis: OwnRedis;
let world: LiveWorld;
beforeAll(async () => {
  redis = await startOwnRedis();
  world = await startLiveWorld({ REDIS_CACHE_URL: redis.url });
});
afterAll(async () => {
  await world.close();
  await redis.close();
});

describe('while Redis is away', () => {
  test('clients are told to poll, and get a snapshot when Redis is back, empty', async () => {
    const order = await world.place();
    const listener = await world.listen(`/v1/orders/${order.id}/stream`, order.headers);
    await listener.next('snapshot');
    await redis.kill();
    await listener.next('paused');
    await pay(world.service.db, order.id);
    await redis.start();
    expect(await listener.next('snapshot', 2)).toMatchObject({ data: { reason: 'gap' } });
    const after = await world.place();
    const next = await world.listen(`/v1/orders/${after.id}/stream`, after.headers);
    await pay(world.service.db, after.id);
    await next.next('order');
    next.close();
    listener.close();
  });

  test('an order is placed, and a new stream says that it is paused', async () => {
    await redis.kill();
    try {
      const order = await world.place();
      await until(async () => {
        const listener = await world.listen(`/v1/orders/${order.id}/stream`, order.headers);
        const isPaused = await listener
          .next('snapshot')
          .then(() => listener.heard.some(({ name }) => name === 'paused'));
        listener.close();
        return isPaused;
      });
    } finally {
      await redis.start();
    }
  });
});

describe('entries that are missing', () => {
  test('are noticed by the sequence numbers of their publisher, and every client reads again', async () => {
    const order = await world.place();
    const listener = await world.listen(`/v1/orders/${order.id}/stream`, order.headers);
    const client = openCacheRedis(redis.url, silentLog);
    await until(() => client.status === 'ready');
    const add = (number: number) => client.xadd('antre:live', '*', 'p', 'other', 'n', String(number), 'm', '[]');
    await listener.next('snapshot');
    await add(1);
    await add(2);
    await pause(100);
    const before = listener.heard.filter(({ name }) => name === 'snapshot').length;
    await add(4);
    await listener.next('snapshot', before + 1);
    // Their ids are from before the gap, so they do not replay over it.
    const known = await world.listen(`/v1/orders/${order.id}/stream`, {
      ...order.headers,
      'last-event-id': `${Date.now() - 60_000}-0.0`,
    });
    await known.next('snapshot');
    known.close();
    listener.close();
    client.disconnect();
  });

  test('are announced by their publisher when Redis did not accept them', async () => {
    const client = openCacheRedis(redis.url, silentLog);
    await until(() => client.status === 'ready');
    const publisher = createPublisher(client);
    const order = await world.place();
    const listener = await world.listen(`/v1/orders/${order.id}/stream`, order.headers);
    await listener.next('snapshot');
    const before = listener.heard.filter(({ name }) => name === 'snapshot').length;
    const drafts = Array.from({ length: 20_001 }, () => ({
      topic: topicOf('order', 'ord_none'),
      name: 'order' as const,
      data: '{}',
    }));
    publisher.publish(drafts);
    publisher.publish(drafts.slice(0, 1));
    await listener.next('snapshot', before + 1);
    publisher.close();
    listener.close();
    client.disconnect();
  });

  test('after the stream was deleted the reader starts anew', async () => {
    const order = await world.place();
    const listener = await world.listen(`/v1/orders/${order.id}/stream`, order.headers);
    await pay(world.service.db, order.id);
    await listener.next('order');
    const before = listener.heard.filter(({ name }) => name === 'snapshot').length;
    const client = openCacheRedis(redis.url, silentLog);
    await until(() => client.status === 'ready');
    await client.flushall();
    await listener.next('snapshot', before + 1);
    listener.close();
    client.disconnect();
  });

  test('before a process starts, cut from a full stream or lost with Redis, are not replayed over; control: none is missing', async () => {
    const client = openCacheRedis(redis.url, silentLog);
    await until(() => client.status === 'ready');
    await client.flushall();
    const topic = topicOf('order', 'ord_none');
    const [long, earlier, later] = [400_000, 200_000, 100_000].map((ago) => `${Date.now() - ago}-0`);
    for (const [at, id] of [long, earlier, later].entries()) {
      const message = JSON.stringify([[topic, 'order', String(at)]]);
      await client.xadd('antre:live', id ?? '', 'p', 'other', 'n', String(at + 1), 'm', message);
    }
    /** What a process that starts now would replay. */
    const replayed = async (lastId: string | undefined) => {
      const recent = createRecent();
      let isLive = false;
      const reader = readStream({
        redis: client,
        log: silentLog,
        listener: {
          onStart: recent.clear,
          onMessages: (messages) => messages.forEach(recent.add),
          onLive: () => {
            isLive = true;
          },
          onAway: () => {},
        },
      });
      await until(() => isLive);
      reader.close();
      return recent.since(topic, `${lastId}.0`)?.map(({ data }) => data);
    };
    expect(await replayed(earlier)).toEqual(['2']);
    await client.xtrim('antre:live', 'MAXLEN', 1);
    expect(await replayed(earlier)).toBeUndefined();
    expect(await replayed(later)).toEqual([]);
    await client.del('antre:live');
    expect(await replayed(later)).toBeUndefined();
    client.disconnect();
  });
});
