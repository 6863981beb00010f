import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expireHolds } from '../../../src/orders/index.ts';
import { type Db, rowsOf } from '../../../src/platform/database/db.ts';
import { type TestEvent, createEvent, createPromoCode, someBuyer } from '../../../testkit/factories.ts';
import { type OrderOptions, openTestDb, order, placingDeps } from '../../../testkit/orders/placing.ts';
import { type RaceDatabase, inDatabase, asControl } from '../support/race-database.ts';
import { type SaleAnswer, type Shops, openShops, outcomesOf } from '../support/shops.ts';
import { endHoldIn, pay, sleep } from '../support/steps.ts';
import { countDeadlocks, faultsOf } from '../support/witness.ts';
import { type Edit, withoutGuard } from '../support/without-guard.ts';

/** Guards that orders over several pools are all or nothing, and that no two orders of locks conflict. */

let shops: Shops;
beforeAll(async () => {
  shops = await openShops();
});
afterAll(() => shops.close());

const linesOf = (event: TestEvent, ...categories: readonly number[]) =>
  categories.map((index) => ({ ticketCategoryId: event.categories[index]?.id ?? '', quantity: 1 }));

describe('baskets A+B and B+A at once over two processes', () => {
  test('are never partly held, and do not deadlock', () =>
    inDatabase(async ({ url, db }) => {
      const event = await createEvent(db, { categories: [{ capacity: 150 }, { capacity: 120 }] });
      const crowd = Array.from({ length: 800 }, (_, index) => ({
        buyer: someBuyer(),
        lines: index % 2 === 0 ? linesOf(event, 0, 1) : linesOf(event, 1, 0),
      }));
      const answers = await shops.sell(url, event, crowd);
      expect(outcomesOf(answers)).toEqual({ placed: 120, 'stock.sold_out': 680 });
      const baskets = await rowsOf<{ lines: number; baskets: number }>(
        db,
        sql`select lines, count(*)::int as baskets from (
              select count(*)::int as lines from order_lines group by order_id) basket group by 1`,
      );
      expect(baskets).toEqual([{ lines: 2, baskets: 120 }]);
      expect(await faultsOf(db)).toEqual([]);
      expect(await countDeadlocks(url)).toBe(0);
    }));
});

/**
 * The concurrent acts of buyers, sweepers and payers on an event with several pools, one promo code and busy buyers.
 */
async function turmoil({ url, db }: RaceDatabase) {
  const event = await createEvent(db, {
    event: { ticketsPerBuyerMax: 400 },
    categories: [{ capacity: 200 }, { capacity: 200, perBuyerMax: 300 }, { capacity: 200 }],
  });
  await createPromoCode(db, event, { code: 'RAMAI', redemptionsMax: 5000 });
  const buyers = Array.from({ length: 40 }, someBuyer);
  const baskets = [[0], [1], [2], [0, 1], [1, 0], [2, 0], [1, 2], [2, 1, 0]];
  const wave = (): OrderOptions[] =>
    Array.from({ length: 160 }, (_, index) => ({
      buyer: buyers[(index * 7) % buyers.length] ?? someBuyer(),
      lines: linesOf(event, ...(baskets[index % baskets.length] ?? [0])),
      ...(index % 3 === 0 ? { promoCode: 'RAMAI' } : {}),
    }));
  const open = openTestDb(url, 12);
  let selling = true;
  const errors: string[] = [];
  const repeatedly = async (act: () => Promise<unknown>, pauseMs: number): Promise<void> => {
    while (selling) {
      await act().catch((error: unknown) => errors.push(String(error)));
      await sleep(pauseMs);
    }
  };
  const givers = [
    ...Array.from({ length: 3 }, () => repeatedly(() => expireHolds({ db: open.db }), 2)),
    repeatedly(() => endSomeHolds(open.db), 10),
    ...Array.from({ length: 3 }, () => repeatedly(() => paySome(open.db), 5)),
  ];
  const answers: SaleAnswer[] = [];
  for (let round = 0; round < 4; round += 1) answers.push(...(await shops.sell(url, event, wave())));
  selling = false;
  await Promise.all(givers);
  await open.close();
  return { outcomes: outcomesOf(answers), errors };
}

