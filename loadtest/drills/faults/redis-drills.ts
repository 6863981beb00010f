import { Redis } from 'ioredis';
import type { Drill } from '../drill.ts';
import { type SaleDrill, type Scene, saleDrill } from '../sale/sale-drill.ts';
import { selling, withoutLease } from '../sale/selling.ts';
import { controlSandbox } from '../world/control-sandbox.ts';

const flushes = 3;
const fullForMs = 20_000;
const maxmemoryUsual = '256mb';
/** Lost jobs are handed over again at the relay's next round; recurring jobs are restored within half a minute. */
export const queueStallMaxSeconds = 60;

const orders = 6000;
const minutes = 1;
const putOffShare = 0.5;
const lookEveryMs = 50;

/** In a small sale a worker has each job in its hands at once, and an emptied queue has lost none. Mails that were put off lie in it. */
export const withMailsPutOff = {
  does: `${selling.does} The mail server puts off half of the mails while buyers come.`,
  beside: async ({ world, wait, seconds }) => {
    const putOff = (probability: number) =>
      controlSandbox(world.sandbox.url, 'smtp/rules', { match: {}, stage: 'rcpt', answer: 450, probability });
    await putOff(putOffShare);
    while (await wait(seconds * 1000));
    await putOff(0);
    return { faults: [], facts: {} };
  },
} satisfies Partial<SaleDrill>;

async function withQueue<Result>(scene: Scene, act: (redis: Redis) => Promise<Result>): Promise<Result> {
  const redis = new Redis(scene.world.services.addresses.redisQueueUrl, { maxRetriesPerRequest: 1 });
  try {
    return await act(redis);
  } finally {
    redis.disconnect();
  }
}

const jobsIn = async (redis: Redis) => (await redis.keys('{antre}:*:outbox-*')).length;

/** Waits until jobs of the outbox lie in the queue, or the sale is over. Returns their number. */
export async function jobsHeld(scene: Scene): Promise<number> {
  return withQueue(scene, async (redis) => {
    while ((await jobsIn(redis)) === 0 && (await scene.wait(lookEveryMs)));
    return jobsIn(redis);
  });
}

/** Empties Redis three times, from a random moment on as soon as it has jobs. */
async function flushThrice(scene: Scene): Promise<void> {
  const what = 'the queue lost jobs that lay in it';
  scene.strikes.expect(what);
  await withQueue(scene, async (redis) => {
    for (let number = 0; number < flushes; number += 1) {
      if (!(await scene.wait(((scene.seconds * 1000) / (flushes + 1)) * (0.5 + scene.random() / 2)))) return;
      const held = await jobsHeld(scene);
      const atMs = Date.now();
      await redis.flushall();
      if (held > 0) scene.strikes.note(what, atMs);
    }
  });
}

/** Sets the limit of its memory to what it uses, so that it refuses every write that needs more. */
async function fillOnce(scene: Scene): Promise<void> {
  const what = 'writes that Redis refused for want of memory';
  scene.strikes.expect(what);
  await withQueue(scene, async (redis) => {
    await scene.wait(scene.seconds * 1000 * 0.3);
    const before = await refusedWrites(redis);
    const atMs = Date.now();
    const used = /used_memory:(\d+)/.exec(await redis.info('memory'))?.[1] ?? '1';
    await redis.config('SET', 'maxmemory', used);
    await scene.wait(fullForMs);
    await redis.config('SET', 'maxmemory', maxmemoryUsual);
    const refused = (await refusedWrites(redis)) - before;
    scene.strikes.note('the queue was full', atMs);
    scene.strikes.count(what, refused);
  });
}

async function refusedWrites(redis: Redis): Promise<number> {
  return Number(/errorstat_OOM:count=(\d+)/.exec(await redis.info('errorstats'))?.[1] ?? 0);
}

export const redisDrills: Readonly<Record<string, Drill>> = {
  'redis-queue-flushed': saleDrill({
    ...selling,
    ...withMailsPutOff,
    fault: 'redis-queue: FLUSHALL, three times',
    proof: 'Jobs lay in it each time.',
    orders,
    minutes,
    stallMaxSeconds: queueStallMaxSeconds,
    strike: flushThrice,
    mutant: withoutLease,
  }),
  'redis-queue-full': saleDrill({
    ...selling,
    fault: `redis-queue: its memory is full for ${fullForMs / 1000} s (maxmemory reached, noeviction)`,
    proof: 'Redis counts the writes that it refused.',
    orders,
    minutes,
    stallMaxSeconds: queueStallMaxSeconds,
    strike: fillOnce,
    mutant: withoutLease,
  }),
};
