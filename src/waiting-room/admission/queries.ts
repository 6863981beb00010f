import { type SQL, sql } from 'drizzle-orm';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import type { Phase } from '../rooms/phase.ts';
import { watchedRoomsMax } from '../rooms/queries.ts';
import { isSaleOver, isStill, standsStill } from './sale-conditions.ts';

/** How often the state of serving is recorded as a mark. */
const markSeconds = 5;
/** After a pause the scheduler catches up at most this much time, so that it does not let thousands in at once. */
export const catchUpSecondsMax = 10;
/** Marks are kept for the longest turn, plus the minute that the show ratio covers. */
const markKeptSeconds = 3600 + 120;

/** A room as the scheduler reads it. The clock of Postgres decides whether something is due. */
export type RoomAtWork = {
  readonly event_id: string;
  readonly phase: Phase;
  readonly is_pre_queue_due: boolean;
  readonly is_freeze_due: boolean;
  readonly is_opening_due: boolean;
  readonly is_drawn: boolean;
  /** A second has passed since it was last served. */
  readonly is_serving_due: boolean;
  readonly is_sale_over: boolean;
  readonly waiting: number;
  readonly admission_rate: number;
  readonly rate_max: number;
};

/**
 * Every room that is not over, the first of each organizer before its others: their steps are taken in this order, and an organizer with
 * thousands of rooms must not hold up those of another. Index: waiting_rooms_live.
 */
export async function listRoomsAtWork(db: Db): Promise<RoomAtWork[]> {
  return rowsOf<RoomAtWork>(
    db,
    sql`
      select room.event_id, room.phase, room.admission_rate, room.rate_max,
        room.pre_queue_opens_at <= now() as is_pre_queue_due,
        room.freezes_at <= now() as is_freeze_due,
        room.opens_at <= now() as is_opening_due,
        exists (select from draws where event_id = room.event_id and state = 'drawn') as is_drawn,
        coalesce(room.serving_at <= now() - interval '1 second', false) as is_serving_due,
        ${isSaleOver} as is_sale_over,
        greatest(room.places - room.serving, 0)::float8 as waiting
      from waiting_rooms room join events event on event.id = room.event_id
      where room.phase <> 'over'
      order by row_number() over (partition by room.organizer_id order by room.opens_at), room.opens_at
      limit ${watchedRoomsMax}`,
  );
}

/**
 * Opens a drawn room at its time, and writes its first mark. The first position is called a second later, when it is
 * known whether anything is on sale. False when it did not open.
 */
export async function markOpen(db: Db, eventId: string, openingShare: number): Promise<boolean> {
  const rows = await rowsOf(
    db,
    sql`
      with opened as (
        update waiting_rooms set phase = 'open', serving = 0, serving_at = now(), changed_at = now(), rate = 0,
          admission_rate = rate_max * ${openingShare}::float8
        where event_id = ${eventId} and phase = 'drawing' and opens_at <= now()
          and exists (select from draws where event_id = ${eventId} and state = 'drawn')
        returning event_id)
      insert into serving_marks (event_id, at, serving, orders, exchanged)
      select event_id, now(), 0, 0, 0 from opened
      returning event_id`,
  );
  return rows.length > 0;
}

/** For good. False when it was already over. */
export async function markOver(db: Db, eventId: string): Promise<boolean> {
  const rows = await rowsOf(
    db,
    sql`
      with ended as (
        update waiting_rooms set phase = 'over', rate = 0, admission_rate = 0, paused = false, paused_at = null,
          changed_at = now()
        where event_id = ${eventId} and phase <> 'over' returning event_id),
      forgotten as (delete from serving_marks where event_id in (select event_id from ended))
      select event_id from ended`,
  );
  return rows.length > 0;
}

/**
 * How long a room has stood since its row was written: all the time if it stands still, otherwise what a scheduler does not
 * catch up, for example while Postgres was down.
 * @param at the end of that time: when the scheduler read the row, or now
 */
export function stoodSince(servingAt: SQL, isStanding: boolean, at: SQL = sql`now()`): SQL {
  return isStanding
    ? sql`${at} - ${servingAt}`
    : sql`greatest(${at} - ${servingAt} - make_interval(secs => ${catchUpSecondsMax}), interval '0')`;
}

/** A ticket that is still to be sold and needs a payment. */
const costs = sql`category.status = 'on_sale' and category.sale_closes_at > now() and category.price > 0`;

/** An open room, and the facts that decide its next second. */
export type ServedRoom = {
  readonly organizer_id: string;
  readonly phase: 'open' | 'probably_sold_out';
  /** To the microsecond: identifies the version of the row that was read. */
  readonly serving_at: string;
  /** When the row was read. */
  readonly read_at: string;
  readonly elapsed_seconds: number;
  readonly places: number;
  readonly serving: number;
  readonly rate: number;
  readonly rate_max: number;
  readonly admission_rate: number;
  readonly show_ratio: number;
  readonly lapsed_below: number;
  readonly exchanged: number;
  readonly is_still: boolean;
  /** All remaining tickets are free: no payment is made for them. */
  readonly is_free: boolean;
  /** `rate_max` of the organizer's other rooms that are calling paying buyers, separated by commas. */
  readonly rival_rates: string;
  readonly hold_seconds: number;
  readonly is_mark_due: boolean;
  /** Passes spent, as of the last mark or now. */
  readonly orders: number;
  /** The state a turn ago, and a minute ago; null if the room is younger. */
  readonly turn_serving: number | null;
  readonly turn_orders: number | null;
  readonly turn_exchanged: number | null;
  readonly minute_serving: number | null;
  readonly minute_exchanged: number | null;
};

