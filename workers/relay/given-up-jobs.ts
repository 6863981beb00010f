import type { Db } from '../../src/platform/database/db.ts';
import type { Log } from '../../src/platform/log.ts';
import { buryStagedJobs, buryUnknownJobs } from '../../src/platform/jobs/dead-letters.ts';
import { type StagedJob, stagedJobNames } from '../../src/platform/jobs/outbox.ts';
import { jobsBuried, outboxUnknownNames } from '../metrics.ts';
import type { Queues } from '../queues.ts';
import { type JobMap, outboxJobId, unknownGraceSeconds } from '../running/run-job.ts';

export type GivenUpDeps = {
  readonly db: Db;
  readonly queues: Queues;
  readonly jobs: JobMap;
  readonly log: Log;
  /** Tests pass another one. */
  readonly unknownGraceSeconds?: number;
};

/**
 * A job that was handed over this often without being done, and is not in the queue, is given up. With the leases of
 * the outbox this takes some six hours.
 */
const relaysMax = 12;
/** From this number on, the queue is asked for the state of the job. */
const relaysBeforeQuestion = 3;
const unknownSweepMs = 10_000;
const unknownSweepMax = 500;

/** Turns jobs that the queue has given up, or that never get done, into dead letters. */
export async function withoutGivenUp<Job extends StagedJob>(
  deps: GivenUpDeps,
  staged: readonly Job[],
): Promise<readonly Job[]> {
  const failures = await Promise.all(
    staged.map(async (job) => (job.relays < relaysBeforeQuestion ? undefined : whyGivenUp(deps, job))),
  );
  const kept: Job[] = [];
  for (const [index, job] of staged.entries()) {
    const failure = failures[index];
    if (failure === undefined) {
      kept.push(job);
      continue;
    }
    jobsBuried.inc({ job: job.name });
    deps.log.error({ outboxId: job.id, job: job.name, failure }, 'a staged job is given up');
    await buryStagedJobs(deps.db, [job.id], failure);
  }
  return kept;
}

async function whyGivenUp(deps: GivenUpDeps, job: StagedJob): Promise<string | undefined> {
  const queue = deps.jobs[job.name]?.queue;
  if (queue === undefined) return undefined;
  const state = await deps.queues[queue].getJobState(outboxJobId(job.id));
  if (state === 'failed') return 'failed_in_queue';
  return state === 'unknown' && job.relays > relaysMax ? 'never_done' : undefined;
}

/**
 * Turns jobs of kinds that this build does not know into dead letters, after a grace period. Looks every ten seconds.
 */
export function createUnknownSweep(deps: GivenUpDeps): () => Promise<void> {
  let nextSweep = 0;
  return async () => {
    if (performance.now() < nextSweep) return;
    nextSweep = performance.now() + unknownSweepMs;
    const unknown = (await stagedJobNames(deps.db)).filter((name) => !Object.hasOwn(deps.jobs, name));
    outboxUnknownNames.set(unknown.length);
    if (unknown.length === 0) return;
    deps.log.error({ jobs: unknown }, 'staged jobs of kinds that this build does not know');
    const buried = await buryUnknownJobs(deps.db, unknown, {
      limit: unknownSweepMax,
      graceSeconds: deps.unknownGraceSeconds ?? unknownGraceSeconds,
    });
    jobsBuried.inc({ job: 'unknown' }, buried);
  };
}
