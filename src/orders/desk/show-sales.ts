import type { Actor } from '../../access/actor.ts';
import type { Db } from '../../platform/database/db.ts';
import { contractMoney } from '../../platform/text/money.ts';
import { findCategorySales } from './queries.ts';
import { ownEvent } from './own-event.ts';
import type { GatewayFeesOf } from '../buyer/payment-view.ts';
import { findPools } from '../pools/queries.ts';

/**
 * What an event has sold and holds, per ticket category and per pool. Free places come from the counters of the stock.
 * @throws DomainError event.not_found
 */
export async function showSales(
  deps: { readonly db: Db; readonly gatewayFeesOf: GatewayFeesOf },
  actor: Actor,
  eventId: string,
) {
  const event = await ownEvent(deps.db, actor, eventId);
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
