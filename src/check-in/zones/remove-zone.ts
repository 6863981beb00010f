import type { Actor } from '../../access/actor.ts';
import { writeAudit } from '../../access/audit/audit.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { zoneInUse } from '../errors.ts';
import { findActorEvent } from '../find-actor-event.ts';
import { gates, zones } from '../tables.ts';
import { lockZone } from './queries.ts';
import { and, eq } from 'drizzle-orm';

/**
 * Removes an empty zone that no gate leads into.
 * @throws DomainError event.not_found, zone.not_found, zone.in_use
 */
export async function removeZone(
  deps: { db: Db },
  actor: Actor,
  input: { eventId: string; zoneId: string },
): Promise<void> {
  const { eventId, zoneId } = input;
  await findActorEvent(deps, actor, eventId);
  await transaction(deps.db, async (tx) => {
    const zone = await lockZone(tx, eventId, zoneId);
    const used = await tx
      .select({ id: gates.id })
      .from(gates)
      .where(and(eq(gates.eventId, eventId), eq(gates.zoneId, zoneId)))
      .limit(1);
    if (zone.inside > 0 || used.length > 0) throw zoneInUse();
    await tx.delete(zones).where(and(eq(zones.eventId, eventId), eq(zones.id, zoneId)));
    await writeAudit(tx, { actor, act: 'zone.removed', subjectId: zoneId, changes: { eventId, name: zone.name } });
  });
}
