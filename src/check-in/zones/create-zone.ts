import type { Actor } from '../../access/actor.ts';
import { writeAudit } from '../../access/audit/audit.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { newId } from '../../platform/ids.ts';
import { zoneLimitReached } from '../errors.ts';
import { findActorEvent } from '../find-actor-event.ts';
import { gateKey } from '../gates/key.ts';
import { zonesPerEventMax } from '../limits.ts';
import { type Zone, zones } from '../tables.ts';
import { refuseTakenZoneName } from './queries.ts';
import { count, eq, sql } from 'drizzle-orm';

/**
 * Adds a zone: a part of the venue whose people are counted together. A gate leads into it by its `zoneId`.
 * @throws DomainError event.not_found, zone.name_taken, zone.limit_reached
 */
export async function createZone(
  deps: { db: Db; clock: Clock },
  actor: Actor,
  input: { eventId: string; name: string; capacity: number | null },
): Promise<Zone> {
  await findActorEvent(deps, actor, input.eventId);
  const zone: Zone = { ...input, id: newId('zon', deps.clock.now()), nameKey: gateKey(input.name), inside: 0 };
  return refuseTakenZoneName(() =>
    transaction(deps.db, async (tx) => {
      // Serializes the creation of zones, so that the limit holds.
      await tx.execute(sql`select from events where id = ${input.eventId} for no key update`);
      const [row] = await tx.select({ zones: count() }).from(zones).where(eq(zones.eventId, input.eventId));
      if ((row?.zones ?? 0) >= zonesPerEventMax) throw zoneLimitReached(zonesPerEventMax);
      await tx.insert(zones).values(zone);
      await writeAudit(tx, { actor, act: 'zone.created', subjectId: zone.id, changes: { ...input } });
      return zone;
    }),
  );
}
