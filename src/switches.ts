import { eq, or } from 'drizzle-orm';
import { events } from './catalog/tables.ts';
import type { Db } from './platform/database/db.ts';
import { waitingRooms } from './waiting-room/tables.ts';
import { saleNotOpen } from './orders/errors.ts';
import type { DomainError } from './platform/errors.ts';
import { type Switches, browseOnly } from './traffic-control/index.ts';

/** Finds the event that an operator names by slug or id, and whether it has a waiting room. */
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

/** Refuses new orders of an event by its switches. Called with the event id, which only the body of an order names. */
export function refuseSwitchedOff(switches: Pick<Switches, 'isOn'>): (eventId: string) => DomainError | undefined {
  return (eventId) => {
    if (switches.isOn('close_sales', eventId)) return saleNotOpen();
    return switches.isOn('browse_only', eventId) ? browseOnly() : undefined;
  };
}
