import { hash, randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buyerKeys, networkKey } from '../../src/orders/placement/keys.ts';
import { expireHolds, limitsChanged, refundOrder, releaseHold } from '../../src/orders/index.ts';
import type { PlaceOrderDeps } from '../../src/orders/placement/place-order.ts';
import { resizePool } from '../../src/orders/pools/change-pool.ts';
import { withdrawOrder } from '../../src/orders/lifecycle/withdraw-order.ts';
import { type Db, type OpenDb, rowsOf, transaction } from '../../src/platform/database/db.ts';
import { endHoldIn, openAttempt, pay as payNow, withOrder } from '../races/support/steps.ts';
import { faultsOf } from '../races/support/witness.ts';
import { type TestDatabase, createTestDatabase } from '../../testkit/services/database.ts';
import { type TestEvent, createEvent, createPromoCode, someBuyer } from '../../testkit/factories.ts';
import { type OrderOptions, openTestDb, order as placeNow, placingDeps } from '../../testkit/orders/placing.ts';
import * as paper from './support/order-model.ts';
import type { Model, ModelOrder } from './support/order-model.ts';

/** Guards the life of orders (T11): whatever is done in whatever order, the product and a model on paper agree. */

const sequences = 80;
const commandsMax = 30;
const buyersCount = 3;
const networks = ['192.0.2.0/24', '198.51.100.0/24'];

let database: TestDatabase;
let open: OpenDb;
let deps: PlaceOrderDeps;
let db: Db;

beforeAll(async () => {
  database = await createTestDatabase();
  open = openTestDb(database.url);
  db = open.db;
  const placing = placingDeps(open);
  // The model knows stock as it is; that a process remembers a sell-out for a moment is another test's matter.
  deps = { ...placing, soldOut: { ...placing.soldOut, note: () => {} } };
});
afterAll(async () => {
  await open.close();
  await database.close();
});

type Real = {
  readonly event: TestEvent;
  readonly promo: string;
  readonly buyers: readonly ReturnType<typeof someBuyer>[];
  readonly placed: { readonly id: string; readonly options: OrderOptions }[];
};

async function newReal(): Promise<Real> {
  const { capacity, limits, promoMax } = paper.newModel();
  const event = await createEvent(db, {
    event: { ticketsPerBuyerMax: limits.event },
    categories: [{ capacity: capacity[0] ?? 0 }, { capacity: capacity[1] ?? 0 }, { pool: 1, price: 0 }],
  });
  const promo = await createPromoCode(db, event, { code: 'MODEL', redemptionsMax: promoMax });
  return { event, promo, buyers: Array.from({ length: buyersCount }, someBuyer), placed: [] };
}

const told = (act: Promise<unknown>): Promise<unknown> =>
  act.then(
    (result) => result ?? undefined,
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  );

type Command = fc.AsyncCommand<Model, Real>;

const command = (
  name: string,
  run: (model: Model, real: Real) => Promise<void>,
  check: (model: Readonly<Model>) => boolean = () => true,
): Command => ({
  check,
  run: async (model, real) => {
    await run(model, real);
    await compare(model, real);
  },
  toString: () => name,
});

/** A command on one of the orders there are. */
const onOrder = (
  name: string,
  run: (model: Model, order: ModelOrder, id: string, real: Real) => Promise<void>,
): fc.Arbitrary<Command> =>
  fc.nat(11).map((pick) =>
    command(
      `${name}(${pick})`,
      (model, real) => {
        const index = pick % model.orders.length;
        const [order, placed] = [model.orders[index], real.placed[index]];
        if (order === undefined || placed === undefined) throw new Error('the model lost an order');
        return run(model, order, placed.id, real);
      },
      (model) => model.orders.length > 0,
    ),
  );

const placing = fc
  .record({
    buyer: fc.nat(buyersCount - 1),
    network: fc.nat(1),
    lines: fc
      .uniqueArray(fc.record({ category: fc.nat(2), quantity: fc.integer({ min: 1, max: 3 }) }), {
        minLength: 1,
        maxLength: 3,
        selector: (line) => line.category,
      })
      .filter((lines) => lines.some(({ category }) => category !== 2) || lines.length === 1),
    promo: fc.boolean(),
  })
  .map((wish) =>
    command(`place(${JSON.stringify(wish)})`, async (model, real) => {
      const options: OrderOptions = {
        key: randomUUID(),
        buyer: real.buyers[wish.buyer] ?? someBuyer(),
        network: networks[wish.network] ?? '',
        lines: wish.lines.map(({ category, quantity }) => ({
          ticketCategoryId: real.event.categories[category]?.id ?? '',
          quantity,
        })),
        ...(wish.promo ? { promoCode: 'MODEL' } : {}),
      };
      const expected = paper.place(model, wish);
      const outcome = await told(
        placeNow(deps, real.event, options).then(({ order }) => {
          real.placed.push({ id: order.id, options });
          return order.status === 'paid' ? 'paid' : 'placed';
        }),
      );
      expect(outcome).toBe(expected);
    }),
  );

