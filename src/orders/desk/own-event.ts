import type { Actor } from '../../access/actor.ts';
import type { Db } from '../../platform/database/db.ts';
import { idPatterns } from '../../platform/ids.ts';
import { eventUnknown } from '../errors.ts';
import { and, eq } from 'drizzle-orm';
import { events } from '../../catalog/tables.ts';

/**
 * The actor's own event.
 * @throws DomainError event.not_found, also for another organiser's event
 */
export async function ownEvent(db: Db, actor: Actor, eventId: string): Promise<OwnEvent> {
  const event = idPatterns.event.test(eventId) ? await findOwnEvent(db, actor.organizerId, eventId) : undefined;
  if (event === undefined) throw eventUnknown();
  return event;
}

/** The desk's reads of orders and figures. Every query names the organiser, or an event that is known to be theirs. */

export type OwnEvent = { readonly id: string; readonly slug: string; readonly currency: string };

async function findOwnEvent(db: Db, organizerId: string, eventId: string): Promise<OwnEvent | undefined> {
  const [row] = await db
    .select({ id: events.id, slug: events.slug, currency: events.currency })
    .from(events)
    .where(and(eq(events.id, eventId), eq(events.organizerId, organizerId)))
    .limit(1);
  return row;
}
