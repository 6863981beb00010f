import { and, asc, eq, sql } from 'drizzle-orm';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { pools, stock } from '../tables.ts';

/** A pool with its counters. */
export type Pool = {
  readonly id: string;
  readonly name: string;
  readonly capacity: number;
  readonly available: number;
  readonly held: number;
  readonly sold: number;
  readonly blocked: number;
};

export const poolColumns = {
  id: pools.id,
  name: pools.name,
  capacity: stock.capacity,
  available: stock.available,
  held: stock.held,
  sold: stock.sold,
  blocked: stock.blocked,
};

export async function findPools(db: Db, eventId: string): Promise<Pool[]> {
  return db
    .select(poolColumns)
    .from(pools)
    .innerJoin(stock, and(eq(stock.eventId, pools.eventId), eq(stock.poolId, pools.id)))
    .where(eq(pools.eventId, eventId))
    .orderBy(asc(pools.id));
}

/**
 * How many of each ticket category can still be bought, in the order of the categories; categories that share a pool
 * each show all of its free places. Places that people wait for cannot be bought. One statement that uses primary keys
 * only, because public availability reads it.
 */
export async function availabilityOf(
  db: Db,
  eventId: string,
): Promise<{ ticketCategoryId: string; available: number; capacity: number }[]> {
  return rowsOf<{ ticketCategoryId: string; available: number; capacity: number }>(
    db,
    sql`
      select c.id as "ticketCategoryId", case when s.is_listed then 0 else s.available end as available, s.capacity
      from ticket_categories c
      join stock s on s.event_id = c.event_id and s.pool_id = c.pool_id
      where c.event_id = ${eventId}
      order by c.position, c.id`,
  );
}

export type EventStock = Pick<Pool, 'capacity' | 'available' | 'held' | 'sold' | 'blocked'> & {
  /** In the event's last orders; null if there are few. */
  readonly ticketsPerOrder: number | null;
};

/** Orders whose size shows what the next ones will be. */
const lastOrders = 100;
const lastOrdersMin = 20;

/**
 * The places of all pools that a category on sale draws from; each pool counts once. Places that only a closed category
 * could sell count as blocked while its sale window has not ended, because the organizer may reopen it. Free places of
 * a pool with a waiting list count as blocked, too: nobody from the waiting room can buy them.
 */
export async function eventStockOf(db: Db, eventId: string): Promise<EventStock> {
  const [row] = await rowsOf<EventStock>(
    db,
    sql`
      select coalesce(sum(capacity) filter (where is_on_sale), 0)::float8 as capacity,
        coalesce(sum(available) filter (where is_on_sale and not is_listed), 0)::float8 as available,
        coalesce(sum(held) filter (where is_on_sale), 0)::float8 as held,
        coalesce(sum(sold) filter (where is_on_sale), 0)::float8 as sold,
        coalesce(sum(case when not is_on_sale then capacity - sold when is_listed then blocked + available else blocked end), 0)::float8 as blocked,
        (select avg(quantity)::float8 from (select quantity from orders where event_id = ${eventId} order by id desc limit ${lastOrders}) last
          having count(*) >= ${lastOrdersMin}) as "ticketsPerOrder"
      from stock join (
        select pool_id, bool_or(status = 'on_sale') as is_on_sale from ticket_categories
        where event_id = ${eventId} and (status = 'on_sale' or sale_closes_at > now()) group by pool_id) category using (pool_id)
      where event_id = ${eventId}`,
  );
  return row ?? { capacity: 0, available: 0, held: 0, sold: 0, blocked: 0, ticketsPerOrder: null };
}
