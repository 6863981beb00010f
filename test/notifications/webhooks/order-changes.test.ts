import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { webhookInvariants } from '../../../src/notifications/webhooks/invariants.ts';
import { replayWebhooksSince } from '../../../src/notifications/webhooks/log/replay-webhooks.ts';
import { claimDue } from '../../../src/notifications/webhooks/sending/queries.ts';
import { lockOrder, noteOrderChange } from '../../../src/orders/lifecycle/queries.ts';
import type { OrderPart } from '../../../src/orders/tables.ts';
import { type Db, transaction } from '../../../src/platform/database/db.ts';
import { type Turns, openTurns } from './support/turns.ts';

/**
 * Guards that however often an order is changed, few webhooks tell of it, and that the last one is always told after the
 * last change.
 */

let turns: Turns;
beforeAll(async () => {
  turns = await openTurns();
});
afterAll(() => turns.world.close());

type Endpoint = Awaited<ReturnType<typeof subscribed>>['endpoint'];

async function subscribed(types: readonly ('order.changed' | 'order.refunded')[] = ['order.changed']) {
  const { event, ...endpoint } = await turns.subscribed({ types });
  const orderId = await turns.world.paid(event);
  return { event, endpoint, orderId, change: (...parts: OrderPart[]) => change(event.id, orderId, parts) };
}

const change = (eventId: string, orderId: string, parts: readonly OrderPart[], then?: (tx: Db) => Promise<unknown>) =>
  transaction(turns.world.db, async (tx) => {
    const order = await lockOrder(tx, eventId, orderId);
    if (order === undefined) throw new Error('the order is gone');
    await noteOrderChange(tx, order, parts);
    await then?.(tx);
  });

/** What was told in each webhook, in the order of arrival. */
async function told({ name }: Endpoint): Promise<string[][]> {
  const received = await turns.world.received(name);
  return received.map(({ body }) => (JSON.parse(body) as { data: { changed: string[] } }).data.changed);
}

const noViolations = async () => {
  for (const invariant of webhookInvariants) expect(await invariant.find(turns.world.db)).toEqual([]);
};

test('a hundred changes of an order are told by two webhooks: the first at once, all others ten seconds later', async () => {
  const { endpoint, change: changeIt } = await subscribed();
  await changeIt('holders');
  await turns.turn(endpoint);
  for (let n = 0; n < 98; n += 1) await changeIt('answers');
  await changeIt('buyer');
  await turns.turn(endpoint);
  expect(await told(endpoint)).toEqual([['holders']]);
  const [, held, ...more] = await turns.world.deliveries(endpoint.id);
  expect(more).toEqual([]);
  expect(held?.wait).toBeGreaterThan(0);
  expect(held?.wait).toBeLessThanOrEqual(10);
  await turns.makeDue(endpoint);
  await turns.turn(endpoint);
  expect((await told(endpoint)).map((parts) => parts.toSorted())).toEqual([['holders'], ['answers', 'buyer']]);
  await noViolations();
});

test('an endpoint that fails has two webhooks of an order to get, however often the order is changed', async () => {
  const { endpoint, change: changeIt } = await subscribed();
  await turns.world.script(endpoint.name, { status: 500 });
  await changeIt('holders');
  await turns.turn(endpoint);
  for (let n = 0; n < 20; n += 1) await changeIt('answers');
  expect(await turns.world.deliveries(endpoint.id)).toMatchObject([{ tries: 1 }, { tries: 0 }]);
});

test('a disabled endpoint keeps one webhook about the changes of an order, and can replay it', async () => {
  const { endpoint, change: changeIt } = await subscribed();
  const setStatus = (status: 'active' | 'disabled', reason: string | null) =>
    turns.world.db.execute(
      sql`update webhook_endpoints set status = ${status}, disabled_reason = ${reason} where id = ${endpoint.id}`,
    );
  const since = new Date(Date.now() - 60_000);
  await setStatus('disabled', 'organizer');
  await changeIt('holders');
  for (let n = 0; n < 20; n += 1) await changeIt('answers');
  await setStatus('active', null);
  const asked = { actor: endpoint.actor, endpointId: endpoint.id, since, include: 'undelivered' } as const;
  expect(await replayWebhooksSince(turns.world, asked)).toMatchObject({ replayed: 1 });
  await turns.turn(endpoint);
  expect((await told(endpoint)).map((parts) => parts.toSorted())).toEqual([['answers', 'holders']]);
});

test('a change takes over neither from a webhook that is being sent nor from one that is sent again', async () => {
  const { endpoint, change: changeIt } = await subscribed();
  await changeIt('holders');
  await claimDue(turns.world.db, endpoint.id, 10);
  await changeIt('answers');
  expect(await turns.world.deliveries(endpoint.id)).toHaveLength(2);
  await turns.makeDue(endpoint);
  await turns.turn(endpoint);
  await turns.turn(endpoint);
  expect(await told(endpoint)).toEqual([['holders'], ['answers']]);
  const since = new Date(Date.now() - 60_000);
  await replayWebhooksSince(turns.world, { actor: endpoint.actor, endpointId: endpoint.id, since, include: 'all' });
  await changeIt('buyer');
  expect(await turns.world.deliveries(endpoint.id)).toHaveLength(3);
});

test('a replay that meets a change in the making waits for it, and leaves no delivery without its webhook', async () => {
  const { event, endpoint, orderId, change: changeIt } = await subscribed();
  await changeIt('holders');
  await turns.world.db.execute(sql`delete from webhook_deliveries where endpoint_id = ${endpoint.id}`);
  let replayed: Promise<unknown> | undefined;
  await change(event.id, orderId, ['answers'], async () => {
    const since = new Date(Date.now() - 60_000);
    const asked = { actor: endpoint.actor, endpointId: endpoint.id, since, include: 'undelivered' } as const;
    replayed = replayWebhooksSince(turns.world, asked);
    await Promise.race([replayed, new Promise((resolve) => setTimeout(resolve, 300))]);
  });
  await replayed;
  await turns.turn(endpoint);
  expect((await told(endpoint)).map((parts) => parts.toSorted())).toEqual([['answers', 'holders']]);
  expect(await turns.world.deliveries(endpoint.id)).toMatchObject([{ status: 'delivered' }]);
});

test('changes and turns at once: a webhook arrives after the last change', async () => {
  const { endpoint, change: changeIt } = await subscribed();
  let isDone = false;
  const sending = (async () => {
    while (!isDone) {
      await turns.makeDue(endpoint);
      await turns.turn(endpoint);
    }
  })();
  for (let n = 0; n < 60; n += 1) await changeIt('answers');
  await changeIt('buyer');
  isDone = true;
  await sending;
  await turns.makeDue(endpoint);
  await turns.turn(endpoint);
  const all = await told(endpoint);
  expect(all.at(-1)).toContain('buyer');
  expect(await turns.world.deliveries(endpoint.id)).toHaveLength(all.length);
  await noViolations();
});
