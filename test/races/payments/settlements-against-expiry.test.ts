import { sql } from 'drizzle-orm';
import { describe, expect, test, vi } from 'vitest';
import { expireHolds } from '../../../src/orders/index.ts';
import { createSettlements } from '../../../src/payments/callbacks/settlements.ts';
import type { GatewayAccount, GatewayFact } from '../../../src/payments/gateways/gateway.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { type Change, hearChanges } from '../../../src/platform/changes.ts';
import { type Db, rowsOf, transaction } from '../../../src/platform/database/db.ts';
import { createEvent } from '../../../testkit/factories.ts';
import { openTestDb, order, placingDeps } from '../../../testkit/orders/placing.ts';
import { until } from '../../../testkit/until.ts';
import { type RaceDatabase, asControl, inDatabase } from '../support/race-database.ts';
import { openAttempt } from '../support/steps.ts';
import { faultsOf } from '../support/witness.ts';
import { withoutConstraints, withoutGuard } from '../support/without-guard.ts';

/** Guards that orders that are settled together are each settled once, whatever else ends them at the same time. */

vi.setConfig({ testTimeout: 60_000 });

const orderCount = 120;
const settlers = 3;

type End = { readonly status: string; readonly live: number; readonly mails: number; readonly received: number };

/** Three workers have the same callbacks, while all closing orders that are not paid yet are released. */
async function race({ url, db }: RaceDatabase): Promise<{ ends: End[]; settled: number }> {
  const event = await createEvent(db, { event: { ticketsPerBuyerMax: 2 }, categories: [{ capacity: orderCount }] });
  const opens = Array.from({ length: settlers + 1 }, () => openTestDb(url, 4));
  const [main] = opens;
  if (main === undefined) throw new Error('a pool');
  try {
    const deps = placingDeps(main);
    const placed = await Promise.all(Array.from({ length: orderCount }, () => order(deps, event)));
    const ids = placed.map((answer) => answer.order.id);
    for (const id of ids) await openAttempt(db, id);
    const stored = await storeCallbacks(db, event.id);
    const settling = opens.slice(1).map(async (open, index) => {
      const settlements = createSettlements({ db: open.db, clock: systemClock });
      const own = index % 2 === 0 ? stored : stored.toReversed();
      const answers = await Promise.all(
        own.map(({ id, attempt_id: attemptId }) => settlements.settle(Number(id), account, factOf(attemptId))),
      );
      return answers.filter(Boolean).length;
    });
    // As the closer does once the gateway has closed an attempt: the attempt ends, then the hold.
    const releasing = (async () => {
      for (const id of ids.filter((_, index) => index % 3 === 0)) {
        await main.db.execute(sql`
          update payment_attempts set status = 'expired' where order_id = ${id} and status = 'pending'`);
        await main.db.execute(
          sql`update orders set expires_at = now() - interval '1 s' where id = ${id} and status = 'pending_payment'`,
        );
        await expireHolds({ db: main.db });
      }
    })();
    const ended = await Promise.allSettled([releasing, ...settling]);
    const failed = ended.find((one) => one.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    const settled = (await Promise.all(settling)).reduce((sum, count) => sum + count, 0);
    const ends = await rowsOf<End>(
      db,
      sql`select o.status, (select count(*)::int from tickets t where t.order_id = o.id and t.status = 'live') as live,
            (select count(*)::int from deliveries d where d.subject_id = o.id and d.channel = 'email') as mails,
            (select sum(a.received)::int from payment_attempts a where a.order_id = o.id) as received
          from orders o where o.event_id = ${event.id}`,
    );
    return { ends, settled };
  } finally {
    await Promise.all(opens.map((open) => open.close()));
  }
}

const account = { merchantId: 'M1', buyerPaysFee: false } as GatewayAccount;

/** One callback for each attempt of the event. */
function storeCallbacks(db: Db, eventId: string): Promise<{ id: string; attempt_id: string }[]> {
  return rowsOf(
    db,
    sql`insert into callbacks (gateway, organizer_id, dedup_key, attempt_id)
        select a.gateway, a.organizer_id, sha256(a.id::bytea), a.id from payment_attempts a where a.event_id = ${eventId}
        returning id::text, attempt_id`,
  );
}

function factOf(attemptId: string): GatewayFact {
  return {
    attemptId,
    gatewayReference: `trx-${attemptId}`,
    merchantId: 'M1',
    amount: 150_000,
    currency: 'IDR',
    statedAmount: '150000.00',
    isExact: true,
    fee: undefined,
    state: 'settled',
    signedClass: 'success',
    method: 'qris',
    instructions: {},
    refunds: [],
    refundedTotal: undefined,
  };
}

const isTorn = ({ status, live, mails, received }: End) =>
  status === 'paid' ? live !== 1 || mails !== 1 || received !== 150_000 : live + mails + received !== 0;

describe(`${orderCount} callbacks in the hands of ${settlers} workers, beside holds that end`, () => {
  test('end each order once: paid with one ticket and one mail, or ended with neither', () =>
    inDatabase(async (database) => {
      const { ends, settled } = await race(database);
      expect(ends.filter(isTorn)).toEqual([]);
      expect(ends.filter(({ status }) => status === 'paid')).toHaveLength(settled);
      expect(settled).toBeGreaterThanOrEqual((orderCount / 3) * 2);
      expect(await faultsOf(database.db)).toEqual([]);
    }));

  test('control: without the locks, workers settle an order twice, or settle ended orders', asControl, () =>
    inDatabase(async (database) => {
      await withoutGuard(database.directUrl, 'apply_settlements', [
        [/for update skip locked/g, ''],
        ['select array_agg(l.pool_id)', 'perform pg_sleep(0.3);\n  select array_agg(l.pool_id)'],
      ]);
      // Either would send the second settlement back to look again.
      await withoutConstraints(database.directUrl, 'ledger_entries', ['ledger_entries_pkey']);
      await withoutConstraints(database.directUrl, 'stock', ['stock_held_check']);
      const raced = await race(database).catch((error: unknown) => ({ ends: [], settled: String(error) }));
      const faults = await faultsOf(database.db);
      const isWrong = raced.ends.filter(isTorn).length + faults.length > 0 || typeof raced.settled === 'string';
      expect(isWrong).toBe(true);
    }),
  );
});

test('a callback in another currency, or stored for another attempt, settles nothing; its own one pays, and pages are told', () =>
  inDatabase(async ({ url, db }) => {
    const event = await createEvent(db);
    const open = openTestDb(url, 2);
    const deps = placingDeps(open);
    const [own, other] = [(await order(deps, event)).order.id, (await order(deps, event)).order.id];
    for (const id of [own, other]) await openAttempt(db, id);
    await db.execute(sql`
      insert into senders (id, organizer_id, kind, external_id, credentials, status)
      values ('snd_disabled', ${event.organizer.id}, 'waha', 'none', 'none', 'disabled')`);
    const [callback] = (await storeCallbacks(db, event.id)).filter(({ attempt_id: id }) => id.includes(own.slice(4)));
    const told: Change[] = [];
    const stop = hearChanges((change) => void told.push(change));
    const { settle } = createSettlements({ db: open.db, clock: systemClock });
    const fact = factOf(callback?.attempt_id ?? '');
    const settled: boolean[] = [];
    for (const given of [{ ...fact, currency: 'USD' }, factOf(`pay_${other.slice(4)}01`), fact, fact])
      settled.push(await settle(Number(callback?.id), account, given));
    stop();
    expect(settled).toEqual([false, false, true, false]);
    expect(told).toEqual([{ eventId: event.id, orders: [{ id: own, status: 'paid' }], paid: 1 }]);
    // A disabled sender sends nothing.
    const messages = sql`select channel from deliveries where subject_id = ${own}`;
    expect(await rowsOf(db, messages)).toEqual([{ channel: 'email' }]);
    expect(await faultsOf(db)).toEqual([]);
    await open.close();
  }));

test('a settlement leaves the stock to buyers until everything else is written', () =>
  inDatabase(async ({ url, db }) => {
    const event = await createEvent(db, { categories: [{ capacity: 10 }] });
    const open = openTestDb(url, 6);
    const deps = placingDeps(open);
    const { order: placed } = await order(deps, event);
    await openAttempt(db, placed.id);
    const [callback] = await storeCallbacks(db, event.id);
    const { settle } = createSettlements({ db: open.db, clock: systemClock });
    let settled: Promise<boolean> | undefined;
    const undone = transaction(db, async (tx) => {
      // The settlement's own delivery waits for the end of this one.
      await tx.execute(sql`
        insert into deliveries (id, subject_id, template, channel, recipient_key)
        select 'dlv_00000000000000000000', id, 'tickets', 'email', buyer_keys[1] from orders where id = ${placed.id}`);
      settled = settle(Number(callback?.id), account, factOf(callback?.attempt_id ?? ''));
      const writing = sql`select 1 from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query like '%apply_settlements%'`;
      await until(async () => (await rowsOf(open.db, writing)).length > 0);
      expect((await order(deps, event)).order.status).toBe('pending_payment');
      throw new Error('undo');
    });
    await expect(undone).rejects.toThrow('undo');
    expect(await settled).toBe(true);
    expect(await faultsOf(db)).toEqual([]);
    await open.close();
  }));
