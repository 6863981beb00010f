import { and, eq, sql } from 'drizzle-orm';
import { builtOnce } from '../../platform/database/built-once.ts';
import { arrayText } from '../../platform/database/array-text.ts';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { prepared, returned } from '../../platform/database/prepared.ts';
import { idsWithJob, stagedJobs } from '../../platform/jobs/staged-jobs.ts';
import { tellStaged } from '../../platform/jobs/tell-staged.ts';
import { applyCallbackJob, applyCallbacksJob } from '../jobs.ts';
import { callbacks } from '../tables.ts';

export type CallbackItem = {
  readonly gateway: string;
  readonly organizerId: string;
  readonly eventId: string;
  readonly attemptId: string;
  /** It says that money was taken, so it is kept even if there is no such attempt. */
  readonly isPaying: boolean;
  /** Hex. */
  readonly dedupKey: string;
  /** The raw bytes in base 64. */
  readonly payload: string;
  /** The sampled trace that received it. */
  readonly traceparent?: string;
};

export type StoreOutcome = 'stored' | 'duplicate' | 'unknown_attempt';

/** Stores verified callbacks, stages jobs for the new ones, and returns results in their order. Safe to repeat. */
export async function storeCallbacks(db: Db, items: readonly CallbackItem[]): Promise<readonly StoreOutcome[]> {
  const rows = await rowsOf<{ answer: StoreOutcome[] }>(
    db,
    sql`select store_callbacks(${JSON.stringify(items)}::jsonb) as answer ${prepared}`,
  );
  const outcomes = rows[0]?.answer ?? [];
  if (outcomes.includes('stored')) tellStaged(db);
  return outcomes;
}

export type StoredCallback = {
  readonly id: number;
  readonly gateway: string;
  readonly organizerId: string;
  readonly attemptId: string | null;
  readonly status: 'received' | 'applied' | 'ignored' | 'refused';
  /** Null once its partition was dropped. */
  readonly payload: Buffer | null;
  readonly receivedAt: Date;
};

/** The existing callbacks among these ids, in no order. */
export async function findCallbacks(db: Db, ids: readonly number[]): Promise<StoredCallback[]> {
  return callbacksStatement(db).execute({ ids: arrayText(ids) });
}

const callbacksStatement = builtOnce((db) =>
  db
    .select({
      id: callbacks.id,
      gateway: callbacks.gateway,
      organizerId: callbacks.organizerId,
      attemptId: callbacks.attemptId,
      status: callbacks.status,
      payload: sql<Buffer | null>`payload`,
      receivedAt: callbacks.receivedAt,
    })
    .from(returned('callbacks', sql`select * from read_callbacks(${sql.placeholder('ids')}::bigint[])`))
    .prepare('read_callbacks'),
);

/** Records the outcome of a callback; false if one was recorded before. */
export async function endCallback(
  tx: Db,
  id: number,
  status: 'applied' | 'ignored' | 'refused',
  outcome: string,
): Promise<boolean> {
  const rows = await tx
    .update(callbacks)
    .set({ status, outcome, appliedAt: sql`now()` })
    .where(and(eq(callbacks.id, id), eq(callbacks.status, 'received')))
    .returning({ id: callbacks.id });
  return rows.length === 1;
}

/** Verified callbacks that are unapplied for longer than any job takes: their job was given up. */
export async function findForgottenCallbacks(
  db: Db,
  minutes: number,
  limit: number,
): Promise<{ callbackId: string; attemptId?: string }[]> {
  const rows = await rowsOf<{ id: string; attempt_id: string | null }>(
    db,
    sql`
      select c.id::text, c.attempt_id from callbacks c
      where c.status || '' = 'received' and c.received_at < now() - make_interval(mins => ${minutes})
        and c.id::text not in ${idsWithJob([applyCallbackJob], 'callbackId')}
        and c.id::text not in (
          select item ->> 'callbackId' from ${stagedJobs([applyCallbacksJob])} staged
          cross join lateral jsonb_array_elements(staged.payload -> 'callbacks') as item)
      order by c.received_at limit ${limit}`,
  );
  return rows.map((row) => ({
    callbackId: row.id,
    ...(row.attempt_id === null ? {} : { attemptId: row.attempt_id }),
  }));
}

export async function maintainPartitions(db: Db, keepDays: number): Promise<void> {
  await db.execute(sql`select maintain_callback_partitions(${keepDays}::integer)`);
}

/** Removes at most `limit` callbacks that were applied more than so many days ago, oldest first. */
export async function deleteOldCallbacks(db: Db, days: number, limit: number): Promise<number> {
  const rows = await rowsOf<{ id: string }>(
    db,
    sql`
      delete from callbacks where id in (
        select id from callbacks
        where status <> 'received' and received_at < now() - make_interval(days => ${days}) order by id limit ${limit})
      returning id::text`,
  );
  return rows.length;
}
