import { type SQL, sql } from 'drizzle-orm';
import type { Db } from '../../platform/database/db.ts';

type Dates = { readonly startsAt: Date; readonly endsAt: Date };

/** An event that moves to another time. */
export type DateMove = { readonly eventId: string; readonly before: Dates; readonly after: Dates };

/** Entry and schedule belong to the date of an event if they are not more than this before its start. */
const leadHours = 12;

const dateOf = ({ startsAt, endsAt }: Dates) => sql`tstzrange(
  ${startsAt.toISOString()}::timestamptz - make_interval(hours => ${leadHours}::integer), ${endsAt.toISOString()}::timestamptz)`;

/**
 * SQL condition: a time span belongs to the event's old date and not to the new one. A missing start or end leaves the span open on that
 * side. Spans that already fit the new date are not moved.
 */
export function isLeftBehind({ before, after }: DateMove, from: SQL, until: SQL): SQL {
  const span = sql`tstzrange(${from}, ${until})`;
  return sql`(${span} && ${dateOf(before)} and not ${span} && ${dateOf(after)})`;
}

/** By how much the event moves. */
export function movedBy({ before, after }: DateMove): SQL {
  return sql`make_interval(secs => ${(after.startsAt.getTime() - before.startsAt.getTime()) / 1000}::float8)`;
}

/**
 * Moves the entry times of ticket categories and the schedule along to the new date. Otherwise the door would refuse every ticket as too
 * late.
 */
export async function movePlan(tx: Db, move: DateMove): Promise<void> {
  await tx.execute(sql`
    update ticket_categories set entry_opens_at = entry_opens_at + ${movedBy(move)}, entry_closes_at = entry_closes_at + ${movedBy(move)}
    where event_id = ${move.eventId} and ${isLeftBehind(move, sql`entry_opens_at`, sql`entry_closes_at`)}`);
  await tx.execute(sql`
    update schedule_items set starts_at = starts_at + ${movedBy(move)}, ends_at = ends_at + ${movedBy(move)}
    where event_id = ${move.eventId} and ${isLeftBehind(move, sql`starts_at`, sql`ends_at`)}`);
}
