import { counter, gauge, histogram } from '../src/platform/metrics.ts';

/** Labels are names from the closed lists of jobs and queues. */

const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

export const jobWait = histogram(
  'job_wait_seconds',
  'Time from being added to the queue to the first start',
  ['job'],
  seconds,
);
export const jobRun = histogram('job_run_seconds', 'Time of one run of a job', ['job'], seconds);
export const jobsStarted = counter('jobs_started_total', 'Runs of jobs', ['job']);
export const jobsCompleted = counter('jobs_completed_total', 'Jobs that are done', ['job']);
/** kind: again (another attempt follows), skipped (the next scheduled run follows), final, payload (does not parse), unknown (no such contract). */
export const jobsFailed = counter('jobs_failed_total', 'Runs of jobs that failed', ['job', 'kind']);
/** The common case did not hold, or failed. */
export const jobsLeft = counter('jobs_left_total', 'Jobs that were tried in place and left to the queue', ['job']);
export const jobsPostponed = counter('jobs_postponed_total', 'Runs that asked to come back later', ['job']);
export const jobsStalled = counter('jobs_stalled_total', 'Jobs that stalled because their process died or hung', [
  'queue',
]);
export const jobsBuried = counter('jobs_buried_total', 'Jobs that became dead letters: somebody must look', ['job']);

export const queueJobs = gauge('queue_jobs', 'Jobs in Redis by queue and state', ['queue', 'state']);
export const queueOldestSeconds = gauge(
  'queue_oldest_seconds',
  'For how long a job has been due for its first try, at most',
  ['queue'],
);
export const outboxJobs = gauge('outbox_due_jobs', 'Due jobs that no relay has taken, counted up to 100,000');
export const outboxOldestSeconds = gauge('outbox_oldest_seconds', 'For how long the oldest of them has been due');
export const outboxUnknownNames = gauge('outbox_unknown_names', 'Kinds of staged jobs that this build does not know');
export const deadLetters = gauge('dead_letters', 'Jobs that were given up and wait for a person');

export const relayed = counter('relay_jobs_total', 'Jobs handed to the queue', ['job']);
export const relayedAgain = counter(
  'relay_repeats_total',
  'Jobs handed over again, because they were not done in time',
  ['job'],
);
export const relayWait = histogram('relay_wait_seconds', 'Time from commit to being handed to the queue', [], seconds);
export const relayHeld = counter('relay_held_total', 'Rounds in which the relay gave a queue nothing', [
  'reason',
  'queue',
]);
