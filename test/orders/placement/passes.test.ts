import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { useTestDb } from '../../../testkit/services/use-test-db.ts';
import { type TestEvent, createEvent, someBuyer } from '../../../testkit/factories.ts';
import { type OrderOptions, order, placingDeps } from '../../../testkit/orders/placing.ts';
import { openRoom, passOf } from '../../../testkit/waiting-room/rooms.ts';

/** Guards that while an event has a waiting room, an order needs a pass of its buyer, and spends it. */

const { open, db } = await useTestDb();
const deps = placingDeps(open);

const told = (event: TestEvent, options: OrderOptions, by = deps) =>
  order(by, event, options).then(
    ({ replayed }) => (replayed ? 'replayed' : 'placed'),
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  );

async function newRoom(): Promise<TestEvent> {
  const event = await createEvent(db);
  await openRoom(db, event);
  return event;
}

const spentOf = (event: TestEvent) =>
  rowsOf<{ place: number; order: string }>(
    db,
    sql`select place_index as place, order_id as "order" from spent_passes where event_id = ${event.id} order by place_index`,
  );

describe('while an event has a waiting room', () => {
  test('an order without a valid pass is refused and writes nothing', async () => {
    const event = await newRoom();
    const other = await newRoom();
    const buyer = someBuyer();
    expect(await told(event, { buyer })).toBe('queue.pass_required');
    const bad = [
      'pass',
      `${passOf(event, 3, buyer)}x`,
      passOf(other, 3, buyer),
      passOf(event, 3, buyer, { expiresInMs: -1000 }),
      passOf(event, 3, someBuyer()),
    ];
    for (const queuePass of bad) expect(await told(event, { buyer, queuePass })).toBe('queue.pass_invalid');
    const [row] = await rowsOf<{ orders: number; held: number }>(
      db,
      sql`select (select count(*)::int from orders where event_id = ${event.id}) as orders, held from stock where event_id = ${event.id}`,
    );
    expect(row).toEqual({ orders: 0, held: 0 });
    expect(await spentOf(event)).toEqual([]);
  });

  test('an order with the pass of its email or its phone is placed, and the pass is spent', async () => {
    const event = await newRoom();
    const [one, other] = [someBuyer(), someBuyer()];
    const { order: first } = await order(deps, event, { buyer: one, queuePass: passOf(event, 3, one) });
    const { order: second } = await order(deps, event, {
      buyer: other,
      queuePass: passOf(event, 4, other, { by: 'phone' }),
    });
    expect(await spentOf(event)).toEqual([
      { place: 3, order: first.id },
      { place: 4, order: second.id },
    ]);
    expect(await told(event, { buyer: one, queuePass: passOf(event, 3, one) })).toBe('queue.pass_spent');
  });

  test('a retry finds its order, whatever happened to the pass', async () => {
    const event = await newRoom();
    const buyer = someBuyer();
    const key = randomUUID();
    expect(await told(event, { key, buyer, queuePass: passOf(event, 5, buyer) })).toBe('placed');
    const remembering = placingDeps(open, { isPassNeeded: () => true });
    for (const by of [deps, remembering]) {
      expect(await told(event, { key, buyer, queuePass: passOf(event, 5, buyer) }, by)).toBe('replayed');
      expect(await told(event, { key, buyer, queuePass: passOf(event, 5, buyer, { expiresInMs: -1 }) }, by)).toBe(
        'replayed',
      );
      expect(await told(event, { key, buyer }, by)).toBe('replayed');
    }
  });

  test('a refused order leaves its pass unspent', async () => {
    const event = await newRoom();
    const buyer = someBuyer();
    const queuePass = passOf(event, 6, buyer);
    expect(await told(event, { buyer, queuePass, quantity: 11 })).toBe('order.limit_exceeded');
    expect(await told(event, { buyer, queuePass })).toBe('placed');
  });

  test('the pass of a place that was given up is refused', async () => {
    const event = await newRoom();
    const buyer = someBuyer();
    await db.execute(sql`insert into places (event_id, place_index, account_key, joined_at, voided_at)
      values (${event.id}, 7, 'x', now(), now())`);
    expect(await told(event, { buyer, queuePass: passOf(event, 7, buyer) })).toBe('queue.pass_spent');
  });

  test('one network may hold five times as much as without a room, since a carrier has few addresses for many buyers', async () => {
    const event = await newRoom();
    const capped = placingDeps(open, { heldPerNetworkMax: 2 });
    const outcomes: unknown[] = [];
    for (let place = 0; place < 6; place += 1) {
      const buyer = someBuyer();
      outcomes.push(await told(event, { buyer, quantity: 2, queuePass: passOf(event, place, buyer) }, capped));
    }
    expect(outcomes).toEqual([...Array.from({ length: 5 }, () => 'placed'), 'order.limit_exceeded']);
  });

  test('a process that knows of the room refuses an order without a pass before its lane', async () => {
    const event = await createEvent(db);
    const remembering = placingDeps(open, { isPassNeeded: () => true });
    expect(await told(event, {}, remembering)).toBe('queue.pass_required');
    expect(await told(event, { queuePass: 'x' }, remembering)).toBe('queue.pass_invalid');
  });
});

describe('when the waiting room is over', () => {
  test('orders need no pass and spend none', async () => {
    const event = await newRoom();
    await db.execute(sql`update waiting_rooms set phase = 'over' where event_id = ${event.id}`);
    const buyer = someBuyer();
    expect(await told(event, {})).toBe('placed');
    expect(await told(event, { buyer, queuePass: passOf(event, 8, buyer) })).toBe('placed');
    expect(await spentOf(event)).toEqual([]);
  });

  test('what a network holds with passes keeps its other buyers from nothing; what it holds without counts', async () => {
    const event = await newRoom();
    let isPassNeeded = true;
    const capped = placingDeps(open, { heldPerNetworkMax: 2, isPassNeeded: () => isPassNeeded });
    for (let place = 0; place < 2; place += 1) {
      const buyer = someBuyer();
      expect(await told(event, { buyer, quantity: 2, queuePass: passOf(event, place, buyer) }, capped)).toBe('placed');
    }
    await db.execute(sql`update waiting_rooms set phase = 'over' where event_id = ${event.id}`);
    isPassNeeded = false;
    expect(await told(event, { quantity: 2 }, capped)).toBe('placed');
    const late = someBuyer();
    for (const queuePass of [undefined, passOf(event, 9, late)])
      expect(await told(event, { buyer: late, ...(queuePass === undefined ? {} : { queuePass }) }, capped)).toBe(
        'order.limit_exceeded',
      );
  });
});
