import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { Redis } from 'ioredis';
import { reminderSend, remindersSendTogether } from '../../../src/notifications/jobs.ts';
import { ordersUnpaid } from '../../../src/orders/jobs.ts';
import { checkAttemptJob } from '../../../src/payments/jobs.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { type BenchStack, say } from '../../bench/harness/stack.ts';

const lookEveryMs = 5000;
/** A count reads the whole outbox, on the processor that drains it. */
const countEveryLooks = 3;
/** When so few are left, each look counts. */
const fewLeft = 20_000;
/** If nothing moved for this long, the backlog will not drain any more. */
const stallMaxMs = 60_000;

export type Drain = {
  readonly seconds: number;
  readonly left: number;
  /** Jobs of all queues in Redis, at most. */
  readonly jobsMax: number;
  readonly memoryMaxMiB: number;
  /** Share of the limit of its memory. */
  readonly memoryShare: number;
};

/** Jobs that the service stages for unpaid payments: looks at the gateway, and messages to their buyers. */
const staged = [checkAttemptJob, ordersUnpaid, reminderSend, remindersSendTogether].map(({ name }) => name);

/** Looks at outbox and Redis every few seconds until the backlog is done. Jobs that it causes later are ignored. */
export async function watchDrain({ owner, services }: BenchStack): Promise<Drain> {
  const redis = new Redis(services.addresses.redisQueueUrl, { maxRetriesPerRequest: 1 });
  const started = performance.now();
  let [movedAt, before, left] = [started, -1, Number.POSITIVE_INFINITY];
  const most = { jobs: 0, memory: 0, limit: 1 };
  try {
    for (let looks = 1; ; looks += 1) {
      const isCounted = left < fewLeft || looks % countEveryLooks === 1;
      if (isCounted) left = await rowsLeft(owner);
      most.jobs = Math.max(most.jobs, await jobsIn(redis));
      const memory = await redis.info('memory');
      most.memory = Math.max(most.memory, Number(/used_memory:(\d+)/.exec(memory)?.[1] ?? 0));
      most.limit = Number(/maxmemory:(\d+)/.exec(memory)?.[1] ?? 1);
      if (isCounted && left !== before) movedAt = performance.now();
      before = left;
      const seconds = (performance.now() - started) / 1000;
      if (isCounted) say(`${left} rows left after ${Math.round(seconds)} s; Redis holds ${most.jobs} jobs at most`);
      if (left === 0 || performance.now() - movedAt > stallMaxMs)
        return {
          seconds,
          left,
          jobsMax: most.jobs,
          memoryMaxMiB: Math.round(most.memory / 2 ** 20),
          memoryShare: most.memory / most.limit,
        };
      await pause(lookEveryMs);
    }
  } finally {
    redis.disconnect();
  }
}

async function rowsLeft({ db }: BenchStack['owner']): Promise<number> {
  const [row] = await rowsOf<{ left: number }>(
    db,
    sql`select count(*)::int as left from outbox where name not in ${staged}`,
  );
  return row?.left ?? 0;
}

/** One key for each job; the few other keys are the queues' own. */
const jobsIn = (redis: Redis): Promise<number> => redis.dbsize();
