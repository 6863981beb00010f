import type { Actor } from '../../access/actor.ts';
import { writeAudit } from '../../access/audit/audit.ts';
import { type Db, transaction, rowsOf } from '../../platform/database/db.ts';
import { idPatterns } from '../../platform/ids.ts';
import { poolInUse, poolNeeded, poolNotFound } from '../errors.ts';
import type { ChangePoolInput } from './schemas.ts';
import { ownEvent } from '../desk/own-event.ts';
import { type Pool, poolColumns } from './queries.ts';
import { and, eq, sql } from 'drizzle-orm';
import { pools, stock } from '../tables.ts';

/**
 * Changes the size of a pool, or how many of its places are blocked, also while it is being sold.
 * @throws DomainError event.not_found, pool.not_found, pool.in_use, pool.needed
 */
export async function changePool(
  deps: { db: Db },
  actor: Actor,
  { eventId, poolId }: { eventId: string; poolId: string },
  change: ChangePoolInput,
): Promise<Pool> {
  const event = await ownEvent(deps.db, actor, eventId);
  return transaction(deps.db, async (tx) => {
    const before = idPatterns.plain.test(poolId) ? await findPool(tx, event.id, poolId) : undefined;
    if (before === undefined) throw poolNotFound();
    const changes = {
      eventId: event.id,
      ...(change.capacity !== undefined && { capacity: { from: before.capacity, to: change.capacity } }),
      ...(change.blocked !== undefined && { blocked: { from: before.blocked, to: change.blocked } }),
    };
    await writeAudit(tx, { actor, act: 'pool.changed', subjectId: poolId, changes });
    if (change.capacity === 0 && (await isLastWithPlaces(tx, event.id, poolId))) throw poolNeeded();
    // Done last, because every buyer of the event waits for this row until the end of the transaction.
    const after = await resizePool(tx, event.id, poolId, change);
    if (after === undefined) throw poolInUse();
    return { ...after, id: before.id, name: before.name };
  });
}

async function findPool(db: Db, eventId: string, poolId: string): Promise<Pool | undefined> {
  const [row] = await db
    .select(poolColumns)
    .from(pools)
    .innerJoin(stock, and(eq(stock.eventId, pools.eventId), eq(stock.poolId, pools.id)))
    .where(and(eq(pools.eventId, eventId), eq(pools.id, poolId)))
    .limit(1);
  return row;
}

/**
 * Sets the size of a pool and its blocked places. Sold and held places stay; the rest becomes available. It is one
 * guarded statement, so it may run in the middle of a rush.
 * @returns undefined if the pool has sold or holds too much
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
 * Whether a published event would have no places without this pool. Locks the stock of the event's pools until the
 * transaction ends: if two pools are emptied at once, one change is refused.
 */
async function isLastWithPlaces(tx: Db, eventId: string, poolId: string): Promise<boolean> {
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
