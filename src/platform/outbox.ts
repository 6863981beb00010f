import type { z } from 'zod';
import { sql } from 'drizzle-orm';
import type { Db } from './db.ts';
import type { JobContract } from './job.ts';
import { outbox } from './tables.ts';
import { rowsOf } from './db.ts';

/** Stages a job in the caller's transaction: it exists if and only if that transaction commits. */
export async function stage<Payload extends z.ZodType>(
  tx: Db,
  contract: JobContract<Payload>,
  payload: z.input<Payload>,
  options: { delaySeconds?: number } = {},
): Promise<void> {
  await tx.insert(outbox).values({
    name: contract.name,
    payload,
    ...(options.delaySeconds === undefined
      ? {}
      : { availableAt: sql`now() + make_interval(secs => ${options.delaySeconds})` }),
  });
}

export type StagedJob = {
  readonly id: string;
  readonly name: string;
  readonly payload: unknown;
  readonly waited_seconds: number;
};

/**
 * Leases up to `limit` staged jobs for `leaseSeconds`: whoever does not delete them by then leaves them to another relay.
 * Rows are found by time, never by "greater than the last id", since a lower id may commit later.
 */
export async function leaseStagedJobs(db: Db, limit: number, leaseSeconds: number): Promise<StagedJob[]> {
  return rowsOf<StagedJob>(
    db,
    sql`
      update outbox set available_at = now() + make_interval(secs => ${leaseSeconds})
      where id in (
        select id from outbox where available_at <= now() order by available_at, id limit ${limit} for update skip locked
      )
      returning id::text, name, payload, extract(epoch from now() - created_at)::float8 as waited_seconds`,
  );
}

export async function deleteStagedJobs(db: Db, ids: readonly string[]): Promise<void> {
  await db.execute(sql`delete from outbox where id = any(${sql.param(`{${ids.join(',')}}`)}::bigint[])`);
}

export async function outboxBacklog(db: Db): Promise<{ jobs: number; oldestSeconds: number }> {
  const [row] = await rowsOf<{ jobs: number; oldest: number | null }>(
    db,
    sql`select count(*)::int as jobs, extract(epoch from now() - min(created_at))::float8 as oldest from outbox`,
  );
  return { jobs: row?.jobs ?? 0, oldestSeconds: row?.oldest ?? 0 };
}
