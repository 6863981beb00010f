import type { Job } from 'bullmq';
import type { Db } from '../../src/platform/database/db.ts';
import { countDeadLetters } from '../../src/platform/jobs/dead-letters.ts';
import { queueNames } from '../../src/platform/jobs/job.ts';
import type { Log } from '../../src/platform/log.ts';
import { outboxBacklog } from '../../src/platform/jobs/outbox.ts';
import { deadLetters, outboxJobs, outboxOldestSeconds, queueJobs, queueOldestSeconds } from '../metrics.ts';
import type { QueueName, Queues } from '../queues.ts';

/**
 * Watches the queues for the gauges and for liveness. A worker process is not alive if a queue has waiting jobs but none of its jobs has
 * finished here for a minute. A client library that hangs after an outage of Redis looks like this, and only a restart helps. While Redis
 * is down, every process counts as alive.
 */
export type Observer = {
  start(): void;
  stop(): void;
  /** One look; a timer repeats it after `start`. */
  look(): Promise<void>;
  /** Reports that a job of this queue has ended, with any outcome. */
  ended(queue: QueueName): void;
  /** Names of queues that are stuck. */
  silent(): QueueName[];
};

export const silentAfterMs = 60_000;
const lookEveryMs = 2000;
/** Counting a large outbox takes a while, so only every fifth look does it. */
const looksPerOutboxCount = 5;
/** So many of the jobs that have waited longest are looked at. */
const oldestMax = 10;
const countedStates = ['waiting', 'active', 'delayed', 'prioritized', 'failed'] as const;

type Watch = { waitingSince: number | undefined; endedAt: number };

/**
 * For how long a job has been due for its first try. Redis does not keep since when a tried job waits again: a message that a slow sender
 * takes an hour later is an hour old, and waits for nothing.
 */
function waitSeconds({ timestamp, processedOn, opts }: Job): number {
  return processedOn === undefined ? (Date.now() - timestamp - (opts.delay ?? 0)) / 1000 : 0;
}

export function createObserver(deps: { db: Db; queues: Queues; log: Log; now?: () => number }): Observer {
  const now = deps.now ?? (() => performance.now());
  const watches = new Map<QueueName, Watch>(
    queueNames.map((name) => [name, { waitingSince: undefined, endedAt: now() }]),
  );
  let timer: NodeJS.Timeout | undefined;
  let looking = false;
  let looks = 0;

  const lookAtQueue = async (name: QueueName): Promise<void> => {
    const watch = watches.get(name);
    if (watch === undefined) return;
    try {
      const counts = await deps.queues[name].getJobCounts(...countedStates);
      for (const state of countedStates) queueJobs.set({ queue: name, state }, counts[state] ?? 0);
      const waiting = counts['waiting'] ?? 0;
      const oldest = waiting > 0 ? await deps.queues[name].getJobs(['waiting'], 0, oldestMax - 1, true) : [];
      queueOldestSeconds.set({ queue: name }, Math.max(0, ...oldest.map(waitSeconds)));
      watch.waitingSince = waiting === 0 ? undefined : (watch.waitingSince ?? now());
    } catch {
      watch.waitingSince = undefined;
    }
  };

  const lookAtOutbox = async (): Promise<void> => {
    try {
      const backlog = await outboxBacklog(deps.db);
      outboxJobs.set(backlog.jobs);
      outboxOldestSeconds.set(backlog.oldestSeconds);
      deadLetters.set(await countDeadLetters(deps.db));
    } catch (error) {
      deps.log.debug({ err: error }, 'the outbox could not be counted');
    }
  };

  const look = async (): Promise<void> => {
    if (looking) return;
    looking = true;
    try {
      const countsOutbox = looks % looksPerOutboxCount === 0;
      looks += 1;
      await Promise.all([...queueNames.map(lookAtQueue), ...(countsOutbox ? [lookAtOutbox()] : [])]);
    } finally {
      looking = false;
    }
  };

  return {
    start: () => {
      timer ??= setInterval(() => void look(), lookEveryMs);
    },
    stop: () => clearInterval(timer),
    look,
    ended: (queue) => {
      const watch = watches.get(queue);
      if (watch !== undefined) watch.endedAt = now();
    },
    silent: () =>
      queueNames.filter((name) => {
        // One job of this queue takes minutes, and others wait for it.
        if (name === 'reports') return false;
        const watch = watches.get(name);
        if (watch?.waitingSince === undefined) return false;
        return now() - Math.max(watch.waitingSince, watch.endedAt) > silentAfterMs;
      }),
  };
}
