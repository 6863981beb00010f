import { DelayedError, UnrecoverableError } from 'bullmq';
import type { z } from 'zod';
import { isUnavailable } from '../../src/platform/database/db-errors.ts';
import { DomainError } from '../../src/platform/errors.ts';
import type { JobContract } from '../../src/platform/jobs/job.ts';
import type { Log } from '../../src/platform/log.ts';
import { withinTrace } from '../../src/platform/tracing/scope.ts';
import { beginTrace, isTracing } from '../../src/platform/tracing/trace.ts';
import { RetryLater } from '../../src/platform/jobs/retry-later.ts';
import { runWithin } from './run-within.ts';
import { endJobTrace, subjectOfPayload } from './trace-jobs.ts';
import { jobRun, jobWait, jobsBuried, jobsCompleted, jobsFailed, jobsPostponed, jobsStarted } from '../metrics.ts';

/**
 * Wraps every act of a job: checks the payload, gives a deadline, measures, logs one line by id, and says what a
 * failure means.
 *
 * | what happened                                   | what follows                                     |
 * | ----------------------------------------------- | ------------------------------------------------ |
 * | done                                            | the outbox row is deleted, then the queue's job  |
 * | RetryLater                                      | delayed, no attempt used                         |
 * | Postgres is away or overloaded                  | delayed some seconds, no attempt used            |
 * | either of the two, in a recurring job           | ended: its next run does its work                |
 * | payload does not parse                          | dead letter at once                              |
 * | kind unknown                                    | delayed for minutes: in a rolling deploy another |
 * |                                                 | worker knows it; then dead letter                |
 * | a refusal of the business (DomainError)         | dead letter at once                              |
 * | anything else                                   | next attempt after a pause; dead letter at last  |
 */

export type JobMap = Readonly<Record<string, JobContract>>;

/** An act's view of its run. It must give up when `signal` fires. */
export type JobRun = { readonly signal: AbortSignal; readonly attempt: number };

/** One act per contract: a missing or a surplus one does not compile. */
export type Handlers<Jobs extends JobMap> = {
  readonly [Name in keyof Jobs]: (payload: z.output<Jobs[Name]['payload']>, run: JobRun) => Promise<unknown>;
};

/** The part of BullMQ's job that is used here. */
export type QueuedJob = {
  readonly id?: string | undefined;
  readonly name: string;
  readonly data: unknown;
  readonly attemptsMade: number;
  readonly timestamp: number;
  readonly opts?: { readonly telemetry?: { readonly metadata?: string } };
  moveToDelayed(timestamp: number, token?: string): Promise<void>;
};

export type RunJobDeps<Jobs extends JobMap> = {
  readonly jobs: Jobs;
  readonly handlers: Handlers<Jobs>;
  readonly log: Log;
  /** Deletes the outbox row of a job that is done. */
  readonly finish: (outboxId: string) => Promise<unknown>;
  /** Makes a dead letter of the outbox row. */
  readonly bury: (outboxId: string, failure: string) => Promise<unknown>;
};

export const outboxJobId = (outboxId: string): string => `outbox-${outboxId}`;

export function outboxIdOf(jobId: string | undefined): string | undefined {
  return /^outbox-(\d{1,19})$/.exec(jobId ?? '')?.[1];
}

/** A job that keeps asking to come back ends here. */
const postponedMaxMs = 3 * 24 * 3600 * 1000;
const unavailablePauseSeconds = 5;
const postponeSecondsMax = 3600;
/** How long a job of an unknown kind waits for a build that knows it, as in a rolling deploy. */
export const unknownGraceSeconds = 600;
const unknownPauseSeconds = 10;

type Outcome = {
  readonly kind: 'done' | 'later' | 'again' | 'final' | 'payload' | 'unknown';
  readonly error?: unknown;
  readonly seconds?: number;
};

export function createRunJob<Jobs extends JobMap>(
  deps: RunJobDeps<Jobs>,
): (job: QueuedJob, token?: string) => Promise<void> {
  return async (job, token) => {
    const started = performance.now();
    const contract: JobContract | undefined = Object.hasOwn(deps.jobs, job.name) ? deps.jobs[job.name] : undefined;
    const label = { job: contract?.name ?? 'unknown' };
    if (job.attemptsMade === 0) jobWait.observe(label, Math.max(Date.now() - job.timestamp, 0) / 1000);
    jobsStarted.inc(label);
    const trace = isTracing() ? beginTrace({ kind: 'consumer', parent: job.opts?.telemetry?.metadata }) : undefined;
    const outcome = await withinTrace(trace, () => attempt(deps, job, contract));
    const milliseconds = performance.now() - started;
    jobRun.observe(label, milliseconds / 1000);
    const line = {
      jobId: job.id,
      job: label.job,
      attempt: job.attemptsMade + 1,
      outcome: outcome.kind,
      ms: Math.round(milliseconds),
      ...subjectOfPayload(job.data),
      traceId: trace?.traceId,
    };
    if (trace !== undefined) {
      const waitedMs = Date.now() - job.timestamp - milliseconds;
      const fault = outcome.kind === 'done' || outcome.kind === 'later' ? undefined : failureOf(outcome);
      endJobTrace(trace, { name: label.job, id: job.id, payload: job.data, waitedMs }, fault);
    }
    await conclude(deps, { job, token, label, outcome, line });
  };
}

