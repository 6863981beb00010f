import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { expireHolds, limitsChanged, refundOrder, releaseHold } from '../../../src/orders/index.ts';
import { withdrawOrder } from '../../../src/orders/lifecycle/withdraw-order.ts';
import { type Db, rowsOf, transaction } from '../../../src/platform/database/db.ts';
import { type TestEvent, createEvent, createPromoCode, someBuyer } from '../../../testkit/factories.ts';
import { openTestDb, order, placingDeps } from '../../../testkit/orders/placing.ts';
import { type RaceDatabase, inDatabase, asControl } from '../support/race-database.ts';
import { endHoldIn, pay, sleep, withOrder } from '../support/steps.ts';
import { faultsOf } from '../support/witness.ts';
import { withoutGuard } from '../support/without-guard.ts';

/** Guards promise 5 of the orders: everything that an order held is given back exactly once, however it ends. */

const orders = 40;
const stepsOfEach = 12;

/** Steps that meet on one order, each as its caller takes it. Refusals are answers, not faults. */
const steps: readonly ((db: Db, orderId: string) => Promise<unknown>)[] = [
  pay,
  pay,
  (db, orderId) => withOrder(db, orderId, releaseHold),
  (db, orderId) => endHoldIn(db, orderId, 0).then(() => expireHolds({ db })),
  (db, orderId) => withOrder(db, orderId, (tx, found) => withdrawOrder(tx, withdrawing, found, 'organizer')),
  (db, orderId) =>
    withOrder(db, orderId, (tx, found) => refundOrder(tx, found, { restock: true, reason: 'requested' })),
  (db, orderId) =>
    withOrder(db, orderId, (tx, found) =>
      refundOrder(tx, found, { ticketIds: [`tkt_${orderId.slice(4)}001`], restock: false, reason: 'requested' }),
    ),
  (db, orderId) =>
    withOrder(db, orderId, (tx, found) =>
      refundOrder(tx, found, { restock: true, as: 'cancelled', reason: 'reversed' }),
    ),
];

const withdrawing = { requestFullRefund: () => Promise.resolve(), hasAdmissions: () => Promise.resolve(false) };

async function mix({ url, db }: RaceDatabase): Promise<{ errors: string[] }> {
  const event = await createEvent(db, {
    event: { ticketsPerBuyerMax: 200 },
    categories: [{ capacity: 60 }, { capacity: 60, perBuyerMax: 100 }],
  });
  await createPromoCode(db, event, { code: 'CAMPUR', redemptionsMax: 1000 });
  const open = openTestDb(url, 12);
  const errors: string[] = [];
  try {
    const deps = placingDeps(open);
    const buyers = Array.from({ length: 8 }, someBuyer);
    const lines = event.categories.map(({ id }) => ({ ticketCategoryId: id, quantity: 1 }));
    const placed = await Promise.all(
      Array.from({ length: orders }, (_, index) =>
        order(deps, event, {
          lines,
          buyer: buyers[index % buyers.length] ?? someBuyer(),
          ...(index % 2 === 0 ? { promoCode: 'CAMPUR' } : {}),
        }),
      ),
    );
    await Promise.all(
      placed.flatMap(({ order: { id } }) =>
        Array.from({ length: stepsOfEach }, async () => {
          await sleep(Math.random() * 300);
          const step = steps[Math.floor(Math.random() * steps.length)] ?? pay;
          await step(open.db, id).catch((error: unknown) => {
            if (!(error instanceof Error && 'code' in error)) errors.push(String(error));
          });
        }),
      ),
    );
  } finally {
    await open.close();
  }
  return { errors };
}

describe(`${orders} orders, each paid, released, swept, withdrawn, refunded and reversed ${stepsOfEach} times at once in any order`, () => {
  test('return all places and counts exactly once', () =>
    inDatabase(async (database) => {
      const { errors } = await mix(database);
      expect(errors).toEqual([]);
      expect(await faultsOf(database.db)).toEqual([]);
    }));

  test(
    'control: tickets taken back without looking whether they still are live, places come back twice',
    asControl,
    () =>
      inDatabase(async (database) => {
        await withoutGuard(database.directUrl, 'revoke_tickets', [
          ["and t.status = 'live'\n        and", 'and'],
          ["or v_order.status not in ('paid', 'partially_refunded')", ''],
        ]);
        await mix(database);
        expect(await faultsOf(database.db)).not.toEqual([]);
      }),
  );
});

describe('a limit that is set while a hold of the buyer ends', () => {
  /** The hold is being given back, and not committed, when the buyers of the event are counted. */
  const race = async ({ url, db }: RaceDatabase) => {
    const event = await createEvent(db);
    const open = openTestDb(url, 4);
    try {
      const { order: placed } = await order(placingDeps(open), event, { quantity: 3 });
      const released = withOrder(open.db, placed.id, async (tx, found) => {
        await releaseHold(tx, found);
        await sleep(200);
      });
      await sleep(80);
      await setLimit(open.db, event, 4);
      await released;
    } finally {
      await open.close();
    }
    return (await faultsOf(db)).filter((fault) => fault.startsWith('orders.buyer'));
  };
  const setLimit = (db: Db, event: TestEvent, max: number) =>
    transaction(db, async (tx) => {
      await tx.execute(sql`update events set tickets_per_buyer_max = ${max} where id = ${event.id}`);
      await limitsChanged(tx, event.id);
    });

  test('does not count the hold', () =>
    inDatabase(async (database) => {
      expect(await race(database)).toEqual([]);
      expect(await rowsOf(database.db, sql`select 1 from limit_counters where counter_key !~ '^n:'`)).toEqual([]);
    }));

  test('control: counted without waiting for the end of the hold, it is counted for ever', asControl, () =>
    inDatabase(async (database) => {
      await withoutGuard(database.directUrl, 'recount_buyers', [
        ['perform 1 from stock s where s.event_id = p_event_id order by s.pool_id for update;', ''],
      ]);
      expect(await race(database)).not.toEqual([]);
    }),
  );
});
