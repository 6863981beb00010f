import { type SQL, sql } from 'drizzle-orm';
import type { Db } from '../../platform/database/db.ts';

type Dates = { readonly startsAt: Date; readonly endsAt: Date };

/** An event that gets another time. */
export type DateMove = { readonly eventId: string; readonly before: Dates; readonly after: Dates };

/** Entry and schedule belong to the date of an event if they are not more than this before its start. */
const leadHours = 12;

const dateOf = ({ startsAt, endsAt }: Dates) => sql`tstzrange(
  ${startsAt.toISOString()}::timestamptz - make_interval(hours => ${leadHours}::integer), ${endsAt.toISOString()}::timestamptz)`;

/**
 * A condition: whether a span of time is at the old date of an event and not at the new one. Without a beginning or an end it is open
 * there. A span that was set for the new date already, or that fits both, stays.
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
 * Takes what was planned for the old date to the new one: when the tickets of a category let people in, and the schedule. Left behind, each
 * ticket of the category would be refused as too late.
 */
export async function movePlan(tx: Db, move: DateMove): Promise<void> {
  await tx.execute(sql`
    update ticket_categories set entry_opens_at = entry_opens_at + ${movedBy(move)}, entry_closes_at = entry_closes_at + ${movedBy(move)}
    where event_id = ${move.eventId} and ${isLeftBehind(move, sql`entry_opens_at`, sql`entry_closes_at`)}`);
  await tx.execute(sql`
    update schedule_items set starts_at = starts_at + ${movedBy(move)}, ends_at = ends_at + ${movedBy(move)}
    where event_id = ${move.eventId} and ${isLeftBehind(move, sql`starts_at`, sql`ends_at`)}`);
}
