import type { RedisClient } from '../../src/platform/redis-client.ts';
import { queueNames } from '../../src/platform/jobs/job.ts';
import {
  type StagedJob,
  leaseOverdueJobs,
  leaseStagedJobs,
  releaseStagedJobs,
} from '../../src/platform/jobs/outbox.ts';
import { type GivenUpDeps, createUnknownSweep, withoutGivenUp } from './given-up-jobs.ts';
import { refillQueue } from './refill-queue.ts';
import { relayHeld, relayWait, relayed, relayedAgain } from '../metrics.ts';
import { type QueueName, jobOptions } from '../queues.ts';
import type { InPlace, LeftJob } from '../running/run-in-place.ts';
import { outboxJobId } from '../running/run-job.ts';
import { createRoundPace, roundEveryMs } from './round-pace.ts';
import { createSharing } from './share-room.ts';
import { withOrderTraces } from '../running/trace-jobs.ts';

/**
 * The relay: staged jobs -> BullMQ.
 *
 * Promises:
 *  1. No staged job is skipped: due rows are found by their time and taken with SKIP LOCKED. The relay remembers no position.
 *  2. A row is leased, not deleted: until its job is done it returns, after 30 s, then twice that, up to an hour. If the queue
 *     loses everything, the relay notices and hands all jobs over again (`refillQueue`). A job that is handed over twice has
 *     the same id, and takes no room from new ones.
 *  3. At most `jobsMax` jobs are in Redis, each queue with its share, and few of them waiting; a backlog stays in Postgres.
 *     More important jobs have their own queues and go first in each round. A queue's room is shared equally between its
 *     kinds of job, within a kind between organizers, and of an organizer between events, so that none waits behind the
 *     backlog of another.
 *  4. Nothing is leased while Redis is down. Jobs that it refuses are given back.
 *  5. One bad row stops nothing: a job that the queue refuses is skipped, and unknown kinds become dead letters.
 *  6. The jobs that every order causes are tried first in this process, many at once (`inPlace`). The queue gets the rest:
 *     it repeats and delays.
 */
export type Relay = {
  /** One round; the number of jobs handed over. */
  round(): Promise<number>;
  start(): void;
  /** Jobs may have been staged: the next round starts soon. */
  wake(): void;
  /** Finishes the round and the jobs that are running. */
  stop(): Promise<void>;
};

export type RelayDeps = GivenUpDeps & {
  readonly redis: Pick<RedisClient, 'status' | 'get' | 'set'>;
  readonly jobsMax: number;
  readonly inPlace?: InPlace | undefined;
  /** Whether other processes' signals call `wake`. Without them the pauses stay short. */
  readonly isWoken?: () => boolean;
};

/** Interval between searches for returned jobs. */
const takeBackEveryMs = 250;
/** Jobs that are handed over again in one round. */
const overdueRoundMax = 250;
/** After a round that moved this many, the next one follows at once. */
const busyRound = 100;
const pauseMaxMs = 200;
/** The longest pause while the relay is woken for staged jobs. It then finds only jobs of lost signals, and retries. */
const pauseMaxWokenMs = 1000;
const failurePauseMs = 1000;
const releaseDelaySeconds = 1;

export function createRelay(deps: RelayDeps): Relay {
  let stopping = false;
  let running: Promise<void> | undefined;

  const pace = createRoundPace();
  const share = createSharing(deps);
  const takeBack = createTakeBack(deps);
  const sweepUnknown = createUnknownSweep(deps);

  const round = async (isWhole = true): Promise<number> => {
    if (deps.redis.status !== 'ready') {
      relayHeld.inc({ reason: 'redis_away', queue: 'all' });
      return 0;
    }
    const back = await takeBack(isWhole);
    const { shares, isShort } = await share();
    const staged = await leaseStagedJobs(deps.db, shares);
    if (staged.length > 0 && !isShort) pace.tookAll();
    await startOrHandOver(deps, staged);
    return back + staged.length;
  };

  const loop = async (): Promise<void> => {
    let pauseMs = roundEveryMs;
    for (;;) {
      if (stopping) return;
      pace.begin();
      try {
        const taken = await round(false);
        await sweepUnknown();
        if (taken >= busyRound) continue;
        const pauseMax = deps.isWoken?.() === true ? pauseMaxWokenMs : pauseMaxMs;
        pauseMs = taken > 0 ? roundEveryMs : Math.min(pauseMs * 1.5, pauseMax);
      } catch (error) {
        deps.log.warn({ err: error }, 'a round of the relay failed');
        await pace.wait(failurePauseMs);
        pauseMs = roundEveryMs;
        continue;
      }
      await pace.rest(pauseMs);
    }
  };

  return {
    round: () => round(),
    start: () => {
      running ??= loop();
    },
    wake: pace.wake,
    stop: async () => {
      stopping = true;
      pace.stop();
      await running;
      await deps.inPlace?.idle();
    },
  };
}

