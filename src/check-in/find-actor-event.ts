import { type Actor, worksAt } from '../access/actor.ts';
import { type Db, rowsOf } from '../platform/database/db.ts';
import { eventNotFound } from '../access/errors.ts';
import { otherEvent } from './errors.ts';
import { sql } from 'drizzle-orm';

/**
 * The event, if the actor may work at its door.
 * @throws DomainError check_in.other_event for a device or member of other events, event.not_found
 */
export async function findActorEvent(deps: { db: Db }, actor: Actor, eventId: string): Promise<DoorEvent> {
  if (!worksAt(actor, eventId)) throw otherEvent();
  const event = await findDoorEvent(deps.db, actor.organizerId, eventId);
  if (event === undefined) throw eventNotFound();
  return event;
}

export type DoorEvent = {
  readonly id: string;
  readonly name: string;
  readonly time_zone: string;
  /** ISO 3166-1. The country of phone numbers that have no country code. */
  readonly country: string;
  readonly doors_open_at: string;
  readonly ends_at: string;
  readonly now: string;
};

/** An event of this organiser; undefined for any other. */
async function findDoorEvent(db: Db, organizerId: string, eventId: string): Promise<DoorEvent | undefined> {
  const [row] = await rowsOf<DoorEvent>(
    db,
    sql`select id, name, time_zone, country, to_json(doors_open_at) #>> '{}' as doors_open_at, to_json(ends_at) #>> '{}' as ends_at,
          to_json(now()) #>> '{}' as now
        from events where id = ${eventId} and organizer_id = ${organizerId}`,
  );
  return row;
}
