import type { z } from 'zod';
import { sql } from 'drizzle-orm';
import type { Db } from '../database/db.ts';
import type { JobContract } from './job.ts';
import { outbox } from '../database/tables.ts';
import { rowsOf } from '../database/db.ts';
import { storedTraceparent } from '../tracing/scope.ts';
import { tellStaged } from './tell-staged.ts';
import { arrayText } from '../database/array-text.ts';
import { prepared } from '../database/prepared.ts';

/**
 * Jobs that committed transactions have promised. A row stays until its job is done: the relay hands it to the queue
 * and moves `available_at` forward; the worker that runs the job deletes it. A queue that lost everything is refilled
 * from here. Handing over a job that the queue still has is harmless, because the row's id is the job's id there.
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
    traceparent: storedTraceparent(),
    ...dueAfter(options.delaySeconds),
  });
  if (options.delaySeconds === undefined) tellStaged(tx);
}

const dueAfter = (seconds: number | undefined) =>
  seconds === undefined ? {} : { availableAt: sql`now() + make_interval(secs => ${seconds})` };

/**
 * Stages several jobs of one kind by one statement.
 * @param delaysSeconds the pause of each
 */
export async function stageAll<Payload extends z.ZodType>(
  tx: Db,
  contract: JobContract<Payload>,
  payloads: readonly z.input<Payload>[],
  delaysSeconds: readonly number[] = [],
): Promise<void> {
  if (payloads.length === 0) return;
  const traceparent = storedTraceparent();
  await tx.insert(outbox).values(
    payloads.map((payload, place) => ({
      name: contract.name,
      payload,
      traceparent,
      ...dueAfter(delaysSeconds[place]),
    })),
  );
  if (delaysSeconds.length < payloads.length) tellStaged(tx);
}

export type StagedJob = {
  readonly id: string;
  readonly name: string;
  /** The event of the job, '-' for none. */
  readonly event_id: string;
  readonly payload: unknown;
  /** How often it was handed to the queue, including this time. */
  readonly relays: number;
  /** Time since it became due; the first time, since the commit. */
  readonly waited_seconds: number;
  /** Where its trace continues (`workers/running/trace-jobs.ts`). */
  readonly traceparent?: string | null;
  /** The other trace that led to it. */
  readonly linked?: string | null;
};

/**
 * The first lease. It doubles each time, up to the maximum: the time after which an unfinished job is handed over
 * again.
 */
export const leaseSeconds = 30;
export const leaseSecondsMax = 3600;

/** Events in one search for due work of one kind; the next search continues after them. */
export const dueEventsMax = 50;
/**
 * How far due jobs of one kind are counted: over all its events, and at least for one event. A round takes no more of a
 * queue.
 */
const dueCountMax = 500;
const dueCountMin = 20;

/** Due jobs of one kind and one event that the queue has not been given yet. Without an event, both ids are '-'. */
export type DueWork = {
  readonly name: string;
  readonly organizerId: string;
  readonly eventId: string;
  readonly jobs: number;
};

export type DueSearch = {
  readonly name: string;
  /** The search begins behind this event; '' for the first. */
  readonly afterEventId: string;
  /** Jobs of one event are counted no further. In a rush, each one that is counted can be a page to read. */
  readonly enough: number;
};

/** The due work of the given kinds, by event (`find_due_work`). */
export async function findDueWork(db: Db, kinds: readonly DueSearch[]): Promise<DueWork[]> {
  if (kinds.length === 0) return [];
  return rowsOf(
    db,
    sql`
      select name, organizer_id as "organizerId", event_id as "eventId", jobs from find_due_work(
        ${arrayText(kinds.map(({ name }) => name))}::text[], ${arrayText(kinds.map(({ afterEventId }) => afterEventId))}::text[],
        ${arrayText(kinds.map(({ enough }) => enough))}::integer[], ${dueEventsMax}::integer, ${dueCountMax}::integer, ${dueCountMin}::integer) ${prepared}`,
  );
}

/** Room for this many jobs of one kind and one event. */
export type RelayPartition = { readonly name: string; readonly eventId: string; readonly room: number };

