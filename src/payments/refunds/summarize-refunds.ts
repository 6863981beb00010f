import { sql } from 'drizzle-orm';
import type { Actor } from '../../access/index.ts';
import { ownEvent } from '../../orders/index.ts';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { contractMoney } from '../../platform/text/money.ts';
import type { Refund } from '../tables.ts';

/**
 * How far the refunds of an event have come. Reads all orders and refunds of the event, which is affordable at the desk.
 * @throws DomainError event.not_found
 */
export async function summarizeRefunds(deps: { readonly db: Db }, actor: Actor, eventId: string) {
  const event = await ownEvent(deps.db, actor, eventId);
  const isLeft = sql`o.event_id = ${event.id} and o.status in ('paid', 'partially_refunded')`;
  const [[left], refunds] = await Promise.all([
    rowsOf<{ orders: number; amount: number }>(
      deps.db,
      sql`
        select (select count(*)::int from orders o where ${isLeft}) as orders,
          (select -coalesce(sum(l.amount), 0)::float8 from orders o join ledger_entries l on l.event_id = o.event_id and l.order_id = o.id
            where ${isLeft} and l.currency = o.currency and l.account in ('sales', 'fees', 'discounts')) as amount`,
    ),
    rowsOf<{ status: Refund['status']; currency: string; count: number; amount: number }>(
      deps.db,
      sql`
        select status, currency, count(*)::int as count, sum(amount)::float8 as amount from refunds where event_id = ${event.id}
        group by status, currency order by status, currency`,
    ),
  ]);
  return {
    ordersLeft: left?.orders ?? 0,
    amountLeft: contractMoney(Math.max(0, left?.amount ?? 0), event.currency),
    refunds: refunds.map(({ status, currency, count, amount }) => ({
      status,
      count,
      amount: contractMoney(amount, currency),
    })),
  };
}
