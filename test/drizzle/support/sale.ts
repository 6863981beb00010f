import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { createLooks } from '../../../src/payments/attempts/looks.ts';
import { orderCode } from '../../../src/platform/ids.ts';
import { type TestEvent, someBuyer } from '../../../testkit/factories.ts';
import type { HotWorld } from './hot-world.ts';
import { until } from '../../../testkit/until.ts';

type Placed = { readonly id: string; readonly accessToken: string };

/**
 * What happens around one hot event, `count` times each, through the API, the gateway and the worker: orders placed, paid,
 * ended and refunded, looked at and looked for; tickets mailed and scanned; places in a waiting room taken.
 */
export async function runSale(
  world: HotWorld,
  { event, room, count }: { event: TestEvent; room: TestEvent; count: number },
) {
  const manager = await world.keyOf(event, 'manager');
  const door = await world.keyOf(event, 'door');
  const buyers = Array.from({ length: 2 * count }, () => someBuyer());
  const placed: Placed[] = [];
  for (const buyer of buyers) {
    const headers = { 'idempotency-key': randomUUID() };
    const body = { eventSlug: event.slug, buyer, lines: [{ ticketCategoryId: event.categories[0]?.id, quantity: 2 }] };
    const answer = await world.request('/v1/orders', { headers, body });
    expect(answer.status, answer.text).toBe(201);
    expect((await world.request('/v1/orders', { headers, body })).status).toBe(201);
    placed.push(answer.body);
  }
  const [kept, ended] = [placed.slice(0, count), placed.slice(count)];
  await made(world, placed);
  for (const { id } of kept) {
    expect(await world.control(`/payments/pay_${id.slice(4)}01/pay`, { method: 'qris' })).toBeLessThan(300);
  }
  for (const { id, accessToken } of ended) await end(world, `/v1/orders/${id}/cancellation`, accessToken);
  await inStatus(world, kept, ['paid']);
  await inStatus(world, ended, ['cancelled']);

  for (const [index, { id, accessToken }] of kept.entries()) {
    expect((await world.request(`/v1/orders/${id}`, { token: accessToken })).status).toBe(200);
    const tickets = await world.request(`/v1/orders/${id}/tickets`, { token: accessToken });
    for (const { code } of (tickets.body as { data: { code: string }[] }).data) await scan(world, event, door, code);
    await world.request('/v1/orders/lookups', { body: { email: buyers[index]?.email, code: orderCode(id) } });
    const found = await world.request(`${desk(event)}/events/${event.id}/orders?q=${orderCode(id)}`, {
      token: manager,
    });
    expect((found.body as { data?: unknown[] }).data, found.text).toHaveLength(1);
    expect((await world.request(`${desk(event)}/orders/${id}`, { token: manager })).status).toBe(200);
  }
  for (let n = 0; n < count; n += 1) {
    await world.api.joinLane.submit(room.id, { accountKey: randomUUID(), insteadOf: undefined });
  }
  await refundSome(world, event, { manager, count });
  await until(async () => (await world.admin`select 1 from outbox where relays > 0`).length === 0, 60_000);
}

const desk = (event: TestEvent) => `/v1/organizers/${event.organizer.slug}`;

async function end(world: HotWorld, path: string, token: string): Promise<void> {
  const answer = await world.request(path, { method: 'POST', token });
  expect([200, 202], answer.text).toContain(answer.status);
}

async function scan(world: HotWorld, event: TestEvent, door: string, code: string): Promise<void> {
  const answer = await world.request('/v1/check-ins', {
    token: door,
    body: { eventId: event.id, code, scanId: randomUUID() },
  });
  expect(answer.body, answer.text).toMatchObject({ result: 'admitted' });
}

/** Further orders that are paid, and whose money goes back. */
async function refundSome(
  world: HotWorld,
  event: TestEvent,
  options: { manager: string; count: number },
): Promise<void> {
  const orders: Placed[] = [];
  for (let n = 0; n < options.count; n += 1) {
    const answer = await world.request('/v1/orders', {
      headers: { 'idempotency-key': randomUUID() },
      body: {
        eventSlug: event.slug,
        buyer: someBuyer(),
        lines: [{ ticketCategoryId: event.categories[0]?.id, quantity: 1 }],
      },
    });
    expect(answer.status, answer.text).toBe(201);
    orders.push(answer.body);
  }
  await made(world, orders);
  // One after the other: a batch of payments calls the functions of a settlement once for all of its orders.
  for (const order of orders) {
    await world.control(`/payments/pay_${order.id.slice(4)}01/pay`, { method: 'qris' });
    await inStatus(world, [order], ['paid']);
  }
  for (const { id } of orders) await end(world, `${desk(event)}/orders/${id}/cancellation`, options.manager);
  await inStatus(world, orders, ['cancelled', 'refunded']);
}

/** Looks at unpaid attempts of a rush as the worker does, alone and many at once, and plans their next looks. */
export async function lookAtUnpaid(
  world: HotWorld,
  event: TestEvent,
  { alone, together }: { alone: number; together: number },
): Promise<void> {
  const looks = createLooks(world.db);
  const rows = await world.admin<{ id: string }[]>`
    select id from payment_attempts where event_id = ${event.id} and status = 'pending' limit ${alone + together}`;
  expect(rows).toHaveLength(alone + together);
  const look = async ({ id }: { id: string }) => {
    const found = await looks.find(id);
    expect(found?.orderStatus).toBe('pending_payment');
    if (found !== undefined) await looks.plan(found.attempt, { checks: 1, checkInSeconds: 3600 });
  };
  for (const row of rows.slice(0, alone)) await look(row);
  await Promise.all(rows.slice(alone).map(look));
  const planned = await world.admin`
    select 1 from payment_attempts where event_id = ${event.id} and checks = 1 and id = any(${rows.map(({ id }) => id)})`;
  expect(planned).toHaveLength(rows.length);
}

/** Waits until the gateway has made the payments of all. */
async function made(world: HotWorld, orders: readonly Placed[]): Promise<void> {
  const ids = orders.map(({ id }) => id);
  await until(async () => {
    const rows = await world.admin`
      select 1 from payment_attempts where order_id = any(${ids}) and redirect_url is not null`;
    return rows.length === ids.length;
  }, 60_000);
}

async function inStatus(world: HotWorld, orders: readonly Placed[], statuses: string[]): Promise<void> {
  const ids = orders.map(({ id }) => id);
  await until(async () => {
    const rows = await world.admin`select 1 from orders where id = any(${ids}) and status = any(${statuses})`;
    return rows.length === ids.length;
  }, 60_000);
}
