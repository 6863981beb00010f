import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Figure, type Figures, createFigures } from '../../src/live/figures.ts';
import { type Draft, topicOf } from '../../src/live/messages.ts';
import { openCacheRedis } from '../../src/platform/redis.ts';
import { silentLog } from '../../testkit/processes/worker.ts';
import { type TestRedis, createTestRedis } from '../../testkit/services/redis.ts';
import { until } from '../../testkit/until.ts';

/** Guards that the figures of one event stay fresh while somebody listens to any number of other events. */

let own: TestRedis;
let redis: ReturnType<typeof openCacheRedis>;
let figures: Figures;
beforeAll(async () => {
  own = await createTestRedis();
  redis = openCacheRedis(own.cacheUrl, silentLog);
  await until(() => redis.status === 'ready');
});
afterEach(() => figures.close());
afterAll(async () => {
  redis.disconnect();
  await own.close();
});

const events = 400;
/** The documents of an event, as `figure-kinds.ts` has them. `queue` is undefined without a waiting room. */
function documentsOf(id: string, queue?: () => string): readonly Figure[] {
  const topic = topicOf('event', id);
  return [
    { topic, name: 'availability', compute: async () => '{}', isSame: (one, other) => one === other },
    { topic, name: 'queue', compute: async () => queue?.(), isSame: () => false, changesByItself: true },
  ];
}

/** Somebody listens to one event, and somebody else to each of many others. */
function listening(queue?: () => string): Draft[] {
  const sent: Draft[] = [];
  figures = createFigures({
    redis,
    log: silentLog,
    latest: (topic, name) => sent.findLast((draft) => draft.topic === topic && draft.name === name),
    publish: (drafts) => void sent.push(...drafts),
  });
  figures.watch(documentsOf('hot', queue));
  for (let other = 0; other < events; other += 1) figures.watch(documentsOf(`other-${other}`));
  return sent;
}
const hot = topicOf('event', 'hot');

test('listening to hundreds of other events delays no change of an event', async () => {
  let sold = 0;
  const sent = listening(() => String(sold));
  await until(() => sent.length > events, 10_000);
  const waits: number[] = [];
  for (sold = 1; sold <= 3; sold += 1) {
    await pause(1200);
    const [before, count] = [performance.now(), sent.length];
    figures.outdate(hot);
    await until(() => sent.slice(count).some(({ topic }) => topic === hot), 10_000);
    waits.push(performance.now() - before);
  }
  expect(Math.max(...waits)).toBeLessThan(2000);
}, 60_000);

test('a document that time alone changes is still sent about each second', async () => {
  const sent = listening(() => String(Math.random()));
  await until(() => sent.length > events, 10_000);
  const before = sent.length;
  await pause(6000);
  const times = sent.slice(before).filter(({ topic, name }) => topic === hot && name === 'queue');
  expect(times.length).toBeGreaterThanOrEqual(3);
}, 60_000);
