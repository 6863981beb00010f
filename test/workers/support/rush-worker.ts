import { z } from 'zod';
import type { Db } from '../../../src/platform/database/db.ts';
import type { JobContract } from '../../../src/platform/jobs/job.ts';
import { createClosers } from '../../../src/platform/resilience/shutdown.ts';
import { silentLog } from '../../../testkit/processes/worker.ts';
import type { Handlers, JobMap } from '../../../workers/running/run-job.ts';
import { startWorker } from '../../../workers/start-worker.ts';

/** The same contracts, which take any payload. */
export const lenient = (map: JobMap): JobMap =>
  Object.fromEntries(
    Object.entries<JobContract>(map).map(([name, contract]) => [name, { ...contract, payload: z.unknown() }]),
  );

type RushWorld = {
  readonly db: Db;
  readonly queueUrl: string;
  readonly concurrency: number;
  /** Jobs that the process of the relay tries first. */
  readonly tried?: readonly string[];
};

/**
 * Starts a worker whose acts are those of a test.
 * @returns the function that closes it
 */
export async function startRushWorker(
  { db, queueUrl, concurrency, tried = [] }: RushWorld,
  map: JobMap,
  actOf: (name: string) => (payload: never) => Promise<unknown>,
): Promise<() => Promise<void>> {
  const closers = createClosers(silentLog);
  const actsOf = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, actOf(name)]));
  await startWorker<JobMap>({
    config: { ENV: 'test', REDIS_QUEUE_URL: queueUrl, WORKER_CONCURRENCY: concurrency, RELAY_JOBS_MAX: 50_000 },
    db,
    log: silentLog,
    closers,
    jobs: map,
    handlers: actsOf(Object.keys(map)) as unknown as Handlers<JobMap>,
    inPlace: actsOf(tried),
    schedules: [],
  });
  return () => closers.close();
}
