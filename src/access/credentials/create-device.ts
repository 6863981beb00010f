import type { Config } from '../../config.ts';
import { invariant } from '../../platform/assert.ts';
import type { Clock } from '../../platform/clock.ts';
import { violatedConstraint } from '../../platform/database/db-errors.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { newId } from '../../platform/ids.ts';
import { type Actor, worksAt } from '../actor.ts';
import { writeAudit } from '../audit/audit.ts';
import { currentActor } from '../current-actor.ts';
import { newCredential } from './credential.ts';
import { eventNotFound, limitReached } from '../errors.ts';
import { devicesPerOrganizerMax } from '../limits.ts';
import { lockOrganizer } from '../queries.ts';
import { type Device, devices } from '../tables.ts';
import { and, eq, isNull } from 'drizzle-orm';

/**
 * Registers a scanner for one event. Only this answer contains its token.
 * @throws DomainError event.not_found (also for another organiser's event), access.limit_reached,
 * access.unauthenticated, access.forbidden
 */
export async function createDevice(
  deps: { db: Db; clock: Clock; config: Pick<Config, 'ENCRYPTION_KEY'> },
  input: { actor: Actor; eventId: string; name: string },
): Promise<{ device: Device; token: string }> {
  const { actor, eventId, name } = input;
  const credential = newCredential('device', deps.config);
  const made = transaction(deps.db, async (tx) => {
    await lockOrganizer(tx, actor.organizerId);
    if (!worksAt(await currentActor(tx, actor, 'manager'), eventId)) throw eventNotFound();
    if ((await countLiveDevices(tx, actor.organizerId)) >= devicesPerOrganizerMax) {
      throw limitReached(devicesPerOrganizerMax);
    }
    const row = await insertDevice(tx, {
      id: newId('dev', deps.clock.now()),
      organizerId: actor.organizerId,
      eventId,
      name,
      tokenHash: credential.hash,
      createdBy: actor.id,
      responsibleId: actor.id,
    });
    await writeAudit(tx, { actor, act: 'device.created', subjectId: row.id, changes: { eventId } });
    return row;
  });
  const device = await made.catch((error: unknown) => {
    throw violatedConstraint(error) === 'devices_event_of_organizer' ? eventNotFound() : error;
  });
  return { device, token: credential.text };
}

async function insertDevice(tx: Db, device: typeof devices.$inferInsert): Promise<Device> {
  const [row] = await tx.insert(devices).values(device).returning();
  invariant(row !== undefined, 'an inserted device was not returned');
  return row;
}

function countLiveDevices(tx: Db, organizerId: string): Promise<number> {
  return tx.$count(devices, and(eq(devices.organizerId, organizerId), isNull(devices.endedAt)));
}