const commands: fc.Arbitrary<Command>[] = [
  ...Array.from({ length: 6 }, () => placing),
  onOrder('replay', async (model, order, id, real) => {
    const options = real.placed.find((placed) => placed.id === id)?.options;
    paper.reclaim(model, order);
    const again = await placeNow(deps, real.event, options);
    expect(again).toMatchObject({ replayed: true, order: { id, status: order.status } });
    paper.reclaim(model, { lines: [{ category: 0, quantity: 4 }] });
    const other = { ...options, lines: [{ ticketCategoryId: real.event.categories[0]?.id ?? '', quantity: 4 }] };
    expect(await told(placeNow(deps, real.event, other))).toBe('idempotency.key_reused');
  }),
  onOrder('pay', async (model, order, id) => expect(await payNow(db, id)).toBe(paper.pay(model, order))),
  onOrder('pay', async (model, order, id) => expect(await payNow(db, id)).toBe(paper.pay(model, order))),
  onOrder('letTimePass', async (_model, order, id) => {
    order.overdue = true;
    await endHoldIn(db, id, -1000);
  }),
  fc.constant(
    command('sweep', async (model) => {
      paper.sweep(model);
      await expireHolds({ db });
    }),
  ),
  onOrder('openAttempt', async (_model, order, id) => {
    if (order.attempt || order.status !== 'pending_payment') return;
    order.attempt = true;
    await openAttempt(db, id);
  }),
  onOrder('closeAttempt', async (_model, order, id) => {
    order.attempt = false;
    await db.execute(sql`delete from payment_attempts where order_id = ${id}`);
  }),
  onOrder('release', async (_model, order, id) => {
    paper.release(order);
    await withOrder(db, id, releaseHold);
  }),
  onOrder('cancel', async (model, order, id) => {
    const withdrawing = { requestFullRefund: () => Promise.resolve(), hasAdmissions: () => Promise.resolve(false) };
    const outcome = await told(withOrder(db, id, (tx, found) => withdrawOrder(tx, withdrawing, found, 'organizer')));
    expect(outcome).toBe(paper.cancel(model, order));
  }),
  onOrder('refundOne', async (model, order, id) => {
    const category = order.live.findIndex((live) => live > 0);
    const counts = order.live.map((_, each) => (each === category ? 1 : 0));
    const outcome = await withOrder(db, id, async (tx, found) => {
      const [ticket] = await rowsOf<{ id: string }>(
        tx,
        sql`select t.id from tickets t join ticket_categories c on c.event_id = t.event_id and c.id = t.ticket_category_id
            where t.order_id = ${id} and t.status = 'live' order by c.position, t.id desc limit 1`,
      );
      return refundOrder(tx, found, { ticketIds: ticket === undefined ? [] : [ticket.id], restock: true, reason: 'x' });
    });
    expect(outcome).toBe(paper.refund(model, order, counts, true, 'refunded'));
  }),
  onOrder('refundMoneyOnly', async (model, order, id) => {
    const outcome = await withOrder(db, id, (tx, found) =>
      refundOrder(tx, found, { ticketIds: [], restock: true, reason: 'x' }),
    );
    expect(outcome).toBe(paper.refund(model, order, [0, 0, 0], true, 'refunded'));
  }),
  onOrder('refundAll', async (model, order, id) => {
    const outcome = await withOrder(db, id, (tx, found) => refundOrder(tx, found, { restock: false, reason: 'x' }));
    expect(outcome).toBe(paper.refund(model, order, order.live, false, 'refunded'));
  }),
  onOrder('reverse', async (model, order, id) => {
    const outcome = await withOrder(db, id, (tx, found) =>
      refundOrder(tx, found, { restock: true, as: 'cancelled', reason: 'x' }),
    );
    expect(outcome).toBe(paper.refund(model, order, order.live, true, 'cancelled'));
  }),
  fc
    .record({
      event: fc.option(fc.integer({ min: 1, max: 8 })),
      first: fc.option(fc.integer({ min: 1, max: 4 })),
    })
    .map(({ event, first }) =>
      command(`changeLimits(${event}, ${first})`, async (model, real) => {
        model.limits = { event, category: [first, null, null] };
        await transaction(db, async (tx) => {
          await tx.execute(sql`update events set tickets_per_buyer_max = ${event} where id = ${real.event.id}`);
          await tx.execute(
            sql`update ticket_categories set per_buyer_max = ${first} where id = ${real.event.categories[0]?.id ?? ''}`,
          );
          await limitsChanged(tx, real.event.id);
        });
      }),
    ),
  fc.record({ pool: fc.nat(1), capacity: fc.integer({ min: 0, max: 10 }) }).map(({ pool, capacity }) =>
    command(`resize(${pool}, ${capacity})`, async (model, real) => {
      const resized = await resizePool(db, real.event.id, real.event.categories[pool]?.poolId ?? '', { capacity });
      expect(resized === undefined ? 'pool.in_use' : 'done').toBe(paper.resize(model, pool, capacity));
    }),
  ),
];

