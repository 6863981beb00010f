import { sql } from 'drizzle-orm';
import { describe, expect, test, vi } from 'vitest';
import { expireHolds } from '../../../src/orders/index.ts';
import { type Db, rowsOf } from '../../../src/platform/database/db.ts';
import { type TestEvent, createEvent, createPromoCode } from '../../../testkit/factories.ts';
import { openTestDb, order, placingDeps } from '../../../testkit/orders/placing.ts';
import { type RaceDatabase, inDatabase, asControl } from '../support/race-database.ts';
import { endHoldIn, openAttempt, pay, sleep } from '../support/steps.ts';
import { faultsOf } from '../support/witness.ts';
import { type Edit, withoutGuard } from '../support/without-guard.ts';

/** Guards promise 5 of the orders: a hold ends exactly once. */

vi.setConfig({ testTimeout: 60_000 });

const holds = 150;
const sweepers = 4;
/** When the holds end, after the start; each payment comes at most 50 ms before or after. */
const spreadMs = 400;
const aroundMs = 50;

type End = { readonly orderId: string; readonly told: string; readonly status: string; readonly live: number };

async function race({ url, db }: RaceDatabase, earlierMs = 0): Promise<End[]> {
  const event = await createEvent(db, { event: { ticketsPerBuyerMax: 5 }, categories: [{ capacity: holds }] });
  await createPromoCode(db, event, { code: 'SEMUA', redemptionsMax: holds });
  const open = openTestDb(url, 12);
  try {
    const deps = placingDeps(open);
    const placed = await Promise.all(Array.from({ length: holds }, () => order(deps, event, { promoCode: 'SEMUA' })));
    const ids = placed.map((answer) => answer.order.id);
    await endHoldsOneByOne(open.db, ids);
    const until = performance.now() + spreadMs + 4 * aroundMs;
    const told = new Map<string, string>();
    const payments = ids.map(async (orderId, index) => {
      await sleep((spreadMs * index) / holds + aroundMs * (2 * Math.random() - 1) - earlierMs);
      told.set(orderId, await pay(open.db, orderId));
    });
    const sweeps = Array.from({ length: sweepers }, async () => {
      while (performance.now() < until) {
        await expireHolds({ db: open.db });
        await sleep(5);
      }
    });
    // Others want the places that are given back, so that some payments come too late for good.
    const others = (async () => {
      while (performance.now() < until) {
        await Promise.allSettled([order(deps, event), order(deps, event)]);
        await sleep(20);
      }
    })();
    await Promise.all([...payments, ...sweeps, others]);
    return await endsOf(open.db, event, told);
  } finally {
    await open.close();
  }
}

/** The holds end one after the other, evenly over the spread. */
async function endHoldsOneByOne(db: Db, ids: readonly string[]): Promise<void> {
  await db.execute(sql`
    update orders o set expires_at = clock_timestamp() + make_interval(secs => h.n * ${spreadMs / 1000 / holds}::float8)
    from unnest(${sql.param(`{${ids.join(',')}}`)}::text[]) with ordinality as h(id, n) where o.id = h.id`);
}

async function endsOf(db: Db, event: TestEvent, told: ReadonlyMap<string, string>): Promise<End[]> {
  const rows = await rowsOf<{ id: string; status: string; live: number }>(
    db,
    sql`select id, status, (select count(*)::int from tickets t where t.order_id = o.id and t.status = 'live') as live
        from orders o where event_id = ${event.id}`,
  );
  return rows.flatMap(({ id, status, live }) => {
    const answer = told.get(id);
    return answer === undefined ? [] : [{ orderId: id, told: answer, status, live }];
  });
}

const isTorn = ({ told, status, live }: End) =>
  told === 'no_stock' ? status !== 'expired' || live !== 0 : status !== 'paid' || live !== 1;