async function attempt<Jobs extends JobMap>(
  deps: RunJobDeps<Jobs>,
  job: QueuedJob,
  contract: JobContract | undefined,
): Promise<Outcome> {
  if (contract === undefined)
    return isYoung(job) ? { kind: 'later', seconds: unknownPauseSeconds } : { kind: 'unknown' };
  const payload = contract.payload.safeParse(job.data);
  if (!payload.success) return { kind: 'payload' };
  try {
    const handler = deps.handlers[job.name as keyof Jobs];
    await runWithin(contract.timeoutMs, (signal) =>
      handler(payload.data as never, { signal, attempt: job.attemptsMade + 1 }),
    );
    return { kind: 'done' };
  } catch (error) {
    return classify(error, job, contract);
  }
}

function isYoung(job: QueuedJob): boolean {
  return Date.now() - job.timestamp < unknownGraceSeconds * 1000;
}

function classify(error: unknown, job: QueuedJob, contract: JobContract): Outcome {
  const isOld = Date.now() - job.timestamp > postponedMaxMs;
  if (error instanceof RetryLater) return isOld ? { kind: 'final', error } : { kind: 'later', seconds: error.seconds };
  if (isUnavailable(error) || (error instanceof DomainError && error.retryAfterSeconds !== undefined)) {
    const seconds =
      error instanceof DomainError ? (error.retryAfterSeconds ?? unavailablePauseSeconds) : unavailablePauseSeconds;
    return isOld ? { kind: 'final', error } : { kind: 'later', seconds, error };
  }
  if (error instanceof DomainError && error.code !== 'internal') return { kind: 'final', error };
  return { kind: job.attemptsMade + 1 >= contract.attempts ? 'final' : 'again', error };
}

type Conclusion = {
  readonly job: QueuedJob;
  readonly token: string | undefined;
  readonly label: { job: string };
  readonly outcome: Outcome;
  readonly line: Record<string, unknown>;
};

async function conclude<Jobs extends JobMap>(
  deps: RunJobDeps<Jobs>,
  { job, token, label, outcome, line }: Conclusion,
): Promise<void> {
  const outboxId = outboxIdOf(job.id);
  switch (outcome.kind) {
    case 'done':
      await finishQuietly(deps, outboxId);
      jobsCompleted.inc(label);
      // Recurring jobs run every few seconds, so their line has the level debug.
      deps.log[outboxId === undefined ? 'debug' : 'info'](line, 'job');
      return;
    case 'later': {
      if (outboxId === undefined) {
        // Its delayed runs would pile up beside the scheduled ones, and load a database that is in trouble.
        jobsFailed.inc({ ...label, kind: 'skipped' });
        deps.log.warn({ ...line, ...(outcome.error === undefined ? {} : { err: outcome.error }) }, 'job');
        return;
      }
      const seconds = Math.min(Math.max(outcome.seconds ?? 1, 1), postponeSecondsMax);
      jobsPostponed.inc(label);
      deps.log.info({ ...line, seconds, ...(outcome.error === undefined ? {} : { err: outcome.error }) }, 'job');
      await job.moveToDelayed(Date.now() + seconds * 1000, token);
      throw new DelayedError();
    }
    case 'again':
      jobsFailed.inc({ ...label, kind: 'again' });
      deps.log.warn({ ...line, err: outcome.error }, 'job');
      throw asPlainError(outcome.error);
    default: {
      jobsFailed.inc({ ...label, kind: outcome.kind });
      deps.log.error({ ...line, err: outcome.error }, 'job');
      await buryQuietly(deps, { outboxId, label, failure: failureOf(outcome) });
      throw new UnrecoverableError(failureOf(outcome));
    }
  }
}

/**
 * Without this deletion the job runs once more later, and its act is safe to repeat; so a failure here does not fail
 * the job.
 */
async function finishQuietly<Jobs extends JobMap>(deps: RunJobDeps<Jobs>, outboxId: string | undefined): Promise<void> {
  if (outboxId === undefined) return;
  try {
    await deps.finish(outboxId);
  } catch (error) {
    deps.log.warn({ err: error, outboxId }, 'the outbox row of a finished job was not deleted; it will run again');
  }
}

async function buryQuietly<Jobs extends JobMap>(
  deps: RunJobDeps<Jobs>,
  { outboxId, label, failure }: { outboxId: string | undefined; label: { job: string }; failure: string },
): Promise<void> {
  if (outboxId === undefined) return;
  jobsBuried.inc(label);
  try {
    await deps.bury(outboxId, failure);
  } catch (error) {
    deps.log.error(
      { err: error, outboxId },
      'a given-up job could not be stored as a dead letter; the relay will retry',
    );
  }
}

/** A code or a name, because messages may quote what people typed. */
function failureOf(outcome: Outcome): string {
  const { error } = outcome;
  if (!(error instanceof Error)) return outcome.kind;
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

/** BullMQ stores the message and stack of an exception in Redis; neither may hold personal data. */
function asPlainError(error: unknown): Error {
  const plain = new Error(failureOf({ kind: 'again', error }));
  plain.stack = '';
  return plain;
}
