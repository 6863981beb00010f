import { sql } from 'drizzle-orm';
import { type Db, rowsOf } from '../../platform/database/db.ts';

/** A switch that is on. */
export type SwitchOn = {
  readonly name: string;
  /** `all`, or the event's id. */
  readonly eventId: string;
  readonly eventSlug: string | null;
  /** Milliseconds until it turns off by itself, by the clock of Postgres; null if it stays on. */
  readonly leftMs: number | null;
};

export type SwitchRow = {
  readonly name: string;
  readonly eventId: string;
  readonly eventSlug: string | null;
  readonly isOn: boolean;
  readonly until: Date | null;
  readonly reason: string;
  readonly changedBy: string;
  readonly changedAt: Date;
};

export async function findSwitchesOn(db: Db): Promise<SwitchOn[]> {
  const rows = await rowsOf<{ name: string; event_id: string; event_slug: string | null; left_ms: number | null }>(
    db,
    sql`
      select name, event_id, event_slug, (extract(epoch from until - now()) * 1000)::float8 as left_ms
      from switches where is_on and (until is null or until > now())`,
  );
  return rows.map((row) => ({
    name: row.name,
    eventId: row.event_id,
    eventSlug: row.event_slug,
    leftMs: row.left_ms,
  }));
}

const rowsListedMax = 500;

/** Switches that are on, and those turned last. */
export async function listSwitchRows(db: Db): Promise<SwitchRow[]> {
  const rows = await rowsOf<{
    name: string;
    event_id: string;
    event_slug: string | null;
    is_on: boolean;
    until: string | null;
    reason: string;
    changed_by: string;
    changed_at: string;
  }>(
    db,
    sql`
      select name, event_id, event_slug, is_on and (until is null or until > now()) as is_on,
             until::text as until, reason, changed_by, changed_at::text as changed_at
      from switches order by is_on desc, changed_at desc limit ${rowsListedMax}`,
  );
  return rows.map((row) => ({
    name: row.name,
    eventId: row.event_id,
    eventSlug: row.event_slug,
    isOn: row.is_on,
    until: row.until === null ? null : new Date(row.until),
    reason: row.reason,
    changedBy: row.changed_by,
    changedAt: new Date(row.changed_at),
  }));
}

/** Turns a switch and records who did it and why: both or neither. One statement, so that no transaction stays open. */
export async function writeTurn(
  db: Db,
  turn: {
    readonly name: string;
    readonly eventId: string;
    readonly eventSlug: string | null;
    readonly isOn: boolean;
    readonly until: Date | null;
    readonly reason: string;
    readonly by: string;
  },
): Promise<void> {
  const until = turn.until === null ? null : turn.until.toISOString();
  await db.execute(sql`
    with turned as (
      insert into switches (name, event_id, event_slug, is_on, until, reason, changed_by)
      values (${turn.name}, ${turn.eventId}, ${turn.eventSlug}, ${turn.isOn}, ${until}::timestamptz, ${turn.reason}, ${turn.by})
      on conflict (name, event_id) do update
      set is_on = excluded.is_on, until = excluded.until, reason = excluded.reason,
          changed_by = excluded.changed_by, changed_at = now()
      returning name, event_id, is_on, until, reason, changed_by)
    insert into switch_turns (name, event_id, is_on, until, reason, turned_by)
    select name, event_id, is_on, until, reason, changed_by from turned`);
}
