import { and, asc, eq, getTableColumns, inArray, lte, or, sql } from 'drizzle-orm';
import type { Order } from '../../orders/index.ts';
import { invariant } from '../../platform/assert.ts';
import { arrayText } from '../../platform/database/array-text.ts';
import { builtOnce } from '../../platform/database/built-once.ts';
import { tellChange } from '../../platform/changes.ts';
import { type Db, afterCommit, rowsOf } from '../../platform/database/db.ts';
import { returned } from '../../platform/database/prepared.ts';
import { readTogether } from '../../platform/database/read-together.ts';
import { eventIdOf } from '../../platform/ids.ts';
import { idsWithJob, stagedJobs } from '../../platform/jobs/staged-jobs.ts';
import { checkAttemptJob } from '../jobs.ts';
import { createGraceSeconds } from '../limits.ts';
import { chooseGateway } from '../accounts/choose-gateway.ts';
import { type Attempt, paymentAttempts } from '../tables.ts';
import { openStatuses } from '../vocabulary.ts';

const table = paymentAttempts;
const is = (id: string) => and(eq(table.eventId, eventIdOf(id)), eq(table.id, id));
const inSeconds = (seconds: number) => sql`now() + make_interval(secs => ${seconds})`;

/** `pay_`, the order's 28 characters and the number of the attempt. The gateway knows the attempt by the same id. */
export function attemptIdOf(orderId: string, number: number): string {
  return `pay_${orderId.slice(4)}${String(number).padStart(2, '0')}`;
}

/**
 * Inserts an attempt that waits to be made at the gateway; undefined if this number or an open attempt exists already.
 */
export async function insertAttempt(
  tx: Db,
  order: Order,
  values: { number: number; method: string },
): Promise<Attempt | undefined> {
  const gateway = await chooseGateway(tx, order);
  const [row] = await tx
    .insert(table)
    .values({
      eventId: order.eventId,
      id: attemptIdOf(order.id, values.number),
      orderId: order.id,
      organizerId: order.organizerId,
      number: values.number,
      gateway: gateway.name,
      method: values.method,
      amount: order.total,
      currency: order.currency,
      status: 'creating',
      nextCheckAt: inSeconds(createGraceSeconds),
    })
    .onConflictDoNothing()
    .returning();
  afterCommit(tx, () => tellChange({ eventId: order.eventId, orders: [{ id: order.id }] }));
  return row;
}

export async function findAttempt(db: Db, id: string): Promise<Attempt | undefined> {
  const [row] = await db.select().from(table).where(is(id));
  return row;
}

/** All attempts of an order, first to last. */
export async function findAttempts(db: Db, order: Pick<Order, 'eventId' | 'id'>): Promise<Attempt[]> {
  return db
    .select()
    .from(table)
    .where(and(eq(table.eventId, order.eventId), eq(table.orderId, order.id)))
    .orderBy(asc(table.number));
}

const currentAttemptsStatement = builtOnce((db) =>
  db
    .select(getTableColumns(table))
    .from(
      returned(
        'payment_attempts',
        sql`select * from read_current_attempts(${sql.placeholder('eventIds')}::text[], ${sql.placeholder('orderIds')}::text[])`,
      ),
    )
    .prepare('read_current_attempts'),
);

/**
 * The attempt of an order that the buyer should see: the open one, otherwise the latest with money, otherwise the
 * latest.
 */
export const findCurrentAttempt = readTogether('attempt_reads', async (db, orderIds) => {
  const found = await currentAttemptsStatement(db).execute({
    eventIds: arrayText(orderIds.map(eventIdOf)),
    orderIds: arrayText(orderIds),
  });
  return new Map<string, Attempt>(found.map((attempt) => [attempt.orderId, attempt]));
});

export async function findOpenAttempt(db: Db, order: Pick<Order, 'eventId' | 'id'>): Promise<Attempt | undefined> {
  const [row] = await db
    .select()
    .from(table)
    .where(
      and(eq(table.eventId, order.eventId), eq(table.orderId, order.id), inArray(table.status, [...openStatuses])),
    );
  return row;
}

/** The attempt, locked until the caller's transaction ends. The order is always locked before it. */
export async function lockAttempt(tx: Db, id: string): Promise<Attempt | undefined> {
  const [row] = await tx.select().from(table).where(is(id)).for('update');
  return row;
}

/**
 * Takes an attempt that is to be made at the gateway, for `leaseSeconds`. Of two workers, only one gets it. The count
 * of checks tells a first try from later ones, before which the gateway must be asked.
 */
export async function claimAttempt(db: Db, id: string, leaseSeconds: number): Promise<Attempt | undefined> {
  const [row] = await db
    .update(table)
    .set({
      checks: sql`${table.checks} + 1`,
      claimedUntil: inSeconds(leaseSeconds),
      nextCheckAt: inSeconds(leaseSeconds),
      updatedAt: sql`now()`,
    })
    .where(
      and(
        is(id),
        inArray(table.status, ['creating', 'unknown']),
        or(
          eq(table.checks, 0),
          lte(table.nextCheckAt, sql`now()`),
          // The claim of a first attempt ends before the time of its next look.
          and(eq(table.status, 'creating'), lte(table.claimedUntil, sql`now()`)),
        ),
      ),
    )
    .returning();
  return row;
}