/** Everything that both know: statuses, valid tickets, stock, limits and redemptions. */
async function compare(model: Model, real: Real): Promise<void> {
  const [row] = await rowsOf<{
    stock: unknown;
    orders: unknown;
    counters: Record<string, number> | null;
    redeemed: number;
  }>(
    db,
    sql`select
      (select json_agg(json_build_array(s.capacity, s.available, s.held, s.sold, s.blocked) order by s.pool_id)
         from stock s where s.event_id = ${real.event.id}) as stock,
      (select json_object_agg(o.id, json_build_array(o.status, (
           select count(*) from tickets t where t.event_id = o.event_id and t.order_id = o.id and t.status = 'live')))
         from orders o where o.event_id = ${real.event.id}) as orders,
      (select json_object_agg(l.counter_key, l.quantity)
         from limit_counters l where l.event_id = ${real.event.id} and l.quantity > 0) as counters,
      (select redemptions from promo_codes where id = ${real.promo}) as redeemed`,
  );
  const pools = [0, 1].map((pool) => [
    model.capacity[pool],
    paper.available(model, pool),
    paper.held(model, pool),
    paper.sold(model, pool),
    model.blocked[pool],
  ]);
  const byPoolId = real.event.categories[0]?.poolId.localeCompare(real.event.categories[1]?.poolId ?? '') === 1;
  expect(row?.stock).toEqual(byPoolId ? pools.toReversed() : pools);
  const live = (order: ModelOrder) => order.live.reduce((total, count) => total + count, 0);
  expect(row?.orders ?? {}).toEqual(
    Object.fromEntries(model.orders.map((order, index) => [real.placed[index]?.id, [order.status, live(order)]])),
  );
  expect(row?.redeemed).toBe(paper.redeemed(model));
  expect(countedIn(row?.counters ?? {}, real)).toEqual(expectedCounts(model));
}

/** Of each buyer what was paid for by mail, by phone, and in the first category by mail, then what each asker has; and what is held. */
function countedIn(counters: Record<string, number>, real: Real) {
  const first = real.event.categories[0]?.id ?? '';
  return {
    buyers: real.buyers.map((buyer) => {
      const [mail, phone] = buyerKeys(deps.hashSecret, buyer);
      const askers = networks.map((network) => askerKey([mail, phone, networkKey(deps.hashSecret, network)].join('')));
      return [
        `b:${mail}`,
        `b:${phone}`,
        `b:${mail}:${first}`,
        ...askers,
        ...askers.map((asker) => `${asker}:${first}`),
      ].map((key) => counters[key] ?? 0);
    }),
    held: Object.entries(counters)
      .filter(([key]) => key.startsWith('n:'))
      .reduce((total, [, quantity]) => total + quantity, 0),
  };
}

/** As `asker_key` of the database. */
function askerKey(text: string): string {
  return `o:${hash('sha256', text, 'base64').slice(0, 22)}`;
}

function expectedCounts(model: Model) {
  const { event, category } = model.limits;
  return {
    buyers: Array.from({ length: buyersCount }, (_, buyer) => {
      const ofEvent = (count: number) => (event === null ? 0 : count);
      const ofFirst = (count: number) => ((category[0] ?? null) === null ? 0 : count);
      const paid = ofEvent(paper.paidBy(model, buyer));
      const askers = networks.map((_, network) => ({ buyer, network }));
      return [
        paid,
        paid,
        ofFirst(paper.paidBy(model, buyer, 0)),
        ...askers.map((asker) => ofEvent(paper.askedBy(model, asker))),
        ...askers.map((asker) => ofFirst(paper.askedBy(model, asker, 0))),
      ];
    }),
    held: paper.heldQuantity(model),
  };
}

test(`${sequences} sequences of up to ${commandsMax} steps: the product and the model agree after each`, {
  timeout: 60_000,
}, async () => {
  const seed = Number(process.env['MODEL_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  console.info(`model test: MODEL_SEED=${seed}`);
  await fc.assert(
    fc.asyncProperty(fc.commands(commands, { maxCommands: commandsMax, size: 'max' }), async (steps) => {
      const real = await newReal();
      await fc.asyncModelRun(() => ({ model: paper.newModel(), real }), steps);
    }),
    { seed, numRuns: sequences },
  );
  expect(await faultsOf(db)).toEqual([]);
});
