import { type Db, transaction } from '../../platform/database/db.ts';
import { type Actor, eventsOf } from '../actor.ts';
import type { Actors } from '../actors.ts';
import { writeAudit } from '../audit/audit.ts';
import { deviceNotFound } from '../errors.ts';
import { endDeviceRow } from './queries.ts';

/**
 * @throws DomainError device.not_found if it does not exist, has ended, or belongs to another organiser or to an event
 * that is closed to the actor
 */
export async function endDevice(
  deps: { db: Db; actors: Actors },
  input: { actor: Actor; deviceId: string },
): Promise<void> {
  const { actor, deviceId } = input;
  await transaction(deps.db, async (tx) => {
    if (!(await endDeviceRow(tx, actor.organizerId, deviceId, eventsOf(actor)))) throw deviceNotFound();
    await writeAudit(tx, { actor, act: 'device.ended', subjectId: deviceId });
  });
  deps.actors.forget(deviceId);
}
