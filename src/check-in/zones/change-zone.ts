import type { Actor } from '../../access/actor.ts';
import { writeAudit } from '../../access/audit/audit.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { findActorEvent } from '../find-actor-event.ts';
import { gateKey } from '../gates/key.ts';
import { type Zone, zones } from '../tables.ts';
import { lockZone, refuseTakenZoneName } from './queries.ts';
import { and, eq } from 'drizzle-orm';

/**
 * Renames a zone or changes its capacity. If more people are inside than the new capacity, nobody enters until enough have left.
 * @throws DomainError event.not_found, zone.not_found, zone.name_taken
 */
export async function changeZone(
  deps: { db: Db },
  actor: Actor,
  input: { eventId: string; zoneId: string; name?: string | undefined; capacity?: number | null | undefined },
): Promise<Zone> {
  const { eventId, zoneId } = input;
  await findActorEvent(deps, actor, eventId);
  return refuseTakenZoneName(() =>
    transaction(deps.db, async (tx) => {
      const before = await lockZone(tx, eventId, zoneId);
      const name = input.name ?? before.name;
      const capacity = input.capacity === undefined ? before.capacity : input.capacity;
      const after: Zone = { ...before, name, nameKey: gateKey(name), capacity };
      await tx
        .update(zones)
        .set({ name, nameKey: after.nameKey, capacity })
        .where(and(eq(zones.eventId, eventId), eq(zones.id, zoneId)));
      await writeAudit(tx, {
        actor,
        act: 'zone.changed',
        subjectId: zoneId,
        changes: { eventId, name: { from: before.name, to: name }, capacity: { from: before.capacity, to: capacity } },
      });
      return after;
    }),
  );
}
