import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPublisher } from '../../src/live/index.ts';
import { topicOf } from '../../src/live/messages.ts';
import { figureSeconds, streamsOpen } from '../../src/live/metrics.ts';
import { openCacheRedis } from '../../src/platform/redis.ts';
import { createEvent } from '../../testkit/factories.ts';
import { type LiveWorld, placeTestOrder, startLiveWorld } from '../../testkit/live/live-world.ts';
import { silentLog } from '../../testkit/processes/worker.ts';
import { until } from '../../testkit/until.ts';

/** Strangers from many networks open streams in tight loops, or open them and never read. The streams of others go on, and nothing of theirs stays. */

let world: LiveWorld;
let port: number;
beforeAll(async () => {
  world = await startLiveWorld({ TRUSTED_PROXIES: '127.0.0.0/8', REQUESTS_PER_MINUTE_PER_NETWORK: '100000' });
  port = Number(new URL(world.url).port);
});
afterAll(() => world.close());

const openStreams = async () => (await streamsOpen.get()).values.reduce((sum, { value }) => sum + value, 0);
const figuresComputed = async () =>
  (await figureSeconds.get()).values.reduce(
    (sum, { value, metricName }) => sum + (metricName?.endsWith('_count') === true ? value : 0),
    0,
  );

/** @returns a connection on which the stream has begun; nobody reads what follows */
async function openFrom(network: number, path: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 10.${network >> 8}.${network & 255}.1\r\n\r\n`);
  const [first] = (await once(socket, 'data')) as [Buffer];
  expect(first.toString('latin1').split('\r\n', 1)).toEqual(['HTTP/1.1 200 OK']);
  socket.pause();
  return socket;
}

test('listeners that come back in a tight loop delay nobody, have nothing computed more often, and leave nothing behind', async () => {
  const before = await openStreams();
  const theirs = await createEvent(world.service.db);
  const ours = await createEvent(world.service.db, { categories: [{ capacity: 1 }, { capacity: 1 }, { capacity: 1 }] });
  const listener = await world.listen(`/v1/events/${ours.slug}/stream`);
  await listener.next('availability');
  const [started, computedBefore] = [performance.now(), await figuresComputed()];
  let [opened, isOver] = [0, false];
  const loops = Array.from({ length: 12 }, async (_, network) => {
    while (!isOver) {
      const socket = await openFrom(network, `/v1/events/${theirs.slug}/stream`);
      opened += 1;
      socket.destroy();
    }
  });
  try {
    for (const category of ours.categories) {
      const heard = listener.heard.filter(({ name }) => name === 'availability').length;
      await placeTestOrder(world.service, { ...ours, categories: [category] });
      await listener.next('availability', heard + 1);
    }
  } finally {
    isOver = true;
    await Promise.all(loops);
  }
  const seconds = (performance.now() - started) / 1000;
  expect(opened).toBeGreaterThan(50);
  // Two documents of each of two events, about once a second at most.
  expect((await figuresComputed()) - computedBefore).toBeLessThanOrEqual(5 * (seconds + 2));
  await until(async () => (await openStreams()) === before + 1);
  expect(listener.hasEnded).toBe(false);
  listener.close();
  await until(async () => (await openStreams()) === before);
}, 60_000);

test('readers that never read are cut one and all, while a client that reads gets everything', async () => {
  const before = await openStreams();
  const event = await createEvent(world.service.db);
  const path = `/v1/events/${event.slug}/stream`;
  const listener = await world.listen(path);
  await listener.next('availability');
  const silent = await Promise.all(Array.from({ length: 40 }, (_, network) => openFrom(network, path)));
  expect(await openStreams()).toBe(before + 1 + silent.length);
  const client = openCacheRedis(world.service.config.REDIS_CACHE_URL, silentLog);
  await until(() => client.status === 'ready');
  const publisher = createPublisher(client);
  const heard = () => listener.heard.filter(({ name }) => name === 'availability').length;
  // More than the kernel keeps for a connection.
  const data = JSON.stringify({ text: 'x'.repeat(50_000) });
  for (let sent = 1; sent <= 400 && (await openStreams()) > before + 1; sent += 1) {
    const count = heard();
    publisher.publish([{ topic: topicOf('event', event.id), name: 'availability', data }]);
    await until(() => heard() > count);
  }
  expect(await openStreams()).toBe(before + 1);
  expect(listener.hasEnded).toBe(false);
  for (const socket of silent) socket.destroy();
  listener.close();
  publisher.close();
  client.disconnect();
}, 60_000);
