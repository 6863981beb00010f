import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Figure, type Figures, createFigures } from '../../src/live/figures.ts';
import { type Draft, topicOf } from '../../src/live/messages.ts';
import { openCacheRedis } from '../../src/platform/redis.ts';
import { silentLog } from '../../testkit/processes/worker.ts';
import { type TestRedis, createTestRedis } from '../../testkit/services/redis.ts';
import { until } from '../../testkit/until.ts';

/** Guards that the figures of one event stay fresh: beside any number of others, and whatever other processes compute. */

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

test('a change while another process computes is shown soon; control: one before it is shown by that process', async () => {
  const sent: Draft[] = [];
  figures = createFigures({
    redis,
    log: silentLog,
    latest: () => undefined,
    publish: (drafts) => void sent.push(...drafts),
  });
  const [during, before] = [topicOf('sales', 'during'), topicOf('sales', 'before')];
  const countOf = (topic: string) => sent.filter((draft) => draft.topic === topic).length;
  figures.watch([during, before].map((topic) => ({ topic, name: 'sales', compute: async () => '{}' })));
  await until(() => countOf(during) === 1 && countOf(before) === 1, 10_000);
  await until(async () => (await redis.keys('antre:live:figure:sales:*')).length === 0, 5000);
  for (const topic of [during, before]) await redis.set(`antre:live:figure:${topic}:sales`, '1', 'PX', 2500);
  for (const topic of [during, before]) figures.outdate(topic);
  await pause(1500);
  figures.arrived({ topic: during, name: 'sales', tookMs: 1400 });
  figures.arrived({ topic: before, name: 'sales', tookMs: 10 });
  await until(() => countOf(during) === 2, 5000);
  await pause(1000);
  expect(countOf(before)).toBe(1);
}, 60_000);
