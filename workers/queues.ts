import { Queue, type WorkerOptions } from 'bullmq';
import type { JobContract } from '../src/platform/jobs/job.ts';
import type { Log } from '../src/platform/log.ts';
import { type RedisClient, openRedis } from '../src/platform/redis-client.ts';

/**
 * The queues, with every setting explicit. Redis holds only jobs that wait or run: finished ones are deleted there and
 * in the outbox, given-up ones are in Postgres.
 */

export type QueueName = JobContract['queue'];

/** One hash slot for all queues, as Redis Cluster needs it. */
export const queuePrefix = '{antre}';

export type Queues = Readonly<Record<QueueName, Queue>>;

/**
 * Shares of RELAY_JOBS_MAX, one in total. A queue whose outside party is slow cannot take the room of the others, and a
 * rush of less important jobs cannot take the room of more important ones.
 */
export const queueShares: Readonly<Record<QueueName, number>> = {
  callbacks: 0.25,
  tickets: 0.25,
  closings: 0.08,
  refunds: 0.06,
  payments: 0.15,
  notifications: 0.08,
  reminders: 0.03,
  announcements: 0.03,
  webhooks: 0.01,
  checks: 0.04,
  maintenance: 0.01,
  reports: 0.01,
};

/**
 * The most jobs of one queue that wait in Redis. Workers take them in the order in which they were handed over, so
 * behind a long line the order of importance and the fair sharing would have little effect. More would make no worker
 * busier.
 */
export const waitingMax = 1000;

/** Jobs of one queue that a process runs at once from Redis. It makes as many first tries (`run-in-place.ts`). */
export function queueConcurrency(queue: QueueName, workerConcurrency: number): number {
  if (queue === 'maintenance') return Math.min(workerConcurrency, 4);
  // A report holds a connection and takes a part of the event loop for minutes.
  if (queue === 'reports') return 1;
  return Math.max(1, Math.round(workerConcurrency * queueWeights[queue]));
}

/**
 * First tries of a queue that a process makes at once. Callbacks only use the database: four batches of a group commit.
 * Tickets get twice their own slots, ending orders and new payments a batch and reminders four jobs of ten, as far as what is more
 * important leaves room for it. More of them beside a rush of callbacks would delay more important jobs.
 * @param running first tries of a queue that this process makes now
 */
export function inPlaceMax(queue: QueueName, workerConcurrency: number, running: (queue: QueueName) => number): number {
  if (queue === 'callbacks') return workerConcurrency * 20;
  const own = queueConcurrency(queue, workerConcurrency);
  if (queue === 'tickets') return Math.max(own, workerConcurrency * 8 - running('callbacks'));
  const important = running('callbacks') + running('tickets');
  if (queue === 'closings') return Math.max(own, workerConcurrency * 2 - important);
  if (queue === 'payments') return Math.max(own, workerConcurrency * 5 - important);
  if (queue === 'reminders') return Math.max(own, workerConcurrency * 2 - important - running('payments'));
  return own;
}

/**
 * Each queue's slots in a worker, as a part of WORKER_CONCURRENCY. These slots are its own: when all queues have work,
 * they share processor and connections by these weights, and a queue without work takes nothing from the others.
 * Callbacks, payments and tickets need Postgres for many jobs together, by group commits, so they have more slots than
 * the worker has connections. Payments have no more than may wait at once for a call to the gateway (`gatewaySlots`).
 */
const queueWeights: Readonly<Record<Exclude<QueueName, 'maintenance' | 'reports'>, number>> = {
  callbacks: 5,
  tickets: 4,
  closings: 0.5,
  refunds: 0.5,
  payments: 2,
  notifications: 1,
  // One job looks at up to a hundred orders or sends ten reminders, so a few at once are enough beside new payments.
  reminders: 0.15,
  // As many as the stream of news has connections.
  announcements: 0.2,
  webhooks: 1,
  // They mostly wait for the gateway: two looks at each order that nobody pays within minutes.
  checks: 0.75,
};

const lockMs = 20_000;
const stalledIntervalMs = 10_000;
/** A job whose process died, or whose end the queue has forgotten, starts again after at most this long. */
export const stalledWithinMs = lockMs + stalledIntervalMs;
const stalledCountMax = 2;
/** Failed jobs are kept in Redis only for display; the dead letter counts. */
const failedKept = { age: 3600, count: 1000 } as const;
const drainDelaySeconds = 5;

export function workerOptions(connection: RedisClient, concurrency: number): WorkerOptions {
  return {
    connection,
    prefix: queuePrefix,
    concurrency,
    autorun: true,
    lockDuration: lockMs,
    stalledInterval: stalledIntervalMs,
    maxStalledCount: stalledCountMax,
    drainDelay: drainDelaySeconds,
    removeOnComplete: { count: 0 },
    removeOnFail: failedKept,
    settings: { backoffStrategy: (attemptsMade) => backoffMs(attemptsMade) },
  };
}

const backoffFirstMs = 1000;
const backoffMaxMs = 600_000;

/**
 * Doubles from one second to ten minutes. Half of it is random, so that jobs that failed together do not return
 * together.
 */
export function backoffMs(attemptsMade: number, chance: number = Math.random()): number {
  const full = Math.min(backoffFirstMs * 2 ** Math.max(attemptsMade - 1, 0), backoffMaxMs);
  return Math.round(full / 2 + (full / 2) * chance);
}

/** What each job of a contract carries. */
export function jobOptions(contract: JobContract) {
  return {
    attempts: contract.attempts,
    backoff: { type: 'doubling' },
    removeOnComplete: true,
    removeOnFail: failedKept,
    stackTraceLimit: 5,
  };
}

const eventsKept = 1000;

export function openQueues(connection: RedisClient): Queues {
  const open = (name: QueueName) => {
    const queue = new Queue(name, {
      connection,
      prefix: queuePrefix,
      streams: { events: { maxLen: eventsKept } },
    });
    // Failures reach the caller. The connection's own state is watched where it was opened.
    queue.on('error', () => {});
    return queue;
  };
  return {
    callbacks: open('callbacks'),
    tickets: open('tickets'),
    closings: open('closings'),
    refunds: open('refunds'),
    payments: open('payments'),
    notifications: open('notifications'),
    reminders: open('reminders'),
    announcements: open('announcements'),
    webhooks: open('webhooks'),
    checks: open('checks'),
    maintenance: open('maintenance'),
    reports: open('reports'),
  };
}

const producerCommandTimeoutMs = 5000;

/**
 * A client for adding jobs and reading counts. It fails at once while Redis is down, so that the work stays in
 * Postgres.
 */
export function openProducerRedis(url: string, log: Log): RedisClient {
  const redis = openRedis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: producerCommandTimeoutMs,
    connectTimeout: 2000,
    retryStrategy: (tries) => Math.min(100 * tries, 2000),
  });
  let down = false;
  redis.on('error', (error) => {
    if (!down) log.warn({ err: error, role: 'queue' }, 'the relay has lost Redis');
    down = true;
  });
  redis.on('ready', () => {
    down = false;
  });
  return redis;
}
