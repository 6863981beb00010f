import type { JobContract } from '../../src/platform/jobs/job.ts';
import type { StagedJob } from '../../src/platform/jobs/outbox.ts';
import { RetryLater } from '../../src/platform/jobs/retry-later.ts';
import type { Log } from '../../src/platform/log.ts';
import { withinTrace } from '../../src/platform/tracing/scope.ts';
import { beginTrace, faultOf, isTracing } from '../../src/platform/tracing/trace.ts';
import { jobRun, jobsCompleted, jobsLeft, jobsStarted } from '../metrics.ts';
import type { QueueName } from '../queues.ts';
import type { JobMap, JobRun } from './run-job.ts';
import { runWithin } from './run-within.ts';
import { endJobTrace, subjectOfPayload } from './trace-jobs.ts';

/**
 * The first try of a job, in the process of the relay. It resolves to false if the queue must carry the job, because this is not the
 * common case; nothing was changed then. An exception leaves the job to the queue, too.
 */
export type InPlaceActs<Jobs extends JobMap> = {
  readonly [Name in keyof Jobs]?: (payload: never, run: JobRun) => Promise<unknown>;
};

export type InPlaceDeps = {
  readonly jobs: JobMap;
  readonly acts: InPlaceActs<JobMap>;
  readonly log: Log;
  /** Jobs of a queue that may run here at once, given how many of each run. */
  readonly slotsOf: (queue: QueueName, running: (queue: QueueName) => number) => number;
  /** Deletes the outbox row of a job that is done. */
  readonly finish: (outboxId: string) => Promise<unknown>;
  /** Called when a job has ended: there is room for another one, and most jobs stage others. */
  readonly ended: () => void;
};

/** A job for the queue, and the seconds after which it may run there. */
export type LeftJob = StagedJob & { readonly delaySeconds?: number };

/**
 * Runs the first try of jobs in the process of the relay. The way through Redis costs more than the rest of a common
 * job. The lease of the outbox row holds as for jobs in the queue: if this process dies, the row returns. A job that
 * fails here or must wait goes to the queue, which repeats and delays it.
 */
export type InPlace = {
  /** Whether this job has such an act and is new. A returned job has failed here before. */
  takes(job: StagedJob): boolean;
  /** @param leave gets the jobs that the queue must carry; if it fails, their leases end and they return */
  start(jobs: readonly StagedJob[], leave: (jobs: readonly LeftJob[]) => Promise<void>): void;
  /** Resolves when no job is running. */
  idle(): Promise<void>;
  /** The free slots of this queue; undefined if none of its jobs run here. A job of several items takes as many. */
  room(queue: QueueName): number | undefined;
};

type Leave = (job: LeftJob) => Promise<void>;
type Outcome = { readonly isDone: boolean; readonly delaySeconds?: number; readonly fault?: string };

export function createInPlace({ jobs, acts, log, slotsOf, finish, ended }: InPlaceDeps): InPlace {
  const queues = new Set(Object.keys(acts).flatMap((name) => jobs[name]?.queue ?? []));
  const running = new Map<QueueName, number>();
  const unfinished = new Set<Promise<void>>();

  const runningOf = (queue: QueueName): number => running.get(queue) ?? 0;
  const change = (queue: QueueName, by: number): void => void running.set(queue, runningOf(queue) + by);

  const attempt = async (job: StagedJob, contract: JobContract): Promise<Outcome> => {
    const payload = contract.payload.safeParse(job.payload);
    const act = acts[job.name];
    if (!payload.success || act === undefined) return { isDone: false };
    jobsStarted.inc({ job: job.name });
    const started = performance.now();
    try {
      const answer = await runWithin(contract.timeoutMs, (signal) =>
        act(payload.data as never, { signal, attempt: 1 }),
      );
      return { isDone: answer !== false };
    } catch (error) {
      if (error instanceof RetryLater) return { isDone: false, delaySeconds: error.seconds };
      const ids = subjectOfPayload(job.payload);
      log.warn({ err: error, outboxId: job.id, job: job.name, ...ids }, 'a job failed in place and goes to the queue');
      return { isDone: false, fault: faultOf(error) };
    } finally {
      jobRun.observe({ job: job.name }, (performance.now() - started) / 1000);
    }
  };

  const conclude = async (job: StagedJob, { isDone, delaySeconds }: Outcome, leave: Leave): Promise<void> => {
    if (isDone) {
      jobsCompleted.inc({ job: job.name });
      await finish(job.id);
      return;
    }
    jobsLeft.inc({ job: job.name });
    await leave(delaySeconds === undefined ? job : { ...job, delaySeconds });
  };

  const run = async (job: StagedJob, contract: JobContract, leave: Leave): Promise<void> => {
    const { queue, itemsMax = 1 } = contract;
    change(queue, itemsMax);
    const trace = isTracing()
      ? beginTrace({ kind: 'consumer', parent: job.traceparent, links: [job.linked] })
      : undefined;
    const outcome = await withinTrace(trace, () => attempt(job, contract));
    if (trace !== undefined) endJobTrace(trace, { ...job, waitedMs: job.waited_seconds * 1000 }, outcome.fault);
    change(queue, -itemsMax);
    ended();
    try {
      await conclude(job, outcome, leave);
    } catch (error) {
      // Its lease ends, and it returns. Its act must be safe to repeat.
      log.warn({ err: error, outboxId: job.id }, 'a job that ran in place could not be concluded');
    }
  };

  return {
    takes: (job) => job.relays === 1 && acts[job.name] !== undefined,
    start: (staged, leave) => {
      if (staged.length === 0) return;
      const leaveTogether = together(leave);
      for (const job of staged) {
        const contract = jobs[job.name];
        if (contract === undefined) continue;
        const whole = run(job, contract, leaveTogether).finally(() => unfinished.delete(whole));
        unfinished.add(whole);
      }
      log.debug({ jobs: staged.length }, 'jobs in place');
    },
    idle: async () => {
      await Promise.all(unfinished);
    },
    room: (queue) => (queues.has(queue) ? Math.max(slotsOf(queue, runningOf) - runningOf(queue), 0) : undefined),
  };
}

/** Batches everything given in one turn of the event loop into one call, because jobs that must wait arrive together. */
function together<Item>(act: (items: readonly Item[]) => Promise<void>): (item: Item) => Promise<void> {
  let items: Item[] = [];
  let call: Promise<void> | undefined;
  return (item) => {
    items.push(item);
    call ??= new Promise((resolve) => setImmediate(resolve)).then(() => {
      const taken = items;
      [items, call] = [[], undefined];
      return act(taken);
    });
    return call;
  };
}
