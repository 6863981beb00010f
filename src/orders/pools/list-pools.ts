import type { Actor } from '../../access/actor.ts';
import type { Db } from '../../platform/database/db.ts';
import { ownEvent } from '../desk/own-event.ts';
import { findPools, type Pool } from './queries.ts';

/**
 * All pools of an event with their counters; their number is bounded.
 * @throws DomainError event.not_found
 */
export async function listPools(
  deps: { db: Db },
  actor: Actor,
  eventId: string,
): Promise<{ data: Pool[]; nextCursor: null }> {
  const event = await ownEvent(deps.db, actor, eventId);
  return { data: await findPools(deps.db, event.id), nextCursor: null };
}
