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

const poolColumns = {
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

export async function findPool(db: Db, eventId: string, poolId: string): Promise<Pool | undefined> {
  const [row] = await db
    .select(poolColumns)
    .from(pools)
    .innerJoin(stock, and(eq(stock.eventId, pools.eventId), eq(stock.poolId, pools.id)))
    .where(and(eq(pools.eventId, eventId), eq(pools.id, poolId)))
    .limit(1);
  return row;
}

export async function countPools(db: Db, eventId: string): Promise<number> {
  return db.$count(pools, eq(pools.eventId, eventId));
}

export async function insertPool(
  tx: Db,
  eventId: string,
  pool: { id: string; name: string; capacity: number; blocked: number },
): Promise<Pool> {
  const { id, name, capacity, blocked } = pool;
  const available = capacity - blocked;
  await tx.insert(pools).values({ eventId, id, name });
  await tx.insert(stock).values({ eventId, poolId: id, capacity, blocked, available });
  return { id, name, capacity, available, held: 0, sold: 0, blocked };
}

/**
 * Sets the size of a pool and how much of it is kept off sale; what is sold and held stays, the rest becomes available.
 * One guarded statement, so that it may run in the middle of a rush. Undefined when the pool has sold or holds too much.
 */
export async function resizePool(
  tx: Db,
  eventId: string,
  poolId: string,
  change: { capacity?: number | undefined; blocked?: number | undefined },
): Promise<Omit<Pool, 'id' | 'name'> | undefined> {
  const capacity = sql`coalesce(${change.capacity ?? null}::integer, capacity)`;
  const blocked = sql`coalesce(${change.blocked ?? null}::integer, blocked)`;
  const [row] = await rowsOf<Omit<Pool, 'id' | 'name'>>(
    tx,
    sql`
      update stock set capacity = ${capacity}, blocked = ${blocked}, available = ${capacity} - ${blocked} - held - sold
      where event_id = ${eventId} and pool_id = ${poolId} and ${capacity} - ${blocked} - held - sold >= 0
      returning capacity, available, held, sold, blocked`,
  );
  return row;
}

/**
 * Whether a published event would have no place left to sell or to show without this pool. Locks the stock of the event's
 * pools until the transaction ends, so that of two pools that are emptied at once one is refused.
 */
export async function isLastWithPlaces(tx: Db, eventId: string, poolId: string): Promise<boolean> {
  await tx.execute(sql`select 1 from stock where event_id = ${eventId} order by pool_id for update`);
  const rows = await rowsOf<{ found: number }>(
    tx,
    sql`
      select 1 as found from events e
      where e.id = ${eventId} and e.status = 'published' and not exists (
        select 1 from ticket_categories c
        join stock s on s.event_id = c.event_id and s.pool_id = c.pool_id
        where c.event_id = e.id and s.capacity > 0 and s.pool_id <> ${poolId})`,
  );
  return rows.length > 0;
}

/** What may still be bought of each ticket category, for the public availability. One statement, primary keys alone. */
export async function findAvailability(
  db: Db,
  eventId: string,
): Promise<{ ticketCategoryId: string; available: number; capacity: number }[]> {
  return rowsOf<{ ticketCategoryId: string; available: number; capacity: number }>(
    db,
    sql`
      select c.id as "ticketCategoryId", s.available, s.capacity
      from ticket_categories c
      join stock s on s.event_id = c.event_id and s.pool_id = c.pool_id
      where c.event_id = ${eventId}
      order by c.position, c.id`,
  );
}

export type EventStock = Pick<Pool, 'capacity' | 'available' | 'held' | 'sold' | 'blocked'>;

/**
 * The sum over the pools that a category on sale draws from; each pool once. What only a closed category could sell, whose
 * sale has not ended, counts as blocked: the organizer may put it on sale again.
 */
export async function findEventStock(db: Db, eventId: string): Promise<EventStock> {
  const [row] = await rowsOf<EventStock>(
    db,
    sql`
      select coalesce(sum(capacity) filter (where is_on_sale), 0)::float8 as capacity,
        coalesce(sum(available) filter (where is_on_sale), 0)::float8 as available,
        coalesce(sum(held) filter (where is_on_sale), 0)::float8 as held,
        coalesce(sum(sold) filter (where is_on_sale), 0)::float8 as sold,
        coalesce(sum(case when is_on_sale then blocked else capacity - sold end), 0)::float8 as blocked
      from stock join (
        select pool_id, bool_or(status = 'on_sale') as is_on_sale from ticket_categories
        where event_id = ${eventId} and (status = 'on_sale' or sale_closes_at > now()) group by pool_id) category using (pool_id)
      where event_id = ${eventId}`,
  );
  return row ?? { capacity: 0, available: 0, held: 0, sold: 0, blocked: 0 };
}
