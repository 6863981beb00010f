import type { Actor } from '../access/actor.ts';
import type { Db } from '../platform/database/db.ts';
import { eventNotFound, otherEvent } from './errors.ts';
import { type DoorEvent, findDoorEvent } from './scans/queries.ts';

/**
 * The event, if the actor works at its door.
 * @throws DomainError check_in.other_event for a device of another event, event.not_found
 */
export async function findActorEvent(deps: { db: Db }, actor: Actor, eventId: string): Promise<DoorEvent> {
  if (actor.kind === 'device' && actor.eventId !== eventId) throw otherEvent();
  const event = await findDoorEvent(deps.db, actor.organizerId, eventId);
  if (event === undefined) throw eventNotFound();
  return event;
}
