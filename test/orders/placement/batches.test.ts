import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type PlacementItem, callPlaceOrders } from '../../../src/orders/placement/queries.ts';
import { type TestEvent, type TestEventOptions, createEvent } from '../../../testkit/factories.ts';
import { useTestDb } from '../../../testkit/services/use-test-db.ts';
import { openRoom } from '../../../testkit/waiting-room/rooms.ts';
import { itemOf } from '../support/placement-item.ts';

/** Guards what one placement call decides when its orders have something in common. */

const { db } = await useTestDb();

/** Places items in one call, each changed as given. */
async function outcomesOf(
  event: TestEvent,
  changes: readonly Partial<PlacementItem>[],
  heldPerNetworkMax = 1000,
): Promise<readonly string[]> {
  const items = changes.map((change) => ({ ...itemOf(event, randomUUID()), ...change }));
  const { rows } = await callPlaceOrders(db, event.id, items, { heldPerNetworkMax, notAfterMs: Date.now() + 60_000 });
  return rows.map(({ outcome }) => outcome);
}

describe('the later one of two orders is decided in the next call, which sees the earlier one', () => {
  const of = (event: TestEvent) => itemOf(event, 'something');

  test('with one key', async () => {
    const event = await createEvent(db);
    const { key_hash } = of(event);
    expect(await outcomesOf(event, [{ key_hash }, {}, { key_hash }])).toEqual(['placed', 'placed', 'again']);
  });

  test.each<[string, TestEventOptions]>([
    ['of the event', { event: { ticketsPerBuyerMax: 9 } }],
    ['of a category', { categories: [{ perBuyerMax: 9 }] }],
  ])('of one asker, where there is a limit per buyer %s; control: not where there is none', async (_of, options) => {
    const [limited, free] = [await createEvent(db, options), await createEvent(db)];
    const { buyer_keys } = of(limited);
    expect(await outcomesOf(limited, [{ buyer_keys }, { buyer_keys }])).toEqual(['placed', 'again']);
    expect(await outcomesOf(free, [{ buyer_keys }, { buyer_keys }])).toEqual(['placed', 'placed']);
  });

  test('with one pass', async () => {
    const event = await createEvent(db);
    await openRoom(db, event);
    const { buyer_keys } = of(event);
    const by = (pass_index: number) => ({ buyer_keys, pass_index, pass_account: buyer_keys[0] });
    expect(await outcomesOf(event, [by(1), by(2), by(1)])).toEqual(['placed', 'placed', 'again']);
  });
});

test('orders of one network count together', async () => {
  const event = await createEvent(db);
  const elsewhere = { network_key: 'another network' };
  expect(await outcomesOf(event, [{}, elsewhere, {}, {}, elsewhere], 2)).toEqual([
    'placed',
    'placed',
    'placed',
    'network_limit',
    'placed',
  ]);
});

test('a free order is placed when its network holds as much as it may', async () => {
  const event = await createEvent(db, { categories: [{}, { price: 0 }] });
  const free = { categories: [event.categories[1]?.id ?? ''] };
  expect(await outcomesOf(event, [{}, {}, free], 1)).toEqual(['placed', 'network_limit', 'paid']);
});

test.each<[string, (event: TestEvent) => Partial<PlacementItem>, string]>([
  ['for its price', () => ({ expected_total: 1 }), 'price_changed'],
  [
    'for its second line',
    ({ categories: [first] }) => ({ categories: [first?.id ?? '', 'cat_of_nobody'], quantities: [1, 1] }),
    'category_unknown',
  ],
])('what an order took before it is refused %s is there for the next one', async (_why, changeOf, outcome) => {
  const event = await createEvent(db, { categories: [{ capacity: 1 }] });
  expect(await outcomesOf(event, [changeOf(event), {}])).toEqual([outcome, 'placed']);
});
