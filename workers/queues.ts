import { Queue, type WorkerOptions } from 'bullmq';
import { Redis } from 'ioredis';
import type { JobContract } from '../src/platform/job.ts';
import type { Log } from '../src/platform/log.ts';

/**
 * The four queues, with every setting explicit. Redis holds only work that is waiting or running: what is done is
 * deleted there and in the outbox, what is given up lies in Postgres.
 */

export const queueNames = [
  'orders',
  'payments',
  'notifications',
  'maintenance',
] as const satisfies readonly JobContract['queue'][];
export type QueueName = (typeof queueNames)[number];

/** One hash slot for all queues, as Redis Cluster needs it. */
export const queuePrefix = '{antre}';

export type Queues = Readonly<Record<QueueName, Queue>>;

/** Shares of RELAY_JOBS_MAX: a queue whose outside party is slow cannot take the room of the others. */
export const queueShares: Readonly<Record<QueueName, number>> = {
  orders: 0.15,
  payments: 0.4,
  notifications: 0.4,
  maintenance: 0.05,
};

/** Jobs of one queue that a process runs at once. */
export function queueConcurrency(queue: QueueName, workerConcurrency: number): number {
  return queue === 'maintenance' ? Math.min(workerConcurrency, 4) : workerConcurrency;
}

/** A job whose process died is found after at most the sum of these two. */
const lockMs = 20_000;
const stalledIntervalMs = 10_000;
const stalledCountMax = 2;
/** Failed jobs are kept in Redis only to look at; their truth is the dead letter. */
const failedKept = { age: 3600, count: 1000 } as const;
const drainDelaySeconds = 5;

export function workerOptions(connection: Redis, concurrency: number): WorkerOptions {
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

/** Doubles from one second to ten minutes; half of it is chance, so that what failed together does not return together. */
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

export function openQueues(connection: Redis): Queues {
  const open = (name: QueueName) => {
    const queue = new Queue(name, {
      connection,
      prefix: queuePrefix,
      streams: { events: { maxLen: eventsKept } },
    });
    // Failures reach whoever made the call; the connection's own state is watched where it was opened.
    queue.on('error', () => {});
    return queue;
  };
  return {
    orders: open('orders'),
    payments: open('payments'),
    notifications: open('notifications'),
    maintenance: open('maintenance'),
  };
}

const producerCommandTimeoutMs = 5000;

/** A client for adding jobs and reading counts: it fails at once while Redis is away, so that the work stays in Postgres. */
export function openProducerRedis(url: string, log: Log): Redis {
  const redis = new Redis(url, {
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
