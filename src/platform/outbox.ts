import type { z } from 'zod';
import { sql } from 'drizzle-orm';
import type { Db } from './db.ts';
import type { JobContract } from './job.ts';
import { outbox } from './tables.ts';
import { rowsOf } from './db.ts';

/**
 * Work that committed transactions have promised. A row stays until its job is done: the relay hands it to the queue
 * and pushes `available_at` forward; whoever runs the job deletes it. A queue that lost everything is filled again from
 * here. Handing over a job that the queue still has is harmless, since its id there is the row's.
 */

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

/** Stages several jobs of one kind by one statement. */
export async function stageAll<Payload extends z.ZodType>(
  tx: Db,
  contract: JobContract<Payload>,
  payloads: readonly z.input<Payload>[],
): Promise<void> {
  if (payloads.length === 0) return;
  await tx.insert(outbox).values(payloads.map((payload) => ({ name: contract.name, payload })));
}

export type StagedJob = {
  readonly id: string;
  readonly name: string;
  readonly payload: unknown;
  /** How often it was handed to the queue, this time included. */
  readonly relays: number;
  /** Since it became due, which for the first time is since the commit. */
  readonly waited_seconds: number;
};

/** Room for so many jobs of one kind. */
export type Lane = { readonly name: string; readonly room: number };

/** The first lease, which doubles with each one up to the maximum: how long until a job that is not done is handed over again. */
export const leaseSeconds = 30;
export const leaseSecondsMax = 3600;

/**
 * Leases due jobs, of each kind at most its room. Rows are found by time, never by "greater than the last id", since a
 * lower id may commit later; rows that another relay holds are skipped. Uses the index on (name, available_at, id).
 */
export async function leaseStagedJobs(db: Db, lanes: readonly Lane[]): Promise<StagedJob[]> {
  if (lanes.length === 0) return [];
  const rooms = sql.join(
    lanes.map((lane) => sql`(${lane.name}::text, ${lane.room}::int)`),
    sql`, `,
  );
  return rowsOf<StagedJob>(
    db,
    sql`
      with due as materialized (
        select job.id, job.available_at
        from (values ${rooms}) as lane (name, room)
        cross join lateral (
          select id, available_at from outbox
          where outbox.name = lane.name and available_at <= now()
          order by available_at, id limit lane.room for update skip locked
        ) job
      )
      update outbox set
        relays = relays + 1,
        available_at = now() + make_interval(secs => least(${leaseSeconds} * power(2, least(relays, 20)), ${leaseSecondsMax}))
      from due where outbox.id = due.id
      returning outbox.id::text, name, payload, relays,
        extract(epoch from now() - due.available_at)::float8 as waited_seconds`,
  );
}

/** Gives leases back: the queue did not take the jobs, which says nothing against them. */
export async function releaseStagedJobs(db: Db, ids: readonly string[], delaySeconds: number): Promise<void> {
  if (ids.length === 0) return;
  await db.execute(sql`
    update outbox set relays = greatest(relays - 1, 0), available_at = now() + make_interval(secs => ${delaySeconds})
    where id = any(${idArray(ids)}::bigint[])`);
}

/** Ends all leases: the queue has lost what it was handed, and nobody shall wait for a lease that a backlog made long. */
export async function recallStagedJobs(db: Db): Promise<number> {
  const rows = await rowsOf<{ count: number }>(
    db,
    sql`
      with recalled as (
        update outbox set relays = 0, available_at = now() where relays > 0 and available_at > now() returning 1)
      select count(*)::int as count from recalled`,
  );
  return rows[0]?.count ?? 0;
}

/** The jobs are done: their promise is kept. */
export async function deleteStagedJobs(db: Db, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await db.execute(sql`delete from outbox where id = any(${idArray(ids)}::bigint[])`);
}

/** Kinds of job that lie in the outbox, found by one index probe each. */
export async function stagedJobNames(db: Db): Promise<string[]> {
  const rows = await rowsOf<{ name: string | null }>(
    db,
    sql`
      with recursive kind as (
        select min(name) as name from outbox
        union all
        select (select min(name) from outbox where outbox.name > kind.name) from kind where kind.name is not null
      )
      select name from kind where name is not null`,
  );
  return rows.flatMap((row) => row.name ?? []);
}

/** How far `outboxBacklog` counts. */
const backlogCountMax = 1_000_000;

/** Due jobs that no relay has taken, and for how long the oldest of them has been due. */
export async function outboxBacklog(db: Db): Promise<{ jobs: number; oldestSeconds: number }> {
  const [row] = await rowsOf<{ jobs: number; oldest: number | null }>(
    db,
    sql`
      select count(*)::int as jobs, extract(epoch from now() - min(available_at))::float8 as oldest
      from (select available_at from outbox where available_at <= now() limit ${backlogCountMax}) due`,
  );
  return { jobs: row?.jobs ?? 0, oldestSeconds: row?.oldest ?? 0 };
}

/** Ids as one parameter: the text of a Postgres array. */
function idArray(ids: readonly string[]) {
  return sql.param(`{${ids.join(',')}}`);
}
