import type { Actor } from '../../access/actor.ts';
import type { Db } from '../../platform/database/db.ts';
import { findActorEvent } from '../find-actor-event.ts';
import { listEventGates } from './queries.ts';
import type { Gate } from '../tables.ts';

/**
 * All gates of an event, by name; there are at most `gatesPerEventMax`.
 * @throws DomainError event.not_found, check_in.other_event
 */
export async function listGates(deps: { db: Db }, actor: Actor, eventId: string): Promise<Gate[]> {
  await findActorEvent(deps, actor, eventId);
  return listEventGates(deps.db, eventId);
}
