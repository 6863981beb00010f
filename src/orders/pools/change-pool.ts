import type { Actor } from '../../access/actor.ts';
import { writeAudit } from '../../access/audit/audit.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { idPatterns } from '../../platform/ids.ts';
import { poolInUse, poolNeeded, poolNotFound } from '../desk/errors.ts';
import type { ChangePoolInput } from '../desk/schemas.ts';
import { ownEvent } from '../desk/own-event.ts';
import { findPool, isLastWithPlaces, type Pool, resizePool } from './queries.ts';

/**
 * Makes a pool larger or smaller, or takes places off sale and back, also while it is being sold.
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
    const { capacity, blocked } = before;
    const changes = { eventId: event.id, ...change, before: { capacity, blocked } };
    await writeAudit(tx, { actor, act: 'pool.changed', subjectId: poolId, changes });
    if (change.capacity === 0 && (await isLastWithPlaces(tx, event.id, poolId))) throw poolNeeded();
    // Last, since every buyer of the event waits for this row until the transaction ends.
    const after = await resizePool(tx, event.id, poolId, change);
    if (after === undefined) throw poolInUse();
    return { ...after, id: before.id, name: before.name };
  });
}
