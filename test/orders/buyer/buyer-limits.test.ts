import { sql } from 'drizzle-orm';
import { afterAll, describe, expect, test } from 'vitest';
import { buyerKeys } from '../../../src/orders/placement/keys.ts';
import { limitsChanged } from '../../../src/orders/index.ts';
import { rowsOf, transaction } from '../../../src/platform/database/db.ts';
import { signPass } from '../../../src/waiting-room/places/pass.ts';
import { pay } from '../../races/support/steps.ts';
import { faultsOf } from '../../races/support/witness.ts';
import { useTestDb } from '../../../testkit/services/use-test-db.ts';
import { type TestEvent, createEvent, someBuyer } from '../../../testkit/factories.ts';
import { type OrderOptions, order, placingDeps, testQueueTokenSecret } from '../../../testkit/orders/placing.ts';

/**
 * Guards that the limit per buyer can neither reveal orders nor block a person. Anybody can type anybody's email and phone, so unproven orders
 * in a name do not block others in that name, and a refusal does not reveal them.
 */

const { open } = await useTestDb();
const deps = placingDeps(open);

afterAll(async () => {
  expect(await faultsOf(open.db)).toEqual([]);
});

type Buyer = ReturnType<typeof someBuyer>;
const max = 2;
const here = '198.51.100.0/24';
const there = '203.0.113.0/24';

const told = (event: TestEvent, options: OrderOptions) =>
  order(deps, event, options).then(
    (placed) => ({ outcome: placed.order.status, id: placed.order.id, details: undefined as unknown }),
    (error: unknown) => ({
      outcome: (error as { code: string }).code,
      id: '',
      details: (error as { details: unknown }).details,
    }),
  );

/** How the limit is set, and what an order is of. */
const limits: [string, Parameters<typeof createEvent>[1]][] = [
  ['of the event', { event: { ticketsPerBuyerMax: max } }],
  ['of a category', { categories: [{ perBuyerMax: max }] }],
  ['of an event whose tickets are free', { event: { ticketsPerBuyerMax: max }, categories: [{ price: 0 }] }],
  ['of a category whose tickets are free', { categories: [{ perBuyerMax: max, price: 0 }] }],
];
/** Somebody else who orders in the buyer's name, as far as it is known to them. */
const strangers: [string, (buyer: Buyer) => Pick<OrderOptions, 'buyer' | 'network'>][] = [
  ['email and phone, from elsewhere', (buyer) => ({ buyer, network: there })],
  ['email, from elsewhere', ({ email }) => ({ buyer: { ...someBuyer(), email }, network: there })],
  ['phone, from elsewhere', ({ phone }) => ({ buyer: { ...someBuyer(), phone }, network: there })],
  ['email, from the same network', ({ email }) => ({ buyer: { ...someBuyer(), email }, network: here })],
  ['phone, from the same network', ({ phone }) => ({ buyer: { ...someBuyer(), phone }, network: here })],
  [
    'email, spelt in another way',
    ({ email }) => ({ buyer: { ...someBuyer(), email: email.toUpperCase() }, network: here }),
  ],
];

describe.each(limits)('a limit %s', (_limit, kind) => {
  test.each(strangers)('cannot be used up by a stranger who knows the %s', async (_knows, stranger) => {
    const event = await createEvent(open.db, kind);
    const buyer = someBuyer();
    for (let tries = 0; tries < 3; tries += 1) await told(event, { ...stranger(buyer), quantity: max });
    expect((await told(event, { buyer, network: here, quantity: max })).id).not.toBe('');
    expect(await told(event, { buyer, network: here })).toMatchObject({
      outcome: 'order.limit_exceeded',
      details: { limit: 'per_buyer_max', max },
    });
  });

  test.each(strangers)('tells a stranger who knows the %s nothing of what was bought', async (_knows, stranger) => {
    const event = await createEvent(open.db, kind);
    const buyer = someBuyer();
    const bought = await told(event, { buyer, network: here, quantity: max });
    if (bought.outcome === 'pending_payment') expect(await pay(open.db, bought.id)).toBe('paid');
    const [known, nobody] = [stranger(buyer), stranger(someBuyer())];
    for (const quantity of [1, max, max + 1, 1]) {
      const answers = [await told(event, { ...known, quantity }), await told(event, { ...nobody, quantity })];
      const [inTheName, inNoName] = answers.map(({ outcome, details }) => ({ outcome, details }));
      expect(inTheName).toEqual(inNoName);
    }
  });
});

