import type { Actor } from '../../access/actor.ts';
import type { Db } from '../../platform/database/db.ts';
import { readWholeEvent } from '../../platform/database/read-whole-event.ts';
import { contractMoney } from '../../platform/text/money.ts';
import { type OwnEvent, ownEvent } from './own-event.ts';
import type { GatewayFeesOf } from '../ports.ts';
import { findPools } from '../pools/queries.ts';
import { sql } from 'drizzle-orm';

type SalesDeps = { readonly db: Db; readonly gatewayFeesOf: GatewayFeesOf };

/**
 * Sold and held tickets of an event, per ticket category and per pool. Free places come from the counters of the stock.
 * @throws DomainError event.not_found
 */
export async function showSales(deps: SalesDeps, actor: Actor, eventId: string) {
  return salesOf(deps, await ownEvent(deps.db, actor, eventId));
}

/** The same figures, of an event that is known to be the caller's. */
export async function salesOf(deps: SalesDeps, event: OwnEvent) {
  const [categories, pools, gatewayFees] = await Promise.all([
    findCategorySales(deps.db, event.id),
    findPools(deps.db, event.id),
    deps.gatewayFeesOf(deps.db, event),
  ]);
  const available = new Map(pools.map((pool) => [pool.id, pool.available]));
  const sum = (of: (category: (typeof categories)[number]) => number) =>
    categories.reduce((total, category) => total + of(category), 0);
  return {
    eventId: event.id,
    ticketCategories: categories.map((category) => ({
      ticketCategoryId: category.id,
      name: category.name,
      poolId: category.pool_id,
      available: available.get(category.pool_id) ?? 0,
      paid: category.paid,
      held: category.held,
      revenue: contractMoney(Number(category.revenue), event.currency),
    })),
    pools,
    total: {
      paid: sum((category) => category.paid),
      held: sum((category) => category.held),
      revenue: contractMoney(
        sum((category) => Number(category.revenue)),
        event.currency,
      ),
      gatewayFees: contractMoney(gatewayFees, event.currency),
    },
  };
}

type CategorySales = {
  readonly id: string;
  readonly name: string;
  readonly pool_id: string;
  readonly paid: number;
  readonly held: number;
  readonly revenue: string;
};

/**
 * Sold and held tickets per category, from one snapshot. Reads all tickets and order lines of the event, which is affordable at the desk
 * and not for buyers. Holds are found by their partial indexes.
 */
async function findCategorySales(db: Db, eventId: string): Promise<CategorySales[]> {
  return readWholeEvent<CategorySales>(
    db,
    sql`
      with sold as (
        select t.ticket_category_id, count(*)::integer as quantity, sum(l.unit_price) as revenue
        from tickets t
        join order_lines l
          on l.event_id = t.event_id and l.order_id = t.order_id and l.ticket_category_id = t.ticket_category_id
        where t.event_id = ${eventId} and t.status = 'live'
        group by t.ticket_category_id
      ), held as (
        select l.ticket_category_id, sum(l.quantity)::integer as quantity
        from (
          select o.id from orders o where o.event_id = ${eventId} and o.status || '' = 'pending_payment'
          union all
          select o.id from orders o where o.event_id = ${eventId} and o.status || '' = 'closing'
        ) o
        join order_lines l on l.event_id = ${eventId} and l.order_id = o.id
        group by l.ticket_category_id
      )
      select c.id, c.name, c.pool_id, coalesce(sold.quantity, 0) as paid, coalesce(held.quantity, 0) as held,
             coalesce(sold.revenue, 0)::text as revenue
      from ticket_categories c
      left join sold on sold.ticket_category_id = c.id
      left join held on held.ticket_category_id = c.id
      where c.event_id = ${eventId}
      order by c.position, c.id`,
  );
}
