import { Worker } from 'bullmq';
import type { RedisClient } from '../src/platform/redis-client.ts';
import type { Config } from '../src/config.ts';
import type { Db } from '../src/platform/database/db.ts';
import { buryStagedJobs } from '../src/platform/jobs/dead-letters.ts';
import { createGroupCommit } from '../src/platform/database/group-commit.ts';
import { queueNames } from '../src/platform/jobs/job.ts';
import type { Log } from '../src/platform/log.ts';
import { deleteStagedJobs } from '../src/platform/jobs/outbox.ts';
import { listenForStaged } from '../src/platform/jobs/staged-signal.ts';
import { openQueueRedis, queueRedisFault } from '../src/platform/redis.ts';
import { orAfter } from '../src/platform/resilience/deadline.ts';
import type { Closers } from '../src/platform/resilience/shutdown.ts';
import { jobsBuried, jobsStalled } from './metrics.ts';
import { createObserver } from './watching/observe.ts';
import {
  type QueueName,
  type Queues,
  inPlaceMax,
  openProducerRedis,
  openQueues,
  queueConcurrency,
  workerOptions,
} from './queues.ts';
import { type Relay, createRelay } from './relay/relay.ts';
import { type InPlace, type InPlaceActs, createInPlace } from './running/run-in-place.ts';
import { type Handlers, type JobMap, createRunJob, outboxIdOf } from './running/run-job.ts';
import { type Schedule, keepSchedules, upsertSchedules } from './schedules.ts';

export type StartWorkerDeps<Jobs extends JobMap> = {
  readonly config: Pick<Config, 'ENV' | 'REDIS_QUEUE_URL' | 'WORKER_CONCURRENCY' | 'RELAY_JOBS_MAX'>;
  readonly db: Db;
  /** Carries the signals about staged jobs; without it the relay polls more often. */
  readonly redis?: RedisClient;
  readonly log: Log;
  readonly closers: Closers;
  readonly jobs: Jobs;
  readonly handlers: Handlers<Jobs>;
  readonly inPlace?: InPlaceActs<Jobs>;
  readonly schedules: readonly Schedule[];
};

export type RunningWorker = {
  readonly relay: Relay;
  readonly queues: Queues;
  /** Throws unless the queue's Redis answers. */
  ping(): Promise<void>;
  /** Why this process should be started again, or undefined. */
  fault(): string | undefined;
};

/** The queue Redis cannot hold the queue: it may evict, or forget at a restart. */
export class QueueRedisError extends Error {}

/**
 * Starts the workers of all queues, the relay, the schedules and the watching, and registers how each is closed:
 * backwards, so that the relay stops first and running jobs finish before their connections go.
 * @throws QueueRedisError when the queue's Redis must not hold it
 */
export async function startWorker<Jobs extends JobMap>(deps: StartWorkerDeps<Jobs>): Promise<RunningWorker> {
  const { config, db, log, closers } = deps;
  const redis = openQueueRedis(config.REDIS_QUEUE_URL, log);
  closers.add('queue redis', () => redis.disconnect());
  const fault = await queueRedisFault(redis, config.ENV === 'production');
  if (fault !== undefined) throw new QueueRedisError(`the Redis of REDIS_QUEUE_URL must not hold the queue: ${fault}`);

  const producer = openProducerRedis(config.REDIS_QUEUE_URL, log);
  closers.add('relay redis', () => producer.disconnect());
  const queues = openQueues(producer);
  closers.add('queues', () => Promise.all(queueNames.map((name) => queues[name].close())));

  const observer = createObserver({ db, queues, log });
  closers.add('observer', () => observer.stop());
  const finish = createFinish(db);
  const runJob = createRunJob({
    jobs: deps.jobs,
    handlers: deps.handlers,
    log,
    finish,
    bury: (outboxId, failure) => buryStagedJobs(db, [outboxId], failure),
  });
  const workers = queueNames.map((name) =>
    openWorker({
      name,
      deps,
      redis,
      runJob,
      ended: () => {
        observer.ended(name);
        // Most jobs stage others.
        relay.wake();
      },
    }),
  );
  closers.add('workers', () => Promise.all(workers.map(closeWorker)));
  observer.start();

  await upsertSchedules(queues, deps.schedules);
  const keeper = keepSchedules({ queues, schedules: deps.schedules, log });
  closers.add('schedules', () => keeper.stop());
  const relay = createRelay({
    db,
    queues,
    redis: producer,
    jobs: deps.jobs,
    log,
    jobsMax: config.RELAY_JOBS_MAX,
    inPlace: openInPlace(deps, finish, () => relay.wake()),
    isWoken: () => listener?.isListening() === true,
  });
  const listener = deps.redis === undefined ? undefined : listenForStaged(deps.redis, relay.wake);
  closers.add('staged listener', () => listener?.close());
  relay.start();
  closers.add('relay', () => orAfter(closeGraceMs, relay.stop(), () => {}));

  return {
    relay,
    queues,
    ping: async () => {
      await producer.ping();
    },
    fault: () => {
      const silent = observer.silent();
      return silent.length === 0
        ? undefined
        : `no job of ${silent.join(', ')} has ended for a minute although some wait`;
    },
  };
}

