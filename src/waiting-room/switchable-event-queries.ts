import { eq, or } from 'drizzle-orm';
import { events } from '../catalog/tables.ts';
import type { Db } from '../platform/database/db.ts';
import { waitingRooms } from './tables.ts';

/** An event as an operator names it, by its slug or id, and whether a waiting room is planned for it. */
export async function findSwitchableEvent(
  db: Db,
  slugOrId: string,
): Promise<{ id: string; slug: string; organizerId: string; hasWaitingRoom: boolean } | undefined> {
  const [row] = await db
    .select({ id: events.id, slug: events.slug, organizerId: events.organizerId, room: waitingRooms.eventId })
    .from(events)
    .leftJoin(waitingRooms, eq(waitingRooms.eventId, events.id))
    .where(or(eq(events.slug, slugOrId), eq(events.id, slugOrId)))
    .limit(1);
  if (row === undefined) return undefined;
  const { room, ...event } = row;
  return { ...event, hasWaitingRoom: room !== null };
}
