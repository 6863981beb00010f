import { and, asc, eq, gt, isNull, sql } from 'drizzle-orm';
import { invariant } from '../../platform/assert.ts';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { type ReportSchedule, reportSchedules } from '../tables.ts';

/** The organizer's active schedules, in the order of creation, one more than `limit`. */
export async function findSchedules(
  db: Db,
  { organizerId, after, limit }: { organizerId: string; after: string | undefined; limit: number },
): Promise<ReportSchedule[]> {
  return db
    .select()
    .from(reportSchedules)
    .where(
      and(
        eq(reportSchedules.organizerId, organizerId),
        isNull(reportSchedules.endedAt),
        after === undefined ? undefined : gt(reportSchedules.id, after),
      ),
    )
    .orderBy(asc(reportSchedules.id))
    .limit(limit + 1);
}

export type Rhythm = Pick<ReportSchedule, 'every' | 'weekday' | 'hour' | 'timeZone'>;

/** Days that are searched for the next run: a week, and one more day in case today's hour has passed. */
const daysAhead = 8;

/**
 * The first run after a moment. Postgres knows the zones: if clocks change, the run stays at its local hour; an hour
 * that a day does not have is moved to the next one.
 */
export async function nextRun(db: Db, { every, weekday, hour, timeZone }: Rhythm, after: Date): Promise<Date> {
  const moment = sql`${after.toISOString()}::timestamptz`;
  const [row] = await rowsOf<{ ms: number }>(
    db,
    sql`
      select (extract(epoch from min(run.at)) * 1000)::float8 as ms
      from generate_series(0, ${daysAhead}::integer) as ahead (days)
      cross join lateral (
        select date_trunc('day', ${moment} at time zone ${timeZone}) + make_interval(days => ahead.days, hours => ${hour}) as local
      ) wall
      cross join lateral (select wall.local at time zone ${timeZone} as at) run
      where run.at > ${moment} and (${every} = 'day' or extract(isodow from wall.local) = ${weekday ?? 0})`,
  );
  invariant(row !== undefined, 'a schedule has no next run');
  return new Date(row.ms);
}