/** Leases due jobs that the queue has not been given yet, of each partition at most as many as its room (`lease_due_jobs`). */
export async function leaseStagedJobs(db: Db, partitions: readonly RelayPartition[]): Promise<StagedJob[]> {
  if (partitions.length === 0) return [];
  return rowsOf<StagedJob>(
    db,
    sql`
      select id, name, event_id, payload, relays, traceparent, waited_seconds from lease_due_jobs(
        ${arrayText(partitions.map(({ name }) => name))}::text[], ${arrayText(partitions.map(({ eventId }) => eventId))}::text[],
        ${arrayText(partitions.map(({ room }) => room))}::integer[], ${leaseSeconds}::integer, ${leaseSecondsMax}::integer) ${prepared}`,
  );
}

/**
 * Leases again jobs that the queue was given and did not finish within the lease, at most `limit` of the given kinds,
 * the longest overdue first. Uses the index `outbox_leased`.
 */
export async function leaseOverdueJobs(db: Db, names: readonly string[], limit: number): Promise<StagedJob[]> {
  return rowsOf<StagedJob>(
    db,
    sql`
      select leased.*
      from (select array_agg(place) as places, array_agg(available_at) as since from (
        select o.ctid as place, o.available_at from outbox o
        where o.relays > 0 and o.available_at <= now() and o.name in ${names}
        order by o.available_at, o.id limit ${limit} for update skip locked) due) due
      cross join lateral lease_jobs(due.places, due.since, ${leaseSeconds}::integer, ${leaseSecondsMax}::integer) leased`,
  );
}

/** Returns leases of jobs that the queue did not take, for reasons that have nothing to do with the jobs. */
export async function releaseStagedJobs(db: Db, ids: readonly string[], delaySeconds: number): Promise<void> {
  if (ids.length === 0) return;
  await db.execute(sql`
    update outbox set relays = greatest(relays - 1, 0), available_at = now() + make_interval(secs => ${delaySeconds})
    where id = any(${arrayText(ids)}::bigint[])`);
}

/** Ends all leases. The queue has lost its jobs, and none of them should wait for a lease that a backlog made long. */
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

/** Deletes jobs that are done. */
export async function deleteStagedJobs(db: Db, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await db.execute(sql`delete from outbox where id = any(${arrayText(ids)}::bigint[])`);
}

/** How many overdue jobs `stagedJobNames` looks at. A kind that no relay takes is overdue for longest. */
const overdueLookedAt = 1000;

/**
 * Kinds of jobs in the outbox that wait for the relay: those that the queue was never given, found by one index probe each,
 * and those that it was given and did not finish.
 */
export async function stagedJobNames(db: Db): Promise<string[]> {
  const rows = await rowsOf<{ name: string | null }>(
    db,
    sql`
      with recursive kind as (
        select min(name) as name from outbox where relays = 0
        union all
        select (select min(name) from outbox where relays = 0 and outbox.name > kind.name) from kind
        where kind.name is not null
      )
      select name from kind where name is not null
      union
      select name from (
        select name from outbox where relays > 0 and available_at <= now() order by available_at, id limit ${overdueLookedAt}) overdue`,
  );
  return rows.flatMap((row) => row.name ?? []);
}

/** How far `outboxBacklog` counts. Each worker counts every few seconds, and counting a million rows takes most of a second. */
const backlogCountMax = 100_000;

/**
 * Due jobs that no relay has taken, at most `backlogCountMax`, and how long the oldest of those has been due. It goes through the two
 * indexes of the table from one kind and event to the next, so jobs for later cost nothing, however many they are.
 */
export async function outboxBacklog(db: Db): Promise<{ jobs: number; oldestSeconds: number }> {
  const [row] = await rowsOf<{ jobs: number; oldest: number | null }>(
    db,
    sql`
      with recursive hop as (
        (select name, event_id from outbox where relays = 0 order by name, event_id limit 1)
        union all
        select next.name, next.event_id from hop cross join lateral (
          select o.name, o.event_id from outbox o where o.relays = 0 and (o.name, o.event_id) > (hop.name, hop.event_id)
          order by o.name, o.event_id limit 1) next
      ), due as (
        select found.available_at from hop cross join lateral (
          select o.available_at from outbox o
          where o.relays = 0 and o.name = hop.name and o.event_id = hop.event_id and o.available_at <= now()
          order by o.available_at limit ${backlogCountMax}) found
        union all
        select available_at from outbox where relays > 0 and available_at <= now()
      )
      select count(*)::int as jobs, extract(epoch from now() - min(available_at))::float8 as oldest
      from (select available_at from due limit ${backlogCountMax}) counted`,
  );
  return { jobs: row?.jobs ?? 0, oldestSeconds: row?.oldest ?? 0 };
}
