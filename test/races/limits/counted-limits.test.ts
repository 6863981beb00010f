import { type SQL, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OpenDb, rowsOf } from '../../../src/platform/database/db.ts';
import { createEvent, signedInOwner } from '../../../testkit/factories.ts';
import { openTestDb } from '../../../testkit/orders/placing.ts';
import { type TestDatabase, createTestDatabase } from '../../../testkit/services/database.ts';
import type { CountedLimit, Scene } from '../support/counted-limit.ts';
import { eventLimits } from '../support/event-limits.ts';
import { actMeanwhile } from '../support/hooked-db.ts';
import { organizerLimits } from '../support/organizer-limits.ts';
import { asControl } from '../support/race-database.ts';

/** Guards that no limit that is counted in rows is exceeded by acts that arrive at once: each counts under a lock. */

let database: TestDatabase;
let open: OpenDb;
beforeAll(async () => {
  database = await createTestDatabase();
  open = openTestDb(database.url);
});
afterAll(async () => {
  await open.close();
  await database.close();
});

let made = 0;

async function sceneOf({ table }: CountedLimit): Promise<Scene> {
  const { db } = open;
  const isOnSale = table === 'waiting_entries';
  const event = await createEvent(db, {
    event: isOnSale ? { hasWaitingList: true } : { status: 'draft' },
    categories: isOnSale ? [{ capacity: 0 }, { capacity: 0 }] : [{}],
  });
  const actor = await signedInOwner(db, event.organizer);
  await db.execute(sql`
    insert into senders (id, organizer_id, kind, external_id, credentials, status)
    values (${`snd_${actor.organizerId}`}, ${actor.organizerId}, 'waha', ${actor.organizerId}, 'none', 'disabled')`);
  return { db, actor, event, n: (made += 1) };
}

/** Adds a row by the act, and copies it until one more row reaches the limit. */
async function fill(limit: CountedLimit, scene: Scene): Promise<void> {
  await limit.add(scene.db, scene);
  const own = sql`${sql.identifier(limit.of[0])} = ${limit.of[1](scene)}`;
  const table = sql.identifier(limit.table);
  const columns = await rowsOf<{ name: string }>(
    scene.db,
    sql`select column_name as name from information_schema.columns where table_name = ${limit.table} and is_generated = 'NEVER'`,
  );
  const values = columns.map(({ name }) =>
    limit.copy[name] === undefined
      ? sql.identifier(name)
      : sql`(${sql.raw(limit.copy[name])})::text::${sql.raw(name.endsWith('_hash') ? 'bytea' : 'text')}`,
  );
  await scene.db.execute(sql`
    insert into ${table} (${sql.join(
      columns.map(({ name }) => sql.identifier(name)),
      sql`, `,
    )})
    select ${sql.join(values, sql`, `)}
    from (select * from ${table} where ${own} ${counted[limit.table] ?? sql``} order by id desc limit 1) row
    cross join generate_series(1, ${limit.max - 1} - (${countOf(limit, scene)})) n`);
}

const counted: Readonly<Record<string, SQL>> = {
  senders: sql`and status <> 'disabled'`,
  sessions: sql`and ended_at is null`,
  waiting_entries: sql`and status in ('waiting', 'offering')`,
};

/** Rows that count against the limit. */
const countOf = ({ table, of: [column, whose] }: CountedLimit, scene: Scene) => sql`
  select count(*)::int as rows from ${sql.identifier(table)}
  where ${sql.identifier(column)} = ${whose(scene)} ${counted[table] ?? sql``}`;

/** Two acts meet when one is left: the second runs after the first has counted and before it ends. @returns the rows then */
async function race(limit: CountedLimit, withoutLocks: boolean): Promise<number | undefined> {
  const scene = await sceneOf(limit);
  await fill(limit, scene);
  const [before] = await rowsOf<{ rows: number }>(open.db, countOf(limit, scene));
  expect(before?.rows).toBe(limit.max - 1);
  const first = { ...scene, n: (made += 1) };
  const second = { ...scene, n: (made += 1) };
  await actMeanwhile(
    {
      url: database.url,
      db: open.db,
      withoutLocks,
      isPause: (text) => (limit.pause ?? /insert into "audit_log"/).test(text),
    },
    (db) => limit.add(db, first),
    (db) => limit.add(db, second),
  );
  const [after] = await rowsOf<{ rows: number }>(open.db, countOf(limit, scene));
  return after?.rows;
}

describe.each(Object.entries({ ...organizerLimits, ...eventLimits }))('%s', (_name, limit) => {
  test('are never more than the limit', async () => {
    expect(await race(limit, false)).toBe(limit.max);
  });

  test('control: counted without a lock, they are', asControl, async () => {
    expect(await race(limit, true)).toBe(limit.max + 1);
  });
});
