import { and, eq, sql } from 'drizzle-orm';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { type Order, orders } from '../tables.ts';

/** The steps themselves are functions in `drizzle/functions`: one round trip, one order of locks. */

export type PayOutcome = 'paid' | 'paid_late' | 'already_paid' | 'no_stock' | 'over_limit';

export async function selectOrderForUpdate(tx: Db, eventId: string, orderId: string): Promise<Order | undefined> {
  const [row] = await tx
    .select()
    .from(orders)
    .where(and(eq(orders.eventId, eventId), eq(orders.id, orderId)))
    .for('update');
  return row;
}

export async function callPayOrder(tx: Db, order: Order): Promise<PayOutcome> {
  const [row] = await rowsOf<{ outcome: PayOutcome }>(
    tx,
    sql`select pay_order(${order.eventId}, ${order.id}) as outcome`,
  );
  if (row === undefined) throw new Error('pay_order gave no answer');
  return row.outcome;
}

export async function callReleaseHold(tx: Db, order: Order): Promise<void> {
  await tx.execute(sql`select release_holds(array[${order.eventId}]::text[], array[${order.id}]::text[])`);
}

export async function callRevokeTickets(
  tx: Db,
  order: Order,
  options: {
    ticketIds: readonly string[] | undefined;
    restock: boolean;
    status: 'refunded' | 'cancelled';
    reason: string;
  },
): Promise<string | null> {
  const ids = options.ticketIds === undefined ? null : `{${options.ticketIds.join(',')}}`;
  const [row] = await rowsOf<{ status: string | null }>(
    tx,
    sql`select revoke_tickets(${order.eventId}, ${order.id}, ${ids}::text[], ${options.restock}, ${options.status}, ${options.reason}) as status`,
  );
  return row?.status ?? null;
}

export async function moveHoldEnd(tx: Db, order: Order): Promise<Order | undefined> {
  const [row] = await tx
    .update(orders)
    .set({
      expiresAt: sql`least(${orders.holdEndsMaxAt}, now() + (${orders.holdEndsMaxAt} - ${orders.placedAt}) / 2)`,
    })
    .where(and(eq(orders.eventId, order.eventId), eq(orders.id, order.id), eq(orders.status, 'pending_payment')))
    .returning();
  return row;
}

export async function addAttention(tx: Db, order: Order, reason: string): Promise<void> {
  await tx
    .update(orders)
    .set({ attention: sql`array_append(array_remove(${orders.attention}, ${reason}), ${reason})` })
    .where(and(eq(orders.eventId, order.eventId), eq(orders.id, order.id)));
}

/** @returns how many holds were ended, and the ids of orders that had to be left to a person */
export async function callExpireHolds(
  db: Db,
  limit: number,
): Promise<{ readonly ended: number; readonly stuck: readonly string[] }> {
  const [row] = await rowsOf<{ ended: number; stuck: readonly string[] }>(
    db,
    sql`select ended, stuck from expire_holds(${limit}::integer)`,
  );
  return row ?? { ended: 0, stuck: [] };
}

export async function callRecountBuyers(tx: Db, eventId: string): Promise<void> {
  await tx.execute(sql`select recount_buyers(${eventId})`);
}

/** Takes the event's lane, then looks: no placement can come between the answer and the end of the transaction. */
export async function selectWasOrdered(tx: Db, eventId: string, ticketCategoryId?: string): Promise<boolean> {
  await tx.execute(sql`select enter_lane(${eventId})`);
  const rows = await rowsOf<{ found: number }>(
    tx,
    ticketCategoryId === undefined
      ? sql`select 1 as found from orders where event_id = ${eventId} limit 1`
      : sql`select 1 as found from order_lines where event_id = ${eventId} and ticket_category_id = ${ticketCategoryId} limit 1`,
  );
  return rows.length > 0;
}

export async function callCancelHolds(db: Db, eventId: string, limit: number): Promise<number> {
  const [row] = await rowsOf<{ begun: number }>(db, sql`select cancel_holds(${eventId}, ${limit}::integer) as begun`);
  return row?.begun ?? 0;
}
