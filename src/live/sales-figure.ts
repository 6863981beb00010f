import { sql } from 'drizzle-orm';
import type { z } from '@hono/zod-openapi';
import { countCheckIns, presentSummary } from '../check-in/index.ts';
import { type OwnEvent, salesOf } from '../orders/index.ts';
import type { Clock } from '../platform/clock.ts';
import { type Db, rowsOf } from '../platform/database/db.ts';
import type { Rates } from './rates.ts';
import type { liveSalesSchema } from './schemas.ts';

export type SalesDeps = Parameters<typeof salesOf>[0] & { readonly rates: Rates; readonly clock: Clock };

/** A snapshot of everything that a desk watches during a sale. */
export async function readSales(deps: SalesDeps, event: OwnEvent): Promise<z.input<typeof liveSalesSchema>> {
  const [sales, orders, instructed, messages, checkIns] = await Promise.all([
    salesOf(deps, event),
    countOrders(deps.db, event.id),
    countInstructed(deps.db, event.id),
    countMessages(deps.db, event.id),
    countCheckIns(deps.db, event.id),
  ]);
  const at = deps.clock.now().toISOString();
  const { tickets, admitted, inside, gates, zones } = presentSummary({ asOf: at, ...checkIns });
  const rates = deps.rates.of(event.id);
  return {
    at,
    perSecond: { orders: rates.placed, paid: rates.paid, checkIns: rates.scans, messages: rates.messages },
    orders: { ...orders, instructed },
    messages,
    checkIns: { tickets, admitted, inside, gates, zones },
    sales,
  };
}

type OrderCounts = Omit<z.input<typeof liveSalesSchema>['orders'], 'instructed'>;

/** Orders by status. Reads all orders of the event, which is affordable at the desk and not for buyers. */
async function countOrders(db: Db, eventId: string): Promise<OrderCounts> {
  const [row] = await rowsOf<OrderCounts>(
    db,
    sql`
      select count(*)::int as placed,
        count(*) filter (where status in ('pending_payment', 'closing'))::int as held,
        count(*) filter (where status in ('paid', 'partially_refunded'))::int as paid,
        count(*) filter (where status = 'refunded')::int as refunded,
        count(*) filter (where status = 'expired')::int as expired,
        count(*) filter (where status = 'cancelled')::int as cancelled
      from orders where event_id = ${eventId}`,
  );
  return row ?? { placed: 0, held: 0, paid: 0, refunded: 0, expired: 0, cancelled: 0 };
}

/** Held orders that can be paid now. */
async function countInstructed(db: Db, eventId: string): Promise<number> {
  const [row] = await rowsOf<{ count: number }>(
    db,
    sql`select count(*)::int as count from payment_attempts where event_id = ${eventId} and status in ('pending', 'authorized')`,
  );
  return row?.count ?? 0;
}

/** Messages about the event's orders, by state. Their subjects are the orders, whose ids begin with the event's key. */
async function countMessages(db: Db, eventId: string): Promise<z.input<typeof liveSalesSchema>['messages']> {
  const from = `ord_${eventId.slice('evt_'.length)}`;
  const [row] = await rowsOf<z.input<typeof liveSalesSchema>['messages']>(
    db,
    sql`
      select count(*) filter (where status in ('queued', 'sending', 'unknown'))::int as waiting,
        count(*) filter (where status in ('accepted', 'sent'))::int as sent,
        count(*) filter (where status in ('delivered', 'read'))::int as delivered,
        count(*) filter (where status in ('failed', 'suppressed', 'capped'))::int as failed
      from deliveries where subject_id >= ${from} and subject_id < ${`${from}~`}`,
  );
  return row ?? { waiting: 0, sent: 0, delivered: 0, failed: 0 };
}
