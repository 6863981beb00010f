import type { JobContract } from '../src/platform/jobs/job.ts';
import type { StagedJob } from '../src/platform/jobs/outbox.ts';
import type { Log } from '../src/platform/log.ts';
import { jobRun, jobsCompleted, jobsLeft, jobsStarted } from './metrics.ts';
import type { QueueName } from './queues.ts';
import type { JobMap } from './run-job.ts';

/**
 * Acts that do the common case of a job by database work alone, many at once by group commit. True when the job is done. False
 * when the queue must carry it, because the gateway has to be asked or the case is rare; nothing was changed then.
 */
export type InPlaceActs<Jobs extends JobMap> = {
  readonly [Name in keyof Jobs]?: (payload: never) => Promise<boolean>;
};

export type InPlaceDeps = {
  readonly jobs: JobMap;
  readonly acts: InPlaceActs<JobMap>;
  readonly log: Log;
  /** Deletes the outbox row of a job that is done. */
  readonly finish: (outboxId: string) => Promise<unknown>;
};

/**
 * Runs jobs in the process of the relay, without a way through Redis for each. The lease of the outbox row holds as for jobs in
 * the queue: if this process dies, the row comes back. A job that fails here goes to the queue, which repeats it.
 */
export type InPlace = {
  /** Whether this job has such an act and is new: one that comes back has failed here before. */
  takes(job: StagedJob): boolean;
  /** @param leave gets the jobs that the queue must carry. If it fails, their leases end and they come back. */
  start(jobs: readonly StagedJob[], leave: (jobs: readonly StagedJob[]) => Promise<void>): void;
  /** Resolves when no job is running. */
  idle(): Promise<void>;
  /** How many more jobs of this queue may be started now; unlimited where its jobs are not run here. */
  room(queue: QueueName): number;
};

/** Jobs that run at once: four batches of a group commit. */
const placesMax = 400;

export function createInPlace({ jobs, acts, log, finish }: InPlaceDeps): InPlace {
  let running = 0;
  const batches = new Set<Promise<void>>();
  const queues = new Set(Object.keys(acts).map((name) => jobs[name]?.queue));

  const isDone = async (job: StagedJob): Promise<boolean> => {
    const payload = (jobs[job.name] as JobContract).payload.safeParse(job.payload);
    const act = acts[job.name];
    if (!payload.success || act === undefined) return false;
    jobsStarted.inc({ job: job.name });
    const started = performance.now();
    try {
      if (!(await act(payload.data as never))) return false;
      await finish(job.id);
      jobsCompleted.inc({ job: job.name });
      return true;
    } catch (error) {
      log.warn({ err: error, outboxId: job.id, job: job.name }, 'a job failed in place and goes to the queue');
      return false;
    } finally {
      jobRun.observe({ job: job.name }, (performance.now() - started) / 1000);
    }
  };

  const run = async (
    staged: readonly StagedJob[],
    leave: (jobs: readonly StagedJob[]) => Promise<void>,
  ): Promise<void> => {
    running += staged.length;
    try {
      const done = await Promise.all(staged.map(isDone));
      const left = staged.filter((_, index) => done[index] !== true);
      for (const job of left) jobsLeft.inc({ job: job.name });
      log.info({ jobs: staged.length, left: left.length }, 'jobs in place');
      await leave(left);
    } catch (error) {
      log.warn({ err: error }, 'jobs that were left in place were not handed over');
    } finally {
      running -= staged.length;
    }
  };

  return {
    takes: (job) => job.relays === 1 && acts[job.name] !== undefined,
    start: (staged, leave) => {
      if (staged.length === 0) return;
      const batch = run(staged, leave).finally(() => batches.delete(batch));
      batches.add(batch);
    },
    idle: async () => {
      await Promise.all(batches);
    },
    room: (queue) => (queues.has(queue) ? Math.max(placesMax - running, 0) : Number.POSITIVE_INFINITY),
  };
}