/**
 * Hands over returned jobs, after a loss of the queue and after leases that have ended. Returns how many. Looks only
 * every `takeBackEveryMs`, unless it must or has found many.
 */
function createTakeBack(deps: RelayDeps): (must: boolean) => Promise<number> {
  let next = 0;
  return async (must) => {
    if (!must && performance.now() < next) return 0;
    await refillQueue(deps);
    const overdue = await leaseOverdueJobs(deps.db, Object.keys(deps.jobs), overdueRoundMax);
    await handOver(deps, overdue);
    next = overdue.length < busyRound ? performance.now() + takeBackEveryMs : 0;
    return overdue.length;
  };
}

/** New jobs. Those that can run here are started without waiting for them. */
async function startOrHandOver(deps: RelayDeps, staged: readonly StagedJob[]): Promise<void> {
  const traced = await withOrderTraces(deps, staged);
  const { here = [], queue = [] } = Object.groupBy(traced, (job) => (deps.inPlace?.takes(job) ? 'here' : 'queue'));
  countHandedOver(here);
  deps.inPlace?.start(here, (left) => handOver(deps, left, 'counted'));
  await handOver(deps, byTurns(queue));
}

/**
 * The first job of each kind and event, then the second of each, because workers take jobs in the order in which they
 * get them. Within one kind and event the job that waited longest comes first.
 */
function byTurns(staged: readonly StagedJob[]): StagedJob[] {
  const lanes = Map.groupBy(
    staged.toSorted((one, two) => two.waited_seconds - one.waited_seconds),
    (job) => `${job.name} ${job.event_id}`,
  );
  const placed = [...lanes.values()].flatMap((jobs) => jobs.map((job, place) => ({ job, place })));
  return placed.toSorted((one, two) => one.place - two.place).map(({ job }) => job);
}

/** @param counting `counted` if the figures include these jobs already */
async function handOver(
  deps: RelayDeps,
  staged: readonly LeftJob[],
  counting: 'new' | 'counted' = 'new',
): Promise<void> {
  const byQueue = new Map<QueueName, LeftJob[]>();
  for (const job of await withoutGivenUp(deps, staged)) {
    const queue = deps.jobs[job.name]?.queue ?? 'maintenance';
    const group = byQueue.get(queue);
    if (group === undefined) byQueue.set(queue, [job]);
    else group.push(job);
  }
  for (const queue of queueNames) {
    const jobs = byQueue.get(queue) ?? [];
    if (jobs.length === 0) continue;
    try {
      await add(deps, queue, jobs);
      if (counting === 'new') countHandedOver(jobs);
    } catch (error) {
      await afterRefusal(deps, queue, jobs, error);
    }
  }
}

async function add(deps: RelayDeps, queue: QueueName, jobs: readonly LeftJob[]): Promise<void> {
  await deps.queues[queue].addBulk(
    jobs.flatMap((job) => {
      const contract = deps.jobs[job.name];
      if (contract === undefined) return [];
      const delay = job.delaySeconds === undefined ? {} : { delay: job.delaySeconds * 1000 };
      const trace = job.traceparent ? { telemetry: { metadata: job.traceparent } } : {};
      const opts = { ...jobOptions(contract), ...delay, ...trace, jobId: outboxJobId(job.id) };
      return [{ name: job.name, data: job.payload, opts }];
    }),
  );
}

function countHandedOver(jobs: readonly StagedJob[]): void {
  for (const job of jobs) {
    relayed.inc({ job: job.name });
    if (job.relays > 1) relayedAgain.inc({ job: job.name });
    else relayWait.observe(Math.max(job.waited_seconds, 0));
  }
}

/** Redis refused or is down: the leases are given back. If it accepts other jobs, the bad one keeps its lease. */
async function afterRefusal(
  deps: RelayDeps,
  queue: QueueName,
  jobs: readonly StagedJob[],
  error: unknown,
): Promise<void> {
  deps.log.warn({ err: error, queue, jobs: jobs.length }, 'the queue did not accept these jobs');
  const message = error instanceof Error ? error.message : '';
  const isServerFault =
    deps.redis.status !== 'ready' || /OOM|READONLY|LOADING|timed out|Connection|writeable|CLUSTERDOWN/i.test(message);
  if (isServerFault) {
    relayHeld.inc({ reason: 'refused', queue });
    await releaseStagedJobs(
      deps.db,
      jobs.map((job) => job.id),
      releaseDelaySeconds,
    );
    throw error;
  }
  for (const job of jobs) {
    await add(deps, queue, [job])
      .then(() => countHandedOver([job]))
      .catch((cause: unknown) => {
        deps.log.error({ err: cause, outboxId: job.id, job: job.name }, 'the queue refuses this job');
      });
  }
}
