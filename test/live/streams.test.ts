import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiKey } from '../../src/access/credentials/create-api-key.ts';
import { keyScopes } from '../../src/access/credentials/key-scopes.ts';
import { createOrganizer, createPaymentAccount, sessionTokenOf, signedInOwner } from '../../testkit/factories.ts';
import { type LiveWorld, startLiveWorld } from '../../testkit/live/live-world.ts';
import { bearer } from '../../testkit/orders/order-desk.ts';
import { pay } from '../../testkit/orders/placing.ts';

let world: LiveWorld;
beforeAll(async () => {
  world = await startLiveWorld();
  await createPaymentAccount(world.service.db, world.event.organizer);
});
afterAll(() => world.close());

async function keyOf(role: 'manager' | 'door', organizer = world.event.organizer) {
  const { service } = world;
  const actor = await signedInOwner(service.db, organizer);
  const { key } = await createApiKey(service, { actor, name: role, role, scopes: keyScopes });
  return bearer(key);
}

describe('the stream of an order', () => {
  test('begins with a snapshot and says that the order was paid', async () => {
    const order = await world.place();
    const listener = await world.listen(`/v1/orders/${order.id}/stream`, order.headers);
    expect(listener.status).toBe(200);
    expect(listener.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(listener.headers.get('cache-control')).toBe('private, no-store, no-transform');
    expect(listener.headers.get('x-accel-buffering')).toBe('no');
    expect(await listener.next('snapshot')).toMatchObject({ data: { reason: 'start' } });
    await pay(world.service.db, order.id);
    expect(await listener.next('order')).toMatchObject({ data: { orderId: order.id, status: 'paid' } });
    expect(listener.retryMs).toBeGreaterThanOrEqual(1000);
    listener.close();
  });

  test('after a reconnect sends the missed messages, and no others', async () => {
    const order = await world.place();
    const path = `/v1/orders/${order.id}/stream`;
    const first = await world.listen(path, order.headers);
    await first.next('snapshot');
    await pay(world.service.db, order.id);
    await first.next('order');
    const { lastId = '' } = first;
    first.close();
    const { cancelOrderAtDesk } = await import('../../src/orders/desk/cancel-order.ts');
    await cancelOrderAtDesk(world.service, await signedInOwner(world.service.db, world.event.organizer), order.id);
    const second = await world.listen(path, { ...order.headers, 'last-event-id': lastId });
    await second.next('order');
    expect(second.heard.map(({ name }) => name)).not.toContain('snapshot');
    expect(second.heard.some(({ id }) => id === lastId)).toBe(false);
    second.close();
  });

  test('sends a snapshot after an unknown id', async () => {
    const order = await world.place();
    for (const lastId of ['1000000000000-0.0', 'nonsense', `${Date.now() + 3_600_000}-0.0`]) {
      const listener = await world.listen(`/v1/orders/${order.id}/stream`, {
        ...order.headers,
        'last-event-id': lastId,
      });
      await listener.next('snapshot');
      listener.close();
    }
  });

  test('answers a stranger as for an order that does not exist', async () => {
    const order = await world.place();
    const other = await world.place();
    const theirs = await world.listen(`/v1/orders/${order.id}/stream`, other.headers);
    const missing = await world.listen(`/v1/orders/${order.id.slice(0, -4)}0000/stream`, other.headers);
    expect([theirs.status, missing.status]).toEqual([404, 404]);
  });
});

describe('the stream of an event', () => {
  test('sends the availability, and again when it changes', async () => {
    const listener = await world.listen(`/v1/events/${world.event.slug}/stream`);
    const { data } = await listener.next('availability');
    expect(data).toEqual(await (await fetch(`${world.url}/v1/events/${world.event.slug}/availability`)).json());
    listener.close();
  });

  test('of an event that is not public answers 404', async () => {
    expect((await world.listen('/v1/events/no-such-event/stream')).status).toBe(404);
  });
});

describe('the streams of staff', () => {
  test('sends the door its counters', async () => {
    const listener = await world.listen(`/v1/events/${world.event.id}/check-ins/stream`, await keyOf('door'));
    expect(await listener.next('counters')).toMatchObject({ data: { admitted: 0, inside: 0 } });
    listener.close();
  });

  test('a signed-in member gets the stream alone, and no second answer on its connection', async () => {
    const { db, config } = world.service;
    const member = await signedInOwner(db, world.event.organizer);
    const token = await sessionTokenOf(config, member);
    const listener = await world.listen(`/v1/events/${world.event.id}/check-ins/stream`, bearer(token));
    expect(await listener.next('counters')).toMatchObject({ data: { admitted: 0, inside: 0 } });
    listener.close();
    // A page of the desk has the session only in a cookie.
    const path = `/desk/organizers/${world.event.organizer.slug}/events/${world.event.id}/sales/stream`;
    const ofPage = await world.listen(path, { cookie: `antre_staff=${token}` });
    const { id } = await ofPage.next('sales');
    ofPage.close();
    const again = await world.listen(path, { cookie: `antre_staff=${token}`, 'last-event-id': id ?? '' });
    await again.next('sales');
    expect(again.heard.map(({ name }) => name)).not.toContain('snapshot');
    again.close();
    expect((await world.listen(path)).status).toBe(401);
    const elsewhere = path.replace(world.event.organizer.slug, (await createOrganizer(db)).slug);
    expect((await world.listen(elsewhere, { cookie: `antre_staff=${token}` })).status).toBe(404);
  });

  test('sends the desk the sale, with its rates', async () => {
    const path = `/v1/organizers/${world.event.organizer.slug}/events/${world.event.id}/sales/stream`;
    const listener = await world.listen(path, await keyOf('manager'));
    const { data } = await listener.next('sales');
    expect(data).toMatchObject({ orders: { paid: expect.any(Number) }, sales: { eventId: world.event.id } });
    const before = (data['orders'] as { placed: number }).placed;
    await world.place();
    const { data: after } = await listener.next('sales', 2);
    expect((after['orders'] as { placed: number }).placed).toBe(before + 1);
    listener.close();
  });

  test('refuse another organizer and a lower role as the plain reads do', async () => {
    const other = await createOrganizer(world.service.db);
    const stranger = await keyOf('manager', other);
    const own = `/v1/organizers/${other.slug}/events/${world.event.id}/sales/stream`;
    const theirs = `/v1/organizers/${world.event.organizer.slug}/events/${world.event.id}/sales/stream`;
    expect((await world.listen(own, stranger)).status).toBe(404);
    expect((await world.listen(theirs, stranger)).status).toBe(404);
    expect((await world.listen(theirs, await keyOf('door'))).status).toBe(403);
    expect((await world.listen(theirs)).status).toBe(401);
    expect((await world.listen(`/v1/events/${world.event.id}/check-ins/stream`, stranger)).status).toBe(404);
  });
});
