import { and, eq } from 'drizzle-orm';
import type { Actor } from '../../access/actor.ts';
import { events } from '../../catalog/tables.ts';
import type { Db } from '../../platform/database/db.ts';
import { idPatterns } from '../../platform/ids.ts';
import { eventNotFound } from '../../access/errors.ts';

export type OwnEvent = { readonly id: string; readonly slug: string; readonly currency: string };

/**
 * The actor's own event.
 * @throws DomainError event.not_found, also for a malformed id and for another organiser's event
 */
export async function ownEvent(db: Db, { organizerId }: Actor, eventId: string): Promise<OwnEvent> {
  if (!idPatterns.event.test(eventId)) throw eventNotFound();
  const [event] = await db
    .select({ id: events.id, slug: events.slug, currency: events.currency })
    .from(events)
    .where(and(eq(events.id, eventId), eq(events.organizerId, organizerId)));
  if (event === undefined) throw eventNotFound();
  return event;
}