/** @param windowSeconds how far back the show ratio looks */
export async function findServedRoom(db: Db, eventId: string, windowSeconds: number): Promise<ServedRoom | undefined> {
  const [row] = await rowsOf<ServedRoom>(
    db,
    sql`
      select room.organizer_id, room.phase, room.serving_at::text as serving_at, now()::text as read_at,
        extract(epoch from now() - room.serving_at)::float8 as elapsed_seconds,
        room.places, room.serving, room.rate, room.rate_max, room.admission_rate, room.show_ratio,
        room.lapsed_below::float8 as lapsed_below, room.exchanged::float8 as exchanged,
        ${isStill} as is_still,
        not exists (select from ticket_categories category where category.event_id = room.event_id
          and ${costs}) as is_free,
        (select coalesce(string_agg(rival.rate_max::text, ','), '') from waiting_rooms rival
          join events other on other.id = rival.event_id
          where rival.phase = 'open' and rival.phase <> 'over' and rival.organizer_id = room.organizer_id
            and rival.event_id <> room.event_id and rival.places > rival.serving and not ${standsStill(sql`rival`, sql`other`)}
            and exists (select from ticket_categories category where category.event_id = rival.event_id and ${costs})
        ) as rival_rates,
        event.hold_seconds,
        due.is_mark_due,
        case when due.is_mark_due then (select count(order_id)::integer from spent_passes where event_id = room.event_id)
          else last.orders end as orders,
        turn.serving as turn_serving, turn.orders as turn_orders, turn.exchanged::float8 as turn_exchanged,
        minute.serving as minute_serving, minute.exchanged::float8 as minute_exchanged
      from waiting_rooms room
      join events event on event.id = room.event_id
      left join lateral (select at, orders from serving_marks mark where mark.event_id = room.event_id
        order by at desc limit 1) last on true
      cross join lateral (
        select coalesce(last.at <= now() - make_interval(secs => ${markSeconds}), true) as is_mark_due) due
      cross join lateral (select ${stoodSince(sql`room.serving_at`, false)} as time) stood
      left join lateral (select serving, orders, exchanged from serving_marks mark where mark.event_id = room.event_id
        and at <= now() - stood.time - make_interval(secs => room.turn_seconds) order by at desc limit 1) turn on true
      left join lateral (select serving, exchanged from serving_marks mark where mark.event_id = room.event_id
        and at <= now() - stood.time - make_interval(secs => ${windowSeconds}) order by at desc limit 1) minute on true
      where room.event_id = ${eventId} and room.phase in ('open', 'probably_sold_out')
        and room.serving_at <= now() - interval '1 second'`,
  );
  return row;
}

/** The new state of a room. */
export type ServedNext = {
  readonly phase: 'open' | 'probably_sold_out';
  readonly serving: number;
  readonly rate: number;
  readonly admissionRate: number;
  readonly showRatio: number;
  readonly lapsedBelow: number;
  readonly exchanged: number;
};

/**
 * Writes the next second over exactly the row that was read, so that only one of several workers does; false when the
 * row had changed. `serving` only grows, whatever was computed. A due mark is written with it. The marks move by the time
 * in which the room stood, so that no turn runs out in it.
 *
 * `serving` is as of the time when the row was read, and so is `serving_at`. Otherwise the time between reading and writing a row would be
 * lost every second, and a busy machine would call more slowly than the rate. A mark has the time when it is written: people whom
 * no process could call earlier have their whole turn from then on.
 */
export async function writeServed(db: Db, eventId: string, read: ServedRoom, next: ServedNext): Promise<boolean> {
  const readAt = sql`${read.read_at}::timestamptz`;
  const stood = stoodSince(sql`${read.serving_at}::timestamptz`, read.is_still, readAt);
  const rows = await rowsOf(
    db,
    sql`
      with moved as (
        update waiting_rooms set
          phase = ${next.phase}, serving = greatest(serving, ${next.serving}::float8), serving_at = ${readAt},
          rate = ${next.rate}::float8, admission_rate = ${next.admissionRate}::float8,
          show_ratio = ${next.showRatio}::float8,
          lapsed_below = greatest(lapsed_below, ${Math.floor(next.lapsedBelow)}::bigint),
          exchanged = ${Math.floor(next.exchanged)}::bigint,
          changed_at = case when phase = ${next.phase} then changed_at else now() end
        where event_id = ${eventId} and phase = ${read.phase} and serving_at = ${read.serving_at}::timestamptz
        returning event_id, serving, exchanged),
      stood as (
        update serving_marks set at = at + (${stood}) where event_id in (select event_id from moved) and ${stood} > interval '0'),
      marked as (
        insert into serving_marks (event_id, at, serving, orders, exchanged)
        select event_id, now(), serving, ${read.orders}::integer, exchanged from moved where ${read.is_mark_due && !read.is_still}::boolean
        on conflict do nothing)
      select event_id from moved`,
  );
  return rows.length > 0;
}

/** Deletes marks older than the longest turn and the look-back of the show ratio: nothing is computed from them. */
export async function deleteOldMarks(db: Db, eventId: string): Promise<void> {
  await db.execute(sql`
    delete from serving_marks where event_id = ${eventId} and at < now() - make_interval(secs => ${markKeptSeconds})`);
}
