import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { expireHolds, instructionsReady, limitsChanged, refundOrder } from '../../../src/orders/index.ts';
import { rowsOf, transaction } from '../../../src/platform/database/db.ts';
import { type TestEvent, createEvent, someBuyer } from '../../../testkit/factories.ts';
import { order } from '../../../testkit/orders/placing.ts';
import { useOrderLives } from '../support/order-lives.ts';

const lives = await useOrderLives();
const { db, deps } = lives;

describe('payment', () => {
  test('a hold becomes a sale with its tickets, once', async () => {
    const event = await createEvent(db, { event: { ticketsPerBuyerMax: 4 } });
    const { order: placed } = await order(deps, event, { quantity: 2 });
    expect(await lives.stateOf(event, placed.id)).toMatchObject({
      status: 'pending_payment',
      held: 2,
      network: 2,
      asker: 2,
      buyer: 0,
    });
    expect(await lives.pay(placed.id)).toBe('paid');
    expect(await lives.stateOf(event, placed.id)).toEqual({
      status: 'paid',
      available: 98,
      held: 0,
      sold: 2,
      blocked: 0,
      live: 2,
      network: 0,
      asker: 2,
      buyer: 2,
    });
    expect(await lives.pay(placed.id)).toBe('already_paid');
    expect(await lives.stateOf(event, placed.id)).toMatchObject({ sold: 2, live: 2 });
  });

  test('the pay clock starts when the instructions are ready, and ends at twice the hold', async () => {
    const event = await createEvent(db);
    await db.execute(sql`update events set hold_seconds = 900 where id = ${event.id}`);
    const { order: placed } = await order(deps, event);
    await db.execute(
      sql`update orders set placed_at = placed_at - interval '5 minutes', expires_at = expires_at - interval '5 minutes', hold_ends_max_at = hold_ends_max_at - interval '5 minutes' where id = ${placed.id}`,
    );
    const moved = await lives.withOrder(placed.id, instructionsReady);
    expect(Math.round(((moved?.expiresAt.getTime() ?? 0) - Date.now()) / 60_000)).toBe(15);
    await db.execute(sql`update orders set hold_ends_max_at = now() + interval '1 minute' where id = ${placed.id}`);
    const capped = await lives.withOrder(placed.id, instructionsReady);
    expect(capped?.expiresAt.getTime()).toBe(capped?.holdEndsMaxAt.getTime());
  });
});

describe('money that comes late', () => {
  async function expired(event: TestEvent) {
    const { order: placed } = await order(deps, event);
    await lives.overdue(placed.id);
    await expireHolds({ db });
    return placed;
  }

  test('takes the places again if they are free', async () => {
    const event = await createEvent(db, { event: { ticketsPerBuyerMax: 1 } });
    const placed = await expired(event);
    expect(await lives.pay(placed.id)).toBe('paid_late');
    expect(await lives.stateOf(event, placed.id)).toMatchObject({
      status: 'paid',
      sold: 1,
      available: 99,
      live: 1,
      buyer: 1,
      network: 0,
    });
  });

  test('is refused when the places are gone, when the event has begun, or when the buyer has bought again', async () => {
    const gone = await createEvent(db, { categories: [{ capacity: 1 }] });
    const first = await expired(gone);
    await order(deps, gone);
    expect(await lives.pay(first.id)).toBe('no_stock');

    const begun = await createEvent(db);
    const second = await expired(begun);
    await db.execute(sql`update events set starts_at = now() - interval '1 minute' where id = ${begun.id}`);
    expect(await lives.pay(second.id)).toBe('no_stock');

    const limited = await createEvent(db, { event: { ticketsPerBuyerMax: 1 } });
    const buyer = someBuyer();
    const { order: third } = await order(deps, limited, { buyer });
    await lives.overdue(third.id);
    await expireHolds({ db });
    const { order: again } = await order(deps, limited, { buyer });
    expect(await lives.pay(again.id)).toBe('paid');
    expect(await lives.pay(third.id)).toBe('no_stock');
    expect(await lives.stateOf(limited, third.id)).toMatchObject({
      status: 'expired',
      held: 0,
      sold: 1,
      asker: 1,
      buyer: 1,
    });
  });
});

describe('refunds', () => {
  test('of one ticket, then of the rest; restocked or blocked', async () => {
    const event = await createEvent(db, { event: { ticketsPerBuyerMax: 5 } });
    const { order: placed } = await order(deps, event, { quantity: 3 });
    await lives.pay(placed.id);
    const first = `tkt_${placed.id.slice(4)}001`;
    expect(
      await lives.withOrder(placed.id, (tx, locked) =>
        refundOrder(tx, locked, { ticketIds: [first], restock: true, reason: 'requested' }),
      ),
    ).toBe('partially_refunded');
    expect(await lives.stateOf(event, placed.id)).toMatchObject({ sold: 2, available: 98, live: 2, buyer: 2 });
    expect(
      await lives.withOrder(placed.id, (tx, locked) =>
        refundOrder(tx, locked, { restock: false, reason: 'requested' }),
      ),
    ).toBe('refunded');
    expect(await lives.stateOf(event, placed.id)).toMatchObject({
      sold: 0,
      available: 98,
      blocked: 2,
      live: 0,
      buyer: 0,
    });
    expect(
      await lives.withOrder(placed.id, (tx, locked) => refundOrder(tx, locked, { restock: true, reason: 'requested' })),
    ).toBeUndefined();
  });

  test('of money that was reversed at once cancels the order, and its buyer is told', async () => {
    const event = await createEvent(db);
    const { order: placed } = await order(deps, event, { quantity: 2 });
    await lives.pay(placed.id);
    expect(
      await lives.withOrder(placed.id, (tx, locked) =>
        refundOrder(tx, locked, { restock: true, as: 'cancelled', reason: 'reversed' }),
      ),
    ).toBe('cancelled');
    const told = await rowsOf<{ name: string }>(
      db,
      sql`select name from outbox where payload->>'orderId' = ${placed.id} and name in ('order.refunded', 'order.cancelled')`,
    );
    expect(told).toEqual([{ name: 'order.cancelled' }]);
  });
});

test('a limit that is set later counts what buyers already have', async () => {
  const event = await createEvent(db);
  const buyer = someBuyer();
  await order(deps, event, { buyer, quantity: 3 });
  await transaction(db, async (tx) => {
    await tx.execute(sql`update events set tickets_per_buyer_max = 4 where id = ${event.id}`);
    await limitsChanged(tx, event.id);
  });
  await expect(order(deps, event, { buyer, quantity: 2 })).rejects.toMatchObject({
    details: { limit: 'per_buyer_max' },
  });
  await expect(order(deps, event, { buyer, quantity: 1 })).resolves.toBeDefined();
});
