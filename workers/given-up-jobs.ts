import { buryStagedJobs } from '../src/platform/jobs/dead-letters.ts';
import type { StagedJob } from '../src/platform/jobs/outbox.ts';
import { jobsBuried } from './metrics.ts';
import type { RelayDeps } from './relay.ts';
import { outboxJobId } from './run-job.ts';

/** Handed over so often without being done, and not in the queue: given up. With the leases of the outbox, after some six hours. */
const relaysMax = 12;
/** From here on the queue is asked what became of the job. */
const relaysBeforeQuestion = 3;

/** Drops jobs that the queue has given up or that never get done, after making dead letters of them. */
export async function withoutGivenUp(deps: RelayDeps, staged: readonly StagedJob[]): Promise<readonly StagedJob[]> {
  const failures = await Promise.all(
    staged.map(async (job) => (job.relays < relaysBeforeQuestion ? undefined : whyGivenUp(deps, job))),
  );
  const kept: StagedJob[] = [];
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

async function whyGivenUp(deps: RelayDeps, job: StagedJob): Promise<string | undefined> {
  const queue = deps.jobs[job.name]?.queue;
  if (queue === undefined) return undefined;
  const state = await deps.queues[queue].getJobState(outboxJobId(job.id));
  if (state === 'failed') return 'failed_in_queue';
  return state === 'unknown' && job.relays > relaysMax ? 'never_done' : undefined;
}
