import type { Db } from '../../platform/database/db.ts';
import type { EventOfActor } from './change-locked-event.ts';
import { eventNotFound } from '../errors.ts';
import { type EventRow, findEvent } from '../queries.ts';

/** @throws DomainError event.not_found, for another organiser's event too */
export async function showOrganizerEvent(
  deps: { readonly db: Db },
  { actor, eventId }: EventOfActor,
): Promise<EventRow> {
  const event = await findEvent(deps.db, actor.organizerId, eventId);
  if (event === undefined) throw eventNotFound();
  return event;
}
