import { and, asc, eq, sql } from 'drizzle-orm';
import type { Order } from '../../orders/index.ts';
import { invariant } from '../../platform/assert.ts';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { idsWithJob } from '../../platform/jobs/staged-jobs.ts';
import { sendRefundJob } from '../jobs.ts';
import { refundTakeUpSeconds } from '../limits.ts';
import { type Attempt, type Refund, refundRequests, refunds } from '../tables.ts';

const is = (refund: { eventId: string; id: string }) =>
  and(eq(refunds.eventId, refund.eventId), eq(refunds.id, refund.id));
const inSeconds = (seconds: number) => sql`now() + make_interval(secs => ${seconds})`;

type RefundOfAttempt = 'eventId' | 'orderId' | 'attemptId' | 'organizerId' | 'currency';

/** Inserts a refund of an attempt's money, in the attempt's currency unless another one is given. */
export async function insertRefund(
  tx: Db,
  { id, eventId, orderId, organizerId, currency }: Attempt,
  refund: Omit<typeof refunds.$inferInsert, RefundOfAttempt> & { readonly currency?: string },
): Promise<Refund> {
  const nextCheckAt = refund.status === 'requested' ? inSeconds(refundTakeUpSeconds) : null;
  const [row] = await tx
    .insert(refunds)
    .values({ eventId, orderId, attemptId: id, organizerId, currency, ...refund, nextCheckAt })
    .returning();
  invariant(row !== undefined, 'an insert gives its row');
  return row;
}

export async function findRefund(db: Db, eventId: string, id: string): Promise<Refund | undefined> {
  const [row] = await db.select().from(refunds).where(is({ eventId, id }));
  return row;
}

export async function lockRefund(tx: Db, eventId: string, id: string): Promise<Refund | undefined> {
  const [row] = await tx.select().from(refunds).where(is({ eventId, id })).for('update');
  return row;
}

export async function findRefundsOfAttempt(tx: Db, attempt: Attempt): Promise<Refund[]> {
  return tx
    .select()
    .from(refunds)
    .where(
      and(
        eq(refunds.eventId, attempt.eventId),
        eq(refunds.orderId, attempt.orderId),
        eq(refunds.attemptId, attempt.id),
      ),
    )
    .orderBy(asc(refunds.id));
}

/**
 * Notes the request of a key, for the caller who holds the order's lock.
 * @returns the fingerprint of the earlier request with this key; undefined for the first one
 */
export async function noteRefundRequest(
  tx: Db,
  { eventId, id: orderId }: Order,
  { keyHash: idempotencyKeyHash, fingerprint }: { readonly keyHash: Buffer; readonly fingerprint: Buffer },
): Promise<Buffer | undefined> {
  const noted = await tx
    .insert(refundRequests)
    .values({ eventId, orderId, idempotencyKeyHash, fingerprint })
    .onConflictDoNothing()
    .returning({ orderId: refundRequests.orderId });
  if (noted.length > 0) return undefined;
  const [earlier] = await tx
    .select({ fingerprint: refundRequests.fingerprint })
    .from(refundRequests)
    .where(
      and(
        eq(refundRequests.eventId, eventId),
        eq(refundRequests.orderId, orderId),
        eq(refundRequests.idempotencyKeyHash, idempotencyKeyHash),
      ),
    );
  return earlier?.fingerprint;
}

/** The refunds of one request; none if it revoked free tickets only. */
export async function findRefundsByKey(tx: Db, order: Order, keyHash: Buffer): Promise<Refund[]> {
  return tx
    .select()
    .from(refunds)
    .where(
      and(eq(refunds.eventId, order.eventId), eq(refunds.orderId, order.id), eq(refunds.idempotencyKeyHash, keyHash)),
    )
    .orderBy(asc(refunds.id));
}

export type RefundPatch = Partial<
  Pick<Refund, 'status' | 'failure' | 'tries' | 'refusals' | 'failedLooks' | 'gatewayRefundKey'>
> & {
  readonly checkInSeconds?: number | null;
  readonly isDone?: boolean;
};

/**
 * Changes a refund that the caller has locked, or whose order it has locked. The refund must still be in the state that the
 * caller read.
 */
export async function changeRefund(tx: Db, refund: Refund, patch: RefundPatch): Promise<Refund> {
  const { checkInSeconds, isDone, ...values } = patch;
  const [row] = await tx
    .update(refunds)
    .set({
      ...values,
      ...(checkInSeconds === undefined
        ? {}
        : { nextCheckAt: checkInSeconds === null ? null : inSeconds(checkInSeconds) }),
      ...(isDone === true ? { doneAt: sql`now()` } : {}),
    })
    .where(and(is(refund), eq(refunds.status, refund.status)))
    .returning();
  invariant(row !== undefined, 'a locked refund keeps its state');
  return row;
}

/** Counts one more try. @returns the number of tries */
export async function countRefundTry(db: Db, refund: Refund): Promise<number> {
  const [row] = await db
    .update(refunds)
    .set({ tries: sql`${refunds.tries} + 1` })
    .where(is(refund))
    .returning({ tries: refunds.tries });
  return row?.tries ?? 0;
}

/** Refunds that are due for a look and have no staged job, locked until the transaction ends. */
export async function findDueRefunds(tx: Db, limit: number): Promise<{ eventId: string; refundId: string }[]> {
  return rowsOf<{ eventId: string; refundId: string }>(
    tx,
    sql`
      select r.event_id as "eventId", r.id as "refundId" from refunds r
      where r.next_check_at <= now() and r.id not in ${idsWithJob([sendRefundJob], 'refundId')}
      order by r.next_check_at limit ${limit} for update of r skip locked`,
  );
}
