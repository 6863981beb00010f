import { and, eq } from 'drizzle-orm';
import type { Db } from '../../platform/database/db.ts';
import { violatedConstraint } from '../../platform/database/db-errors.ts';
import { zoneNameTaken, zoneNotFound } from '../errors.ts';
import { type Zone, zones } from '../tables.ts';

/** Locks a zone for a change. Scans into it wait, too. @throws DomainError zone.not_found */
export async function lockZone(tx: Db, eventId: string, zoneId: string): Promise<Zone> {
  const [row] = await tx
    .select()
    .from(zones)
    .where(and(eq(zones.eventId, eventId), eq(zones.id, zoneId)))
    .for('update');
  if (row === undefined) throw zoneNotFound();
  return row;
}

/** Runs a write of a zone. @throws DomainError zone.name_taken if the event has a zone with this name */
export async function refuseTakenZoneName<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (violatedConstraint(error) === 'zones_name') throw zoneNameTaken();
    throw error;
  }
}
