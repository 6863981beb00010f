import type { Actor } from '../../access/actor.ts';
import { writeAudit } from '../../access/audit/audit.ts';
import { lockOrganizer } from '../../access/index.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { newEventId } from '../../platform/ids.ts';
import { currencyDefault } from '../../platform/text/money.ts';
import { eventNotFound } from '../../access/errors.ts';
import { limitReached, slugTaken } from '../errors.ts';
import { eventValues, requireEventTimes } from '../input-rows.ts';
import { eventsPerOrganizerMax } from '../limits.ts';
import { type EventRow, type NewEvent, ofOrganizer } from '../queries.ts';
import type { CreateEvent } from './schemas.ts';
import { count, eq } from 'drizzle-orm';
import { indexEvent } from '../search/index-events.ts';
import { events } from '../tables.ts';

/**
 * Creates an event as a draft that only its organiser sees. Its slug and currency can never change.
 * @throws DomainError request.invalid, event.not_found, event.slug_taken, catalog.limit_reached
 */
export async function createEvent(deps: { db: Db }, actor: Actor, input: CreateEvent): Promise<EventRow> {
  const { slug, currency = currencyDefault, pictureOf, name, category, city, venue, ...rest } = input;
  const times = { startsAt: new Date(input.startsAt), endsAt: new Date(input.endsAt) };
  const doorsOpenAt = input.doorsOpenAt === undefined ? times.startsAt : new Date(input.doorsOpenAt);
  requireEventTimes({ ...times, doorsOpenAt });
  const event = {
    ...eventValues(rest, currency),
    ...times,
    doorsOpenAt,
    id: newEventId(),
    organizerId: actor.organizerId,
    slug,
    currency,
    name,
    category,
    city,
    venue,
  };
  return transaction(deps.db, async (tx) => {
    await lockOrganizer(tx, actor.organizerId);
    if ((await countEventsOfOrganizer(tx, actor.organizerId)) >= eventsPerOrganizerMax) {
      throw limitReached('eventsPerOrganizerMax', eventsPerOrganizerMax);
    }
    const picture = pictureOf === undefined ? {} : await findPicture(tx, actor.organizerId, pictureOf);
    const created = await insertEvent(tx, { ...event, ...picture });
    if (created === undefined) throw slugTaken();
    await writeAudit(tx, { actor, act: 'event.created', subjectId: created.id, changes: { slug } });
    return created;
  });
}

/** Inserts the event with its search entry. Returns undefined when another event has the slug. */
async function insertEvent(tx: Db, event: NewEvent): Promise<EventRow | undefined> {
  const [row] = await tx.insert(events).values(event).onConflictDoNothing({ target: events.slug }).returning();
  if (row !== undefined) await indexEvent(tx, row);
  return row;
}

/** @throws DomainError event.not_found */
async function findPicture(tx: Db, organizerId: string, eventId: string) {
  const { pictureId, pictureAlt, pictureFocusX, pictureFocusY } = events;
  const columns = { pictureId, pictureAlt, pictureFocusX, pictureFocusY };
  const [row] = await tx.select(columns).from(events).where(ofOrganizer(organizerId, eventId));
  if (row === undefined) throw eventNotFound();
  return row;
}

async function countEventsOfOrganizer(db: Db, organizerId: string): Promise<number> {
  const [row] = await db.select({ count: count() }).from(events).where(eq(events.organizerId, organizerId));
  return row?.count ?? 0;
}