describe(`${holds} payments within ${aroundMs} ms of the end of their holds, ${sweepers} sweepers, and others who want the places`, () => {
  test('end as either paid with a ticket, or ended without one', () =>
    inDatabase(async (database) => {
      // On a busy machine all payments may come late; then they set out earlier, until both sides win some.
      let late = 0;
      for (let earlierMs = 0; earlierMs <= 300 && (late === 0 || late === holds); earlierMs += 100) {
        const ends = await race(database, earlierMs);
        expect(ends).toHaveLength(holds);
        expect(ends.filter(isTorn)).toEqual([]);
        late = ends.filter(({ told }) => told !== 'paid').length;
      }
      expect(late).toBeGreaterThan(0);
      expect(late).toBeLessThan(holds);
      expect(await faultsOf(database.db)).toEqual([]);
    }));

  test('control: a sweeper that reads before it locks ends holds that were paid', asControl, () =>
    inDatabase(async (database) => {
      await withoutGuard(database.directUrl, 'expire_holds', [
        ['for update skip locked', ''],
        ['-- After the orders are locked', 'perform pg_sleep(0.05);\n  -- After the orders are locked'],
      ]);
      await withoutGuard(database.directUrl, 'release_holds', [["and o.status in ('pending_payment', 'closing')", '']]);
      const ends = await race(database).catch(() => []);
      const faults = await faultsOf(database.db);
      expect(ends.filter(isTorn).length + faults.length).toBeGreaterThan(0);
    }),
  );
});

/** A pause between the moment whose rows a sweep sees and the moment it locks them. */
const pauseBeforeLock: readonly Edit[] = [
  ['from orders o\n', 'from (select pg_sleep(0.3)) as pause cross join orders o\n'],
  ['for update skip locked', 'for update of o skip locked'],
];

describe('an attempt to pay that starts while a sweep is reading', () => {
  const sweep = async ({ url, db }: RaceDatabase, capacity: number, act: 'sweeper' | 'placement') => {
    const event = await createEvent(db, { categories: [{ capacity }] });
    const open = openTestDb(url, 4);
    const deps = placingDeps(open);
    const { order: placed } = await order(deps, event);
    await endHoldIn(open.db, placed.id, -1000);
    const swept =
      act === 'sweeper'
        ? expireHolds({ db: open.db })
        : order(deps, event).then(
            () => 'sold',
            () => 'refused',
          );
    await sleep(100);
    await openAttempt(open.db, placed.id);
    const outcome = await swept;
    const [row] = await rowsOf<{ status: string }>(open.db, sql`select status from orders where id = ${placed.id}`);
    await open.close();
    return { status: row?.status, outcome };
  };

  test('keeps its places: the sweeper has the attempt closed at the gateway first', () =>
    inDatabase(async (database) => {
      await withoutGuard(database.directUrl, 'expire_holds', pauseBeforeLock);
      expect(await sweep(database, 5, 'sweeper')).toEqual({ status: 'closing', outcome: 1 });
    }));

  test('keeps its places: placement does not give them to another buyer', () =>
    inDatabase(async (database) => {
      await withoutGuard(database.directUrl, 'reclaim_holds', pauseBeforeLock);
      expect(await sweep(database, 1, 'placement')).toEqual({ status: 'pending_payment', outcome: 'refused' });
      expect(await faultsOf(database.db)).toEqual([]);
    }));

  test('control: when it is read only before the lock, both overlook it', asControl, () =>
    inDatabase(async (database) => {
      await withoutGuard(database.directUrl, 'expire_holds', [
        [
          'select array_agg(d.event_id), array_agg(d.id) into v_events, v_orders from (',
          'select array_agg(d.event_id), array_agg(d.id), array_agg(d.attempt_open) into v_events, v_orders, v_open from (',
        ],
        ['select d.event_id, d.id from', 'select d.event_id, d.id, d.attempt_open from'],
        [
          'select o.event_id, o.id from',
          'select o.event_id, o.id, exists (select 1 from open_attempts(o.event_id, o.id)) as attempt_open from',
        ],
        ...pauseBeforeLock,
        [/select array_agg\(\(select true from open_attempts[^;]+;/, ''],
      ]);
      expect(await sweep(database, 5, 'sweeper')).toEqual({ status: 'expired', outcome: 1 });
      await withoutGuard(database.directUrl, 'reclaim_holds', [
        ...pauseBeforeLock,
        [/v_orders := array\(select d\.id[^;]+;/, ''],
        ['if cardinality(v_orders) = 0', 'if v_orders is null'],
      ]);
      expect(await sweep(database, 1, 'placement')).toEqual({ status: 'expired', outcome: 'sold' });
    }),
  );
});
