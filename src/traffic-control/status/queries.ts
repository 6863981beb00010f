import { sql } from 'drizzle-orm';
import { arrayText } from '../../platform/database/array-text.ts';
import { type Db, rowsOf } from '../../platform/database/db.ts';

/** How late the background work of one part of the service is. */
export type Lateness = {
  /** How long the oldest job that was never tried has been due. */
  readonly untriedSeconds: number;
  /** Jobs that were tried and are not done after `lateSeconds`, counted up to `countMax`. */
  readonly unfinished: number;
};

/** Untried jobs of one kind that are read. More would cost time and hardly change the age of the oldest. */
const untriedMax = 10_000;

/** Uses the index `outbox_staged` for untried jobs and `outbox_leased` for the others. */
export async function findLateness(
  db: Db,
  jobNames: readonly string[],
  { lateSeconds, countMax }: { readonly lateSeconds: number; readonly countMax: number },
): Promise<Lateness> {
  const names = sql`${arrayText(jobNames)}::text[]`;
  const [row] = await rowsOf<{ untried: number | null; unfinished: number }>(
    db,
    sql`
      select
        (select extract(epoch from now() - min(due.available_at))::float8
         from unnest(${names}) as kind (name)
         cross join lateral (
           select available_at from outbox o where o.relays = 0 and o.name = kind.name limit ${untriedMax}) due) as untried,
        (select count(*)::int from (
           select from outbox o
           where o.relays > 0 and o.name = any(${names}) and o.created_at < now() - make_interval(secs => ${lateSeconds})
           limit ${countMax}) late) as unfinished`,
  );
  return { untriedSeconds: Math.max(row?.untried ?? 0, 0), unfinished: row?.unfinished ?? 0 };
}
