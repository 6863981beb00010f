import { type SQL, sql } from 'drizzle-orm';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { stage } from '../../platform/jobs/outbox.ts';
import { makeReportJob } from '../jobs.ts';
import { failuresMax, fileDays, leaseSeconds } from '../limits.ts';
import type { Report } from '../tables.ts';

/** A report that this worker makes, and the number of its run. Every write of the worker names both. */
export type Claim = Pick<
  Report,
  'id' | 'organizerId' | 'eventId' | 'kind' | 'format' | 'filters' | 'memberId' | 'scheduleId' | 'run' | 'createdAt'
> & { readonly startedAt: Date };

const lease = sql`now() + make_interval(secs => ${leaseSeconds})`;
const isOwn = ({ id, run }: Pick<Claim, 'id' | 'run'>): SQL => sql`id = ${id} and run = ${run} and status = 'making'`;

/**
 * Takes the organizer's oldest waiting report; undefined if none waits, or one is being made. Of two workers one gets
 * it: the other waits for the row and finds it taken, or meets the unique index `reports_one_making`.
 */
export async function claimNext(db: Db, organizerId: string): Promise<Claim | undefined> {
  const [row] = await rowsOf<Omit<Claim, 'createdAt' | 'startedAt'> & { createdAtMs: number; startedAtMs: number }>(
    db,
    sql`
      update reports set status = 'making', run = run + 1, rows = 0, started_at = now(), lease_until = ${lease}
      where id = (
          select id from reports where organizer_id = ${organizerId} and status = 'waiting' order by id limit 1
          for update)
        and status = 'waiting'
        and not exists (select from reports r where r.organizer_id = ${organizerId} and r.status = 'making')
      returning id, organizer_id as "organizerId", event_id as "eventId", kind, format, filters, member_id as "memberId",
        schedule_id as "scheduleId", run,
        (extract(epoch from created_at) * 1000)::float8 as "createdAtMs",
        (extract(epoch from started_at) * 1000)::float8 as "startedAtMs"`,
  );
  if (row === undefined) return undefined;
  const { createdAtMs, startedAtMs, ...claim } = row;
  return { ...claim, createdAt: new Date(createdAtMs), startedAt: new Date(startedAtMs) };
}

/** Writes the progress and renews the lease. False if the report was cancelled, or another worker has it. */
export async function renewLease(db: Db, claim: Claim, rows: number): Promise<boolean> {
  const found = await rowsOf(
    db,
    sql`update reports set rows = ${rows}, lease_until = ${lease} where ${isOwn(claim)} returning id`,
  );
  return found.length > 0;
}

/** The file is complete. False if the report was cancelled, or another worker has it. */
export async function markReady(tx: Db, claim: Claim, file: { rows: number; bytes: number }): Promise<boolean> {
  const found = await rowsOf(
    tx,
    sql`
      update reports set status = 'ready', rows = ${file.rows}, bytes = ${file.bytes}, failure = null, lease_until = null,
        finished_at = now(), expires_at = now() + make_interval(days => ${fileDays})
      where ${isOwn(claim)} returning id`,
  );
  return found.length > 0;
}

/**
 * The run has failed: the report waits for another run, or has failed permanently.
 * @param isFinal another run would end the same way
 * @returns the new state; undefined if it was cancelled, or another worker has it
 */
export async function giveBack(
  tx: Db,
  claim: Claim,
  { failure, isFinal }: { failure: string; isFinal: boolean },
): Promise<'waiting' | 'failed' | undefined> {
  const ends = sql`(${isFinal} or failures + 1 >= ${failuresMax})`;
  const [row] = await rowsOf<{ status: 'waiting' | 'failed' }>(
    tx,
    sql`
      update reports set failures = failures + 1, failure = ${failure}, lease_until = null,
        status = case when ${ends} then 'failed' else 'waiting' end, finished_at = case when ${ends} then now() end
      where ${isOwn(claim)} returning status`,
  );
  return row?.status;
}

/** Stages the organizer's next report if one waits. Called in the transaction that ends the previous one. */
export async function stageNext(tx: Db, organizerId: string): Promise<void> {
  const waiting = await rowsOf(
    tx,
    sql`select id from reports where organizer_id = ${organizerId} and status = 'waiting' limit 1`,
  );
  if (waiting.length > 0) await stage(tx, makeReportJob, { organizerId });
}
