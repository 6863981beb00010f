import type { Actor } from '../../access/actor.ts';
import { writeAudit } from '../../access/audit/audit.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { newId } from '../../platform/ids.ts';
import { poolLimitReached } from '../errors.ts';
import type { CreatePoolInput } from './schemas.ts';
import { ownEvent } from '../desk/own-event.ts';
import type { Pool } from './queries.ts';
import { eq, sql } from 'drizzle-orm';
import { pools, stock } from '../tables.ts';

export const poolsPerEventMax = 200;

/**
 * Adds a pool of places to an event. They are sold once a ticket category draws from the pool.
 * @throws DomainError event.not_found, pool.limit_reached
 */
export async function createPool(
  deps: { db: Db; clock: Clock },
  actor: Actor,
  eventId: string,
  input: CreatePoolInput,
): Promise<Pool> {
  const event = await ownEvent(deps.db, actor, eventId);
  return transaction(deps.db, async (tx) => {
    // One at a time, so that the limit holds.
    await tx.execute(sql`select from events where id = ${event.id} for no key update`);
    if ((await tx.$count(pools, eq(pools.eventId, event.id))) >= poolsPerEventMax)
      throw poolLimitReached(poolsPerEventMax);
    const pool = await insertPool(tx, event.id, { id: newId('pol', deps.clock.now()), ...input });
    await writeAudit(tx, { actor, act: 'pool.created', subjectId: pool.id, changes: { eventId: event.id, ...input } });
    return pool;
  });
}

async function insertPool(
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
