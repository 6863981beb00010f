import type { Db } from '../../platform/database/db.ts';
import type { EventOfActor } from './change-locked-event.ts';
import { eventNotFound } from '../../access/errors.ts';
import { type EventRow, ofOrganizer } from '../queries.ts';
import { invariant } from '../../platform/assert.ts';
import { eq } from 'drizzle-orm';
import { organizers } from '../../access/tables.ts';
import { events } from '../tables.ts';

/** @throws DomainError event.not_found, also for another organiser's event */
export async function showOrganizerEvent(
  deps: { readonly db: Db },
  { actor, eventId }: EventOfActor,
): Promise<EventRow> {
  const event = await findEvent(deps.db, actor.organizerId, eventId);
  if (event === undefined) throw eventNotFound();
  return event;
}

/** An organiser's name and slug, to show with its events. */
export async function showOrganizer(
  deps: { readonly db: Db },
  organizerId: string,
): Promise<{ slug: string; name: string }> {
  const organizer = await findOrganizer(deps.db, organizerId);
  invariant(organizer !== undefined, `organiser ${organizerId} is gone`);
  return organizer;
}

async function findEvent(db: Db, organizerId: string, eventId: string): Promise<EventRow | undefined> {
  const [row] = await db.select().from(events).where(ofOrganizer(organizerId, eventId)).limit(1);
  return row;
}

async function findOrganizer(db: Db, organizerId: string): Promise<{ slug: string; name: string } | undefined> {
  const [row] = await db
    .select({ slug: organizers.slug, name: organizers.name })
    .from(organizers)
    .where(eq(organizers.id, organizerId))
    .limit(1);
  return row;
}
