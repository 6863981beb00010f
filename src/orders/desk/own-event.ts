import type { Actor } from '../../access/actor.ts';
import type { Db } from '../../platform/database/db.ts';
import { idPatterns } from '../../platform/ids.ts';
import { findOwnEvent, type OwnEvent } from './queries.ts';
import { eventUnknown } from '../errors.ts';

/**
 * The actor's own event.
 * @throws DomainError event.not_found, also for another organiser's event
 */
export async function ownEvent(db: Db, actor: Actor, eventId: string): Promise<OwnEvent> {
  const event = idPatterns.event.test(eventId) ? await findOwnEvent(db, actor.organizerId, eventId) : undefined;
  if (event === undefined) throw eventUnknown();
  return event;
}