describe('what was paid for', () => {
  const holdBoth = async (quantities: readonly [number, number], event: TestEvent, buyer: Buyer) => {
    const first = await told(event, { buyer, network: here, quantity: quantities[0] });
    const second = await told(event, { buyer, network: there, quantity: quantities[1] });
    return [first.id, second.id] as const;
  };
  const stateOf = async (id: string) =>
    (
      await rowsOf<{ status: string; held: number; sold: number; live: number }>(
        open.db,
        sql`select o.status, s.held, s.sold,
              (select count(*)::int from tickets t where t.order_id = o.id and t.status = 'live') as live
            from orders o join stock s on s.event_id = o.event_id where o.id = ${id}`,
      )
    )[0];

  test.each([
    ['email', (buyer: Buyer) => ({ ...someBuyer(), email: buyer.email })],
    ['phone', (buyer: Buyer) => ({ ...someBuyer(), phone: buyer.phone })],
  ])('never exceeds the limit by %s: a later order ends, and its money is refunded', async (_by, alias) => {
    const event = await createEvent(open.db, { event: { ticketsPerBuyerMax: max } });
    const buyer = someBuyer();
    const first = await told(event, { buyer, quantity: max });
    const second = await told(event, { buyer: alias(buyer), quantity: 1 });
    expect(await pay(open.db, second.id)).toBe('paid');
    expect(await pay(open.db, first.id)).toBe('over_limit');
    expect(await stateOf(first.id)).toEqual({ status: 'closing', held: max, sold: 1, live: 0 });
    const closing = await rowsOf(
      open.db,
      sql`select 1 from outbox where name = 'order.closing' and payload->>'orderId' = ${first.id}`,
    );
    expect(closing).toHaveLength(1);
    expect(await pay(open.db, first.id)).toBe('over_limit');
  });

  test('is free for others again once it is given back', async () => {
    const event = await createEvent(open.db, { event: { ticketsPerBuyerMax: max } });
    const buyer = someBuyer();
    const [first, second] = await holdBoth([max, max], event, buyer);
    expect(await pay(open.db, first)).toBe('paid');
    await transaction(open.db, (tx) =>
      tx.execute(sql`select revoke_tickets(${event.id}, ${first}, null, true, 'refunded', 'requested')`),
    );
    expect(await pay(open.db, second)).toBe('paid');
  });

  test('a limit that was lowered meanwhile does not refuse the first payment of a buyer', async () => {
    const event = await createEvent(open.db, { event: { ticketsPerBuyerMax: 4 } });
    const [first, second] = await holdBoth([4, 1], event, someBuyer());
    await transaction(open.db, async (tx) => {
      await tx.execute(sql`update events set tickets_per_buyer_max = 2 where id = ${event.id}`);
      await limitsChanged(tx, event.id);
    });
    expect(await pay(open.db, first)).toBe('paid');
    expect(await pay(open.db, second)).toBe('over_limit');
  });

  test('counts in a category that has a limit, and in no other', async () => {
    const event = await createEvent(open.db, { categories: [{ perBuyerMax: max }, {}] });
    const [limited, free] = event.categories.map(({ id }) => id);
    const buyer = someBuyer();
    const of = async (id: string | undefined, quantity: number, network: string) =>
      (await told(event, { buyer, network, lines: [{ ticketCategoryId: id ?? '', quantity }] })).id;
    expect(await pay(open.db, await of(limited, max, here))).toBe('paid');
    expect(await pay(open.db, await of(limited, 1, there))).toBe('over_limit');
    expect(await pay(open.db, await of(free, 5, there))).toBe('paid');
  });
});

describe('an address that is proven', () => {
  const proof = (event: TestEvent, buyer: Buyer, key: 0 | 1, placeIndex: number) =>
    signPass(testQueueTokenSecret, {
      eventId: event.id,
      placeIndex,
      accountKey: buyerKeys(deps.hashSecret, buyer)[key] ?? '',
      expiresAt: Date.now() + 60_000,
    });

  const proofs = limits
    .slice(0, 2)
    .flatMap(([limit, kind]) => ([0, 1] as const).map((key) => [limit, key, kind] as const));

  test.each(proofs)(
    'is counted for the limit %s from any network, and by what was paid in its name (%i)',
    async (_of, key, kind) => {
      const event = await createEvent(open.db, kind);
      const buyer = someBuyer();
      const other = { ...someBuyer(), ...(key === 0 ? { email: buyer.email } : { phone: buyer.phone }) };
      const placed = await told(event, { buyer, network: here, queuePass: proof(event, buyer, key, 1) });
      expect(placed.outcome).toBe('pending_payment');
      const over = { outcome: 'order.limit_exceeded' };
      const asking = { buyer: other, network: there, quantity: max, queuePass: proof(event, buyer, key, 2) };
      expect(await told(event, asking)).toMatchObject(over);
      // Somebody else pays in that name, without proof of owning it.
      const unproven = await told(event, { buyer: other, network: there, quantity: max });
      expect(await pay(open.db, unproven.id)).toBe('paid');
      expect(await told(event, { ...asking, quantity: 1 })).toMatchObject(over);
      expect(await pay(open.db, placed.id)).toBe('over_limit');
    },
  );

  test('is not blocked by an unpaid hold in the same name from the same network', async () => {
    const event = await createEvent(open.db, { event: { ticketsPerBuyerMax: max } });
    const buyer = someBuyer();
    expect((await told(event, { buyer, network: here, quantity: max })).outcome).toBe('pending_payment');
    expect((await told(event, { buyer, network: here, quantity: 1 })).outcome).toBe('order.limit_exceeded');
    const proven = { buyer, network: here, quantity: max, queuePass: proof(event, buyer, 0, 1) };
    expect((await told(event, proven)).outcome).toBe('pending_payment');
  });

  test('does not count when it differs from the order’s address', async () => {
    const event = await createEvent(open.db, { event: { ticketsPerBuyerMax: max } });
    const [buyer, other] = [someBuyer(), someBuyer()];
    await told(event, { buyer, network: here, quantity: max });
    const asking = { buyer, network: here, queuePass: proof(event, other, 0, 1) };
    expect((await told(event, asking)).outcome).toBe('order.limit_exceeded');
  });
});
