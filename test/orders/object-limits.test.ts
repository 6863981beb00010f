import { type SQL, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { createGate } from '../../src/check-in/gates/create-gate.ts';
import { gatesPerEventMax, zonesPerEventMax } from '../../src/check-in/limits.ts';
import { createZone } from '../../src/check-in/zones/create-zone.ts';
import { createPool, poolsPerEventMax } from '../../src/orders/pools/create-pool.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { type Db, rowsOf, transaction } from '../../src/platform/database/db.ts';
import { type TestEvent, createEvent, signedInOwner } from '../../testkit/factories.ts';
import { useOrderDatabase } from './support/order-database.ts';

/** Guards that many requests at once make no more objects of an event than it may have. */

const { open } = await useOrderDatabase();
const { db } = open;
const atOnce = 8;

const countOf = async (table: string, { id }: TestEvent): Promise<number> => {
  const [row] = await rowsOf<{ n: number }>(
    db,
    sql`select count(*)::int as n from ${sql.identifier(table)} where event_id = ${id}`,
  );
  return row?.n ?? 0;
};

type Kind = readonly [table: 'pools' | 'gates' | 'zones', max: number, insert: SQL, values: SQL];
const zonesKind: Kind = [
  'zones',
  zonesPerEventMax,
  sql`insert into zones (event_id, id, name, name_key)`,
  sql`'z' || n, 'z' || n`,
];
const kinds: readonly Kind[] = [
  ['pools', poolsPerEventMax, sql`insert into pools (event_id, id, name)`, sql`'Pool ' || n`],
  [
    'gates',
    gatesPerEventMax,
    sql`insert into gates (event_id, id, name, name_key, re_entry)`,
    sql`'g' || n, 'g' || n, 'none'`,
  ],
  zonesKind,
];

/** Leaves room for one. */
async function fill(event: TestEvent, [table, max, insert, values]: Kind): Promise<void> {
  const left = max - 1 - (await countOf(table, event));
  await db.execute(
    sql`${insert} select ${event.id}, 'xxx_' || n, ${values} from generate_series(1, ${left}::integer) n`,
  );
}

test.each(kinds)('%s: of many at once one gets the last place', async (...kind) => {
  const [table, max] = kind;
  const event = await createEvent(db);
  const actor = await signedInOwner(db, event.organizer);
  await fill(event, kind);
  const deps = { db, clock: systemClock };
  const rules = { ticketCategoryIds: null, opensAt: null, closesAt: null, reEntry: 'none', zoneId: null } as const;
  const create = (n: number): Promise<unknown> => {
    if (table === 'pools') return createPool(deps, actor, event.id, { name: `N ${n}`, capacity: 1, blocked: 0 });
    if (table === 'gates') return createGate(deps, actor, { eventId: event.id, name: `N ${n}`, ...rules });
    return createZone(deps, actor, { eventId: event.id, name: `N ${n}`, capacity: null });
  };
  const made = await Promise.allSettled(Array.from({ length: atOnce }, (_, n) => create(n)));
  expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await countOf(table, event)).toBe(max);
});

test('control: counted without the lock of the event, each of two finds room for itself', async () => {
  const event = await createEvent(db);
  await fill(event, zonesKind);
  let waiting = 0;
  let letGo = (): void => {};
  const bothHaveCounted = new Promise<void>((resolve) => (letGo = resolve));
  const make = (n: number) =>
    transaction(db, async (tx: Db) => {
      const [row] = await rowsOf<{ n: number }>(
        tx,
        sql`select count(*)::int as n from zones where event_id = ${event.id}`,
      );
      if ((row?.n ?? 0) >= zonesPerEventMax) return;
      waiting += 1;
      if (waiting === 2) letGo();
      await bothHaveCounted;
      await tx.execute(sql`
        insert into zones (event_id, id, name, name_key) values (${event.id}, ${`yyy_${n}`}, ${`N ${n}`}, ${`n${n}`})`);
    });
  await Promise.all([make(1), make(2)]);
  expect(await countOf('zones', event)).toBe(zonesPerEventMax + 1);
});
