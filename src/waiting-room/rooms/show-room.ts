import type { Actor } from '../../access/actor.ts';
import { type Db, readNow } from '../../platform/database/db.ts';
import { findCurrentDraw } from '../draw/index.ts';
import { queueNotFound } from '../errors.ts';
import { presentRoom } from '../present.ts';
import { findRoom } from './queries.ts';
import { countSpentPasses } from './settings-queries.ts';

/**
 * A room as its organizer sees it: the plan and the progress.
 * @throws DomainError queue.not_found, also for another organizer's event
 */
export async function showRoom(deps: { db: Db }, actor: Actor, eventId: string) {
  const found = await findRoom(deps.db, actor.organizerId, eventId);
  if (found === undefined) throw queueNotFound();
  const [draw, orders, now] = await Promise.all([
    findCurrentDraw(deps.db, eventId),
    countSpentPasses(deps.db, eventId),
    readNow(deps.db),
  ]);
  return presentRoom(found.room, { isStill: found.isStill, draw: draw?.draw, orders, now });
}
