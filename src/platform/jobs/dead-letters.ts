import { type SQL, sql } from 'drizzle-orm';
import { arrayText } from '../database/array-text.ts';
import { type Db, rowsOf } from '../database/db.ts';
import { tellStaged } from './tell-staged.ts';

/** Jobs that were given up. They stay in Postgres beside the outbox until a person replays or discards them. */
export type DeadLetter = {
  readonly id: string;
  readonly name: string;
  readonly payload: unknown;
  readonly failure: string;
  readonly stagedAt: string;
  readonly failedAt: string;
};

/** Jobs that one replay of a kind stages. */
const replayMax = 1000;
const idMax = '9223372036854775807';
const utc = (column: string) => sql.raw(`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`);
const columns = sql`id::text, name, payload, failure, ${utc('staged_at')} as "stagedAt", ${utc('failed_at')} as "failedAt"`;

const failureCharactersMax = 200;

/**
 * Moves staged jobs to the dead letters. Safe to repeat: a job that is no longer staged does not change.
 * @param failure a code or the name of an error, never its message, which may quote what people typed
 * @returns how many were moved
 */
export async function buryStagedJobs(db: Db, ids: readonly string[], failure: string): Promise<number> {
  if (ids.length === 0) return 0;
  const rows = await rowsOf<{ id: string }>(
    db,
    sql`
      with gone as (
        delete from outbox where id = any(${arrayText(ids)}::bigint[])
        returning id, name, payload, created_at
      )
      insert into dead_letters (outbox_id, name, payload, failure, staged_at)
      select id, name, payload, ${failure.slice(0, failureCharactersMax)}, created_at from gone
      returning id::text`,
  );
  return rows.length;
}

/** Buries due jobs of unknown kinds that have waited for the grace period, a bounded number each time. */
export async function buryUnknownJobs(
  db: Db,
  names: readonly string[],
  { limit, graceSeconds }: { limit: number; graceSeconds: number },
): Promise<number> {
  const rows = await rowsOf<{ id: string }>(
    db,
    sql`
      select id::text from outbox
      where name in ${names} and available_at <= now() - make_interval(secs => ${graceSeconds}) limit ${limit}`,
  );
  return buryStagedJobs(
    db,
    rows.map((row) => row.id),
    'unknown_job',
  );
}

/** Newest first, before the id `beforeId`; of one kind of job when `name` is given. */
export async function listDeadLetters(
  db: Db,
  { limit, name, beforeId }: { limit: number; name?: string | undefined; beforeId?: string | undefined },
): Promise<DeadLetter[]> {
  return rowsOf<DeadLetter>(
    db,
    sql`
      select ${columns} from dead_letters
      where (${name ?? null}::text is null or name = ${name ?? null}) and id < coalesce(${beforeId ?? null}::bigint, ${idMax}::bigint)
      order by id desc limit ${limit}`,
  );
}

export async function findDeadLetter(db: Db, id: string): Promise<DeadLetter | undefined> {
  const [row] = await rowsOf<DeadLetter>(db, sql`select ${columns} from dead_letters where id = ${id}::bigint`);
  return row;
}

/** Stages the job again; false when there is no such dead letter. */
export async function replayDeadLetter(db: Db, id: string): Promise<boolean> {
  return (await replay(db, sql`id = ${id}::bigint`)) > 0;
}

/** Stages jobs of one kind again, the oldest first, at most `replayMax` in one call; answers how many. */
export async function replayDeadLettersOf(db: Db, name: string): Promise<number> {
  return replay(
    db,
    sql`id in (select id from dead_letters where name = ${name} order by id limit ${replayMax} for update skip locked)`,
  );
}

async function replay(db: Db, which: SQL): Promise<number> {
  const rows = await rowsOf<{ id: string }>(
    db,
    sql`
      with gone as (delete from dead_letters where ${which} returning name, payload)
      insert into outbox (name, payload) select name, payload from gone returning id::text`,
  );
  if (rows.length > 0) tellStaged(db);
  return rows.length;
}

/** False when there is no such dead letter. */
export async function discardDeadLetter(db: Db, id: string): Promise<boolean> {
  const rows = await rowsOf<{ id: string }>(
    db,
    sql`delete from dead_letters where id = ${id}::bigint returning id::text`,
  );
  return rows.length > 0;
}

export async function countDeadLetters(db: Db): Promise<number> {
  const [row] = await rowsOf<{ count: number }>(db, sql`select count(*)::int as count from dead_letters`);
  return row?.count ?? 0;
}