const finishBatchMax = 200;
const finishQueueMax = 10_000;
const finishDeadlineMs = 10_000;
const finishEveryMs = 50;

/** Outbox rows of finished jobs are deleted in batches that form by themselves. */
function createFinish(db: Db): (outboxId: string) => Promise<void> {
  const commits = createGroupCommit<string, void>({
    name: 'finished_jobs',
    flush: async (_lane, ids) => {
      await deleteStagedJobs(db, ids);
      return ids.map(() => undefined);
    },
    batchMax: finishBatchMax,
    queueMax: finishQueueMax,
    deadlineMs: finishDeadlineMs,
    flushesMax: 1,
    everyMs: finishEveryMs,
  });
  return (outboxId) => commits.submit('outbox', outboxId);
}

function openInPlace<Jobs extends JobMap>(
  { inPlace: acts, jobs, log, config }: StartWorkerDeps<Jobs>,
  finish: (outboxId: string) => Promise<void>,
  ended: () => void,
): InPlace | undefined {
  if (acts === undefined) return undefined;
  return createInPlace({
    jobs,
    acts,
    log,
    slotsOf: (queue, running) => inPlaceMax(queue, config.WORKER_CONCURRENCY, running),
    finish,
    ended,
  });
}

const closeGraceMs = 8000;

type OpenWorkerOptions<Jobs extends JobMap> = {
  readonly name: QueueName;
  readonly deps: StartWorkerDeps<Jobs>;
  readonly redis: ReturnType<typeof openQueueRedis>;
  readonly runJob: ReturnType<typeof createRunJob>;
  readonly ended: () => void;
};

function openWorker<Jobs extends JobMap>({ name, deps, redis, runJob, ended }: OpenWorkerOptions<Jobs>): Worker {
  const { config, db, log } = deps;
  const worker = new Worker(
    name,
    async (job, token) => {
      try {
        await runJob(job, token);
      } finally {
        ended();
      }
    },
    workerOptions(redis, queueConcurrency(name, config.WORKER_CONCURRENCY)),
  );
  worker.on('error', (error) => log.warn({ err: error, queue: name }, 'the worker has a fault'));
  worker.on('stalled', (jobId) => {
    jobsStalled.inc({ queue: name });
    log.warn({ queue: name, jobId }, 'a job stalled and starts again');
  });
  // Only the queue knows that a job stalled too often: each time, it killed its process.
  worker.on('failed', (job, error) => {
    const outboxId = outboxIdOf(job?.id);
    if (job === undefined || outboxId === undefined || !/stalled/.test(error.message)) return;
    jobsBuried.inc({ job: job.name });
    log.error({ queue: name, jobId: job.id, job: job.name }, 'a job stalled too often and is given up');
    buryStagedJobs(db, [outboxId], 'stalled').catch((cause: unknown) =>
      log.error(
        { err: cause, jobId: job.id },
        'a stalled job could not be stored as a dead letter; the relay will retry',
      ),
    );
  });
  return worker;
}

/** Lets running jobs finish within a deadline. Jobs that are cut off stall, and another process restarts them. */
async function closeWorker(worker: Worker): Promise<void> {
  await orAfter(closeGraceMs, worker.close(), () => worker.close(true));
}
