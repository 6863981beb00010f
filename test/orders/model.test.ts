import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { expireHolds, limitsChanged, refundOrder, releaseHold } from '../../src/orders/index.ts';
import type { PlaceOrderDeps } from '../../src/orders/placement/place-order.ts';
import { resizePool } from '../../src/orders/pools/change-pool.ts';
import { withdrawOrder } from '../../src/orders/lifecycle/withdraw-order.ts';
import { rowsOf, transaction } from '../../src/platform/database/db.ts';
import { endHoldIn, openAttempt, pay as payNow, withOrder } from '../races/support/steps.ts';
import { faultsOf } from '../races/support/witness.ts';
import { useTestDb } from '../../testkit/services/use-test-db.ts';
import { createEvent, createPromoCode, someBuyer } from '../../testkit/factories.ts';
import { type OrderOptions, order as placeNow, placingDeps } from '../../testkit/orders/placing.ts';
import { type Real, buyersCount, compare, networks } from './support/compare-with-model.ts';
import * as paper from './support/order-model.ts';
import type { Model, ModelOrder } from './support/order-model.ts';

/** Guards the life of orders: whatever is done in whatever order, the product and a model agree. */

const sequences = 80;
const commandsMax = 30;

const { open, db } = await useTestDb();
let deps: PlaceOrderDeps;

beforeAll(async () => {
  const placing = placingDeps(open);
  // The model has no memory of sold-out categories. Another test covers it.
  deps = { ...placing, soldOut: { ...placing.soldOut, note: () => {} } };
});

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
    await compare(db, deps.hashSecret, model, real);
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
  ...Array.from({ length: 2 }, () =>
    onOrder('pay', async (model, order, id) => {
      // A free order has no attempt, so no money can come for it.
      if (paper.isFree(order)) return;
      expect(await payNow(db, id)).toBe(paper.pay(model, order));
    }),
  ),
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

test(`${sequences} sequences of up to ${commandsMax} steps: the product and the model agree after each`, async () => {
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
