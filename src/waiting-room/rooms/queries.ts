import { type SQL, and, eq, inArray, sql } from 'drizzle-orm';
import { events } from '../../catalog/tables.ts';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { isSaleOver, isStill } from '../admission/sale-conditions.ts';
import type { Phase } from './phase.ts';
import { type DrawRow, type RoomRow, draws, waitingRooms } from '../tables.ts';

/** Rooms that one process watches at once. */
export const watchedRoomsMax = 2000;

export type WatchedRow = {
  readonly event_id: string;
  readonly slug: string;
  readonly organizer_id: string;
  readonly country: string;
  readonly phase: Phase;
  readonly challenge_difficulty: number;
  readonly turn_seconds: number;
  readonly pass_seconds: number;
  readonly places: number;
  readonly serving: number;
  readonly serving_at_ms: number | null;
  readonly rate: number;
  readonly lapsed_below: number;
  /** Of the current draw, or null while there is none. */
  readonly draw_number: number | null;
  readonly frozen_places: number | null;
  readonly draw_key: Buffer | null;
  /** Postgres' clock, in milliseconds. */
  readonly now_ms: number;
};

const urgency = sql`room.phase = 'over', room.phase = 'closed', abs(extract(epoch from room.pre_queue_opens_at - now()))`;

/**
 * Every room of a public event that is not over, and rooms that have been over for less than a day. If there are too
 * many, the first rooms of each organizer come before its others, so that none keeps out the rooms of another; among these, rooms with
 * people in line come first, then those whose time is near. Rooms of drafts are left out: for the
 * public neither exists. One row for each: a room has at most one draw in the state `drawn`. Indexes:
 * waiting_rooms_live, waiting_rooms_over.
 */
export async function listWatchedRooms(db: Db): Promise<WatchedRow[]> {
  return rowsOf<WatchedRow>(
    db,
    sql`
      select room.event_id, event.slug, event.country, room.organizer_id, room.phase, room.challenge_difficulty, room.turn_seconds,
        room.pass_seconds, room.places, room.serving, room.rate, room.lapsed_below::float8 as lapsed_below,
        (extract(epoch from room.serving_at) * 1000)::float8 as serving_at_ms,
        draw.number as draw_number, draw.places as frozen_places, draw.draw_key,
        (extract(epoch from clock_timestamp()) * 1000)::float8 as now_ms
      from waiting_rooms room
      join events event on event.id = room.event_id
      left join draws draw on draw.event_id = room.event_id and draw.state = 'drawn'
      where event.status <> 'draft'
        and (room.phase <> 'over' or (room.phase = 'over' and room.changed_at > now() - interval '1 day'))
      order by room.phase = 'over', row_number() over (partition by room.organizer_id order by ${urgency}), ${urgency}
      limit ${watchedRoomsMax}`,
  );
}

/** The places that a draw left out, published with the draw and never changed afterwards. */
export async function findVoidedPlaces(db: Db, eventId: string, number: number): Promise<number[]> {
  const [row] = await db
    .select({ indexes: sql<string>`coalesce(array_to_json(${draws.voidedPlaces}), '[]'::json)::text` })
    .from(draws)
    .where(and(eq(draws.eventId, eventId), eq(draws.number, number)));
  const indexes: unknown = row === undefined ? [] : JSON.parse(row.indexes);
  return Array.isArray(indexes) ? indexes.map(Number) : [];
}

/** Whether a condition of `sale-conditions.ts` holds for a room. */
const ofRoom = (eventId: string, condition: SQL) => sql<boolean>`(select ${condition} from waiting_rooms room
  join events event on event.id = room.event_id where room.event_id = ${eventId})`;

/** The room of an organizer's own event, and whether it stands still. */
export async function findRoom(
  db: Db,
  organizerId: string,
  eventId: string,
): Promise<{ room: RoomRow; isStill: boolean } | undefined> {
  const [row] = await db
    .select({ room: waitingRooms, isStill: ofRoom(eventId, isStill) })
    .from(waitingRooms)
    .where(and(eq(waitingRooms.eventId, eventId), eq(waitingRooms.organizerId, organizerId)));
  return row;
}

/** Keeps joins, the scheduler and other changes of the room out until the transaction ends. */
export async function lockRoom(tx: Db, organizerId: string, eventId: string): Promise<RoomRow | undefined> {
  const [row] = await tx
    .select()
    .from(waitingRooms)
    .where(and(eq(waitingRooms.eventId, eventId), eq(waitingRooms.organizerId, organizerId)))
    .for('update');
  return row;
}

export type EventOfRoom = Pick<typeof events.$inferSelect, 'id' | 'slug' | 'status' | 'startsAt' | 'endsAt'>;

/** An organizer's own event, locked against changes until the transaction ends. */
export async function shareOwnEvent(tx: Db, organizerId: string, eventId: string): Promise<EventOfRoom | undefined> {
  const [row] = await tx
    .select({
      id: events.id,
      slug: events.slug,
      status: events.status,
      startsAt: events.startsAt,
      endsAt: events.endsAt,
    })
    .from(events)
    .where(and(eq(events.id, eventId), eq(events.organizerId, organizerId)))
    .for('share');
  return row;
}

export type PublicRoom = {
  readonly room: RoomRow;
  /** The one with the highest number. */
  readonly draw: DrawRow | null;
  readonly nowMs: number;
  readonly servingAtMs: number;
  readonly isStill: boolean;
  readonly isSaleOver: boolean;
};

/** A room of a public event, with its current draw and the state of its sale. */
export async function findPublicRoom(db: Db, eventId: string): Promise<PublicRoom | undefined> {
  const [row] = await db
    .select({
      room: waitingRooms,
      draw: draws,
      nowMs: sql<number>`(extract(epoch from now()) * 1000)::float8`,
      servingAtMs: sql<number>`(extract(epoch from coalesce(${waitingRooms.servingAt}, now())) * 1000)::float8`,
      isStill: ofRoom(eventId, isStill),
      isSaleOver: ofRoom(eventId, isSaleOver),
    })
    .from(waitingRooms)
    .innerJoin(events, eq(events.id, waitingRooms.eventId))
    .leftJoin(
      draws,
      and(
        eq(draws.eventId, waitingRooms.eventId),
        sql`${draws.number} = (select max(d.number) from draws d where d.event_id = ${waitingRooms.eventId})`,
      ),
    )
    .where(and(eq(waitingRooms.eventId, eventId), inArray(events.status, ['published', 'cancelled'])));
  return row;
}
