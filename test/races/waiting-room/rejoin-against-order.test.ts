import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { buyerKeys } from '../../../src/orders/placement/keys.ts';
import { type OpenDb, rowsOf } from '../../../src/platform/database/db.ts';
import { joinPlaces } from '../../../src/waiting-room/places/queries.ts';
import { createEvent, someBuyer } from '../../../testkit/factories.ts';
import { openTestDb, order, placingDeps, testHashSecret } from '../../../testkit/orders/placing.ts';
import { openRoom, passOf } from '../../../testkit/waiting-room/rooms.ts';
import { type RaceDatabase, inDatabase, asControl } from '../support/race-database.ts';
import { faultsOf } from '../support/witness.ts';
import { slowDecision, withoutConstraints, withoutGuard } from '../support/without-guard.ts';

/**
 * Guards that a place gives one thing: the order of its pass or, given up, another place. Never both, whatever happens
 * at once.
 */

const buyersCount = 60;

const rush = async ({ url, db }: RaceDatabase) => {
  const event = await createEvent(db, { categories: [{ capacity: 1000 }] });
  const buyers = Array.from({ length: buyersCount }, () => someBuyer());
  const keys = buyers.map((buyer) => buyerKeys(testHashSecret, buyer)[0]);
  await openRoom(db, event, buyersCount);
  await db.execute(sql`insert into places (event_id, place_index, account_key, joined_at)
    select ${event.id}, n - 1, key, now() from unnest(${`{${keys.join(',')}}`}::text[]) with ordinality as k (key, n)`);
  const pools: OpenDb[] = [openTestDb(url, 4), openTestDb(url, 8)];
  const [ordering, joining] = pools;
  if (ordering === undefined || joining === undefined) throw new Error('no pools');
  const deps = placingDeps(ordering);
  try {
    await Promise.all(
      buyers.flatMap((buyer, index) => [
        order(deps, event, { buyer, queuePass: passOf(event, index, buyer) }).catch(() => undefined),
        joinPlaces(joining.db, event.id, [{ accountKey: keys[index] ?? '', insteadOf: index }]).catch(() => undefined),
      ]),
    );
  } finally {
    for (const pool of pools) await pool.close();
  }
  const [row] = await rowsOf<{ ordered: number; moved: number; both: number }>(
    db,
    sql`
      select count(*) filter (where o.ordered)::int as ordered, count(*) filter (where p.given_up_at is not null)::int as moved,
        count(*) filter (where o.ordered and p.given_up_at is not null)::int as both
      from places p cross join lateral (select exists (
        select from orders where event_id = p.event_id and p.account_key = any (buyer_keys)) as ordered) o
      where p.event_id = ${event.id} and p.place_index < ${buyersCount}`,
  );
  return row;
};

it('each of 60 buyers either orders with the old place or gets a new one', () =>
  inDatabase(async (database) => {
    const seen = await rush(database);
    expect(seen?.both).toBe(0);
    expect((seen?.ordered ?? 0) + (seen?.moved ?? 0)).toBe(buyersCount);
    expect(await faultsOf(database.db)).toEqual([]);
  }));

it('control: checked outside of the lane, some get both', asControl, () =>
  inDatabase(async (database) => {
    await withoutConstraints(database.directUrl, 'spent_passes', ['spent_passes_pkey']);
    await withoutGuard(database.directUrl, 'join_places', [['perform enter_lane(p_event_id);', 'null;']]);
    await withoutGuard(database.directUrl, 'place_orders', [slowDecision]);
    let both = 0;
    for (let round = 0; round < 5 && both === 0; round += 1) both += (await rush(database))?.both ?? 0;
    expect(both).toBeGreaterThan(0);
  }),
);
