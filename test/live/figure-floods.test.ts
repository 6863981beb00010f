import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createFigureKinds } from '../../src/live/figure-kinds.ts';
import { type Computed, type Figure, type Figures, createFigures } from '../../src/live/figures.ts';
import { figureIdleMs } from '../../src/live/limits.ts';
import { type Draft, topicOf } from '../../src/live/messages.ts';
import { openCacheRedis } from '../../src/platform/redis.ts';
import { eventNotFound } from '../../src/access/errors.ts';
import { serviceUnavailable } from '../../src/platform/errors.ts';
import { silentLog } from '../../testkit/processes/worker.ts';
import { type TestRedis, createTestRedis } from '../../testkit/services/redis.ts';
import { until } from '../../testkit/until.ts';

/** Guards that the figures of one event stay fresh: beside any number of others, while the service is busy, and whatever other processes compute. */

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
    { topic, name: 'availability', compute: async () => ({ data: '{}' }), isSame: (one, other) => one === other },
    {
      topic,
      name: 'queue',
      compute: async () => (queue === undefined ? undefined : { data: queue() }),
      isSame: () => false,
      changesByItself: true,
    },
  ];
}

function startFigures(): Draft[] {
  const sent: Draft[] = [];
  figures = createFigures({
    redis,
    log: silentLog,
    latest: (topic, name) => sent.findLast((draft) => draft.topic === topic && draft.name === name),
    publish: (drafts) => void sent.push(...drafts),
  });
  return sent;
}

/** Somebody listens to one event, and somebody else to each of many others. */
function listening(queue?: () => string): Draft[] {
  const sent = startFigures();
  figures.watch(documentsOf('hot', queue));
  for (let other = 0; other < events; other += 1) figures.watch(documentsOf(`other-${other}`));
  return sent;
}
const hot = topicOf('event', 'hot');

test('listening to hundreds of other events delays no change of an event', async () => {
  let sold = 0;
  const sent = listening(() => String(sold));
  await until(() => sent.length > events);
  const waits: number[] = [];
  for (sold = 1; sold <= 3; sold += 1) {
    await pause(1200);
    const [before, count] = [performance.now(), sent.length];
    figures.outdate(hot);
    await until(() => sent.slice(count).some(({ topic }) => topic === hot));
    waits.push(performance.now() - before);
  }
  expect(Math.max(...waits)).toBeLessThan(2000);
});

test('a document that time alone changes is still sent about each second', async () => {
  const sent = listening(() => String(Math.random()));
  await until(() => sent.length > events);
  const before = sent.length;
  await pause(6000);
  const times = sent.slice(before).filter(({ topic, name }) => topic === hot && name === 'queue');
  expect(times.length).toBeGreaterThanOrEqual(3);
});

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
  figures.watch([during, before].map((topic) => ({ topic, name: 'sales', compute: async () => ({ data: '{}' }) })));
  await until(() => countOf(during) === 1 && countOf(before) === 1);
  await until(async () => (await redis.keys('antre:live:figure:sales:*')).length === 0, 5000);
  for (const topic of [during, before]) await redis.set(`antre:live:figure:${topic}:sales`, '1', 'PX', 2500);
  for (const topic of [during, before]) figures.outdate(topic);
  await pause(1500);
  figures.arrived({ topic: during, name: 'sales', tookMs: 1400 });
  figures.arrived({ topic: before, name: 'sales', tookMs: 10 });
  await until(() => countOf(during) === 2, 5000);
  await pause(1000);
  expect(countOf(before)).toBe(1);
});

describe('a change while the service is busy is sent long before a figure at rest is computed again', () => {
  const busy: Record<string, (calls: number, data: string) => Promise<Computed>> = {
    'its source had only an older answer': async (calls, data) =>
      calls <= 2 ? { data: '0', isStale: true } : { data },
    'its source refused': async (calls, data) => (calls <= 2 ? Promise.reject(serviceUnavailable()) : { data }),
    'each answer of its source takes long': async (_calls, data) => {
      await pause(700);
      return { data };
    },
  };
  test.each(Object.entries(busy))('although %s', async (_what, answer) => {
    const sent = startFigures();
    let [sold, calls] = [0, 2];
    figures.watch([
      {
        topic: hot,
        name: 'availability',
        compute: () => answer((calls += 1), String(sold)),
        isSame: (one, other) => one === other,
        isBounded: true,
      },
    ]);
    for (sold = 1; sold <= 2; sold += 1) {
      calls = sold === 1 ? calls : 0;
      figures.outdate(hot);
      await until(() => sent.some(({ data }) => data === String(sold)), figureIdleMs - 1000);
    }
  });

  test('a public document that is refused is no document that does not exist', async () => {
    const documents = (fault: Error) =>
      createFigureKinds({ publicReads: { answer: () => Promise.reject(fault) } } as never).ofEvent('evt_1', 'show');
    for (const { compute } of documents(eventNotFound())) expect(await compute()).toBeUndefined();
    for (const { compute } of documents(serviceUnavailable()))
      await expect(compute()).rejects.toThrow('not responding');
  });
});