async function endSomeHolds(db: Db): Promise<void> {
  await db.execute(sql`
    update orders o set expires_at = clock_timestamp() from (
      select event_id, id from orders where status = 'pending_payment' and random() < 0.4 limit 60 for update skip locked) chosen
    where o.event_id = chosen.event_id and o.id = chosen.id`);
}

async function paySome(db: Db): Promise<void> {
  const rows = await rowsOf<{ id: string }>(
    db,
    sql`select id from orders where status in ('pending_payment', 'expired') order by random() limit 3`,
  );
  for (const { id } of rows) await pay(db, id);
}

describe('buyers, sweepers and payers on three pools, one promo code and few buyers', () => {
  test('do not deadlock, and every count is right at the end', () =>
    inDatabase(async (database) => {
      const { outcomes, errors } = await turmoil(database);
      expect(errors).toEqual([]);
      expect(
        Object.keys(outcomes).filter((code) => !['placed', 'stock.sold_out', 'order.limit_exceeded'].includes(code)),
      ).toEqual([]);
      expect(await faultsOf(database.db)).toEqual([]);
      expect(await countDeadlocks(database.url)).toBe(0);
    }));
});

/** Placement counts network before buyer, and returning places the other way round; both take their time in between. */
async function meetOverCounters({ url, directUrl, db }: RaceDatabase): Promise<number> {
  const event = await createEvent(db, { event: { ticketsPerBuyerMax: 10 }, categories: [{}, {}] });
  await withoutGuard(directUrl, 'place_orders', [
    [
      "where l.ctid = d.place and l.event_id || '' = p_event_id;",
      "where l.ctid = d.place and l.event_id || '' = p_event_id and pg_sleep(0.2)::text = '';",
    ],
  ]);
  await withoutGuard(directUrl, 'release_holds', [
    [
      'group by 1, 2) d\n    where l.event_id = d.event_id',
      'group by 1, 2 order by 2) d\n    where l.event_id = d.event_id',
    ],
    ['and l.counter_key = d.key;', "and l.counter_key = d.key and pg_sleep(0.2)::text = '';"],
  ]);
  const open = openTestDb(url, 4);
  try {
    const deps = placingDeps(open);
    const buyer = someBuyer();
    const { order: first } = await order(deps, event, { buyer, lines: linesOf(event, 0) });
    await endHoldIn(open.db, first.id, 0);
    const swept = expireHolds({ db: open.db }).catch(() => 0);
    await sleep(250);
    await order(deps, event, { buyer, lines: linesOf(event, 1) });
    await swept;
  } finally {
    await open.close();
  }
  return countDeadlocks(url);
}

describe('a buyer who orders from one pool while a hold of the buyer in another ends', () => {
  test('waits for the end of the hold', () =>
    inDatabase(async (database) => {
      expect(await meetOverCounters(database)).toBe(0);
      expect(await faultsOf(database.db)).toEqual([]);
    }));

  test('control: placement and sweeper that lock only their own pools deadlock over the counters', asControl, () =>
    inDatabase(async (database) => {
      await withoutGuard(database.directUrl, 'place_orders', onlyPoolsAskedFor);
      await withoutGuard(database.directUrl, 'release_holds', onlyPoolsHeld);
      // A deadlock, or counters that changed under the placement, which its second line of defence finds.
      const met: unknown = await meetOverCounters(database).catch((error: unknown) => error);
      const found = met instanceof Error && met.cause instanceof Error ? met.cause.message : `${String(met)} deadlock`;
      expect(found).toMatch(/^1 deadlock$|^somebody counts in \w+ without its stock or its lane$/);
    }),
  );
});

const onlyPoolsAskedFor: readonly Edit[] = [
  [
    'where s.event_id = p_event_id order by s.pool_id for update) s;',
    `where s.event_id = p_event_id and s.pool_id in (
       select c.pool_id from ticket_categories c
       where c.event_id = p_event_id and c.id = any (p_line_categories))
     order by s.pool_id for update) s;`,
  ],
];

const onlyPoolsHeld: readonly Edit[] = [
  [
    'where s.event_id = any (v_order_events) order by',
    'where s.event_id = any (v_order_events) and s.pool_id = any (v_line_pools) order by',
  ],
];
