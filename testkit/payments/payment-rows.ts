import { sql } from 'drizzle-orm';
import { rowsOf } from '../../src/platform/database/db.ts';
import { type Attempt, type Refund, type Task, paymentAttempts, refunds, tasks } from '../../src/payments/tables.ts';
import type { PaymentWorld } from './payment-world.ts';

/** An order and its first attempt. */
export type Placed = { readonly eventId: string; readonly orderId: string; readonly attemptId: string };

export async function attemptsOf(world: PaymentWorld, { orderId }: Placed): Promise<Attempt[]> {
  return world.db.select().from(paymentAttempts).where(sql`order_id = ${orderId}`).orderBy(paymentAttempts.number);
}

export async function refundsOf(world: PaymentWorld, { orderId }: Placed): Promise<Refund[]> {
  return world.db.select().from(refunds).where(sql`order_id = ${orderId}`).orderBy(refunds.id);
}

export async function tasksOf(world: PaymentWorld, { orderId }: Placed): Promise<Task[]> {
  return world.db.select().from(tasks).where(sql`order_id = ${orderId}`).orderBy(tasks.id);
}

export async function orderOf(world: PaymentWorld, { orderId }: Placed) {
  const [row] = await rowsOf<{ status: string; flags: string[]; tickets: number; expires_at: string }>(
    world.db,
    sql`
      select o.status, o.flags, o.expires_at::text,
        (select count(*)::int from tickets t where t.order_id = o.id and t.status = 'live') as tickets
      from orders o where o.id = ${orderId}`,
  );
  if (row === undefined) throw new Error('no such order');
  return row;
}

export async function stockOf(world: PaymentWorld, { eventId }: { eventId: string }) {
  const [row] = await rowsOf<{ available: number; held: number; sold: number; blocked: number }>(
    world.db,
    sql`select available, held, sold, blocked from stock where event_id = ${eventId}`,
  );
  return row;
}

export async function callbacksOf(world: PaymentWorld, { attemptId }: Placed) {
  return rowsOf<{ status: string; outcome: string | null }>(
    world.db,
    sql`select status, outcome from callbacks where attempt_id = ${attemptId} order by id`,
  );
}