export type AttemptPatch = Partial<
  Pick<
    Attempt,
    | 'status'
    | 'method'
    | 'gatewayReference'
    | 'redirectUrl'
    | 'instructions'
    | 'received'
    | 'refunded'
    | 'gatewayFee'
    | 'failure'
    | 'checks'
    | 'failedLooks'
  >
> & {
  /** Seconds from now until the next look at the gateway; null: no more looks. */
  readonly checkInSeconds?: number | null;
  /** Seconds from now until the gateway stops taking money. */
  readonly expiresInSeconds?: number;
};

/** Changes an attempt that the caller has locked. It must still be in the state that the caller read. */
export async function changeAttempt(tx: Db, attempt: Attempt, patch: AttemptPatch): Promise<Attempt> {
  const { checkInSeconds, expiresInSeconds, ...values } = patch;
  const [row] = await tx
    .update(table)
    .set({
      ...values,
      ...(checkInSeconds === undefined
        ? {}
        : { nextCheckAt: checkInSeconds === null ? null : inSeconds(checkInSeconds) }),
      ...(expiresInSeconds === undefined ? {} : { expiresAt: inSeconds(expiresInSeconds) }),
      updatedAt: sql`now()`,
    })
    .where(and(is(attempt.id), eq(table.status, attempt.status)))
    .returning();
  invariant(row !== undefined, 'a locked attempt keeps its state');
  afterCommit(tx, () => tellChange({ eventId: attempt.eventId, orders: [{ id: attempt.orderId }] }));
  return row;
}

/** The order needs no further attempt. The reconciler closes an open one. */
export async function checkOpenAttemptNow(tx: Db, order: Pick<Order, 'eventId' | 'id'>): Promise<void> {
  await tx
    .update(table)
    .set({ nextCheckAt: sql`now()` })
    .where(
      and(eq(table.eventId, order.eventId), eq(table.orderId, order.id), inArray(table.status, [...openStatuses])),
    );
}

/** Records when closing was first requested, and returns how many seconds ago that was. */
export async function requestClose(db: Db, id: string): Promise<number> {
  const [row] = await rowsOf<{ seconds: number }>(
    db,
    sql`
      update payment_attempts set close_requested_at = coalesce(close_requested_at, now()), updated_at = now()
      where event_id = ${eventIdOf(id)} and id = ${id}
      returning extract(epoch from now() - close_requested_at)::float8 as seconds`,
  );
  return row?.seconds ?? 0;
}

/**
 * Attempts that are due for a look at the gateway and have no staged job, locked until the transaction ends: of each event the
 * first, then of each the second. The search hops from event to event along the index, and reads no more of an event than may be
 * staged: after a rush nearly all of its attempts are due for minutes.
 */
export async function findDueAttempts(tx: Db, waitingMax: number): Promise<string[]> {
  const rows = await rowsOf<{ id: string }>(
    tx,
    sql`
      with recursive hop as (
        (select event_id from payment_attempts where next_check_at is not null order by event_id limit 1)
        union all
        select next.event_id from hop cross join lateral (
          select event_id from payment_attempts where next_check_at is not null and event_id > hop.event_id
          order by event_id limit 1) next
      ), room as materialized (
        select greatest(0, ${waitingMax} - count(*)) as jobs from ${stagedJobs([checkAttemptJob])} staged
        where available_at <= now()
      ), due as (
        select hop.event_id, first.id, row_number() over (partition by hop.event_id order by first.next_check_at) as turn
        from hop cross join room cross join lateral (
          select id, next_check_at from payment_attempts
          where event_id = hop.event_id and next_check_at <= now() and id not in ${idsWithJob([checkAttemptJob], 'attemptId')}
          order by next_check_at limit room.jobs) first
        order by turn, first.next_check_at limit (select jobs from room)
      )
      select a.id from due join payment_attempts a using (event_id, id) where a.next_check_at <= now()
      order by due.turn, a.next_check_at for update of a skip locked`,
  );
  return rows.map(({ id }) => id);
}

/** Looks that the gateway did not answer start again from the beginning, after a person has dealt with it. */
export async function askAgainNow(tx: Db, eventId: string, subjectId: string): Promise<void> {
  await tx
    .update(table)
    .set({ failedLooks: 0, nextCheckAt: sql`now()` })
    .where(and(eq(table.eventId, eventId), eq(table.id, subjectId)));
  await tx.execute(sql`
    update refunds set failed_looks = 0, next_check_at = now()
    where event_id = ${eventId} and id = ${subjectId} and status in ('requested', 'processing')`);
}
