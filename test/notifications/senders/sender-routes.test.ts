import { sql } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { sendDelivery } from '../../../src/notifications/deliveries/send-delivery.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { RetryLater } from '../../../src/platform/jobs/retry-later.ts';
import { type TestEvent, type TestOrganizer, createEvent, createOrganizer } from '../../../testkit/factories.ts';
import { callDesk, signedIn } from '../../../testkit/notifications/desk.ts';
import { addGatewaySender, queuedMessage } from '../../../testkit/notifications/message-gateways.ts';
import { control, paidOrder } from '../../../testkit/notifications/notification-world.ts';
import { useNotifications } from '../../../testkit/notifications/use-notifications.ts';
import { until } from '../../../testkit/until.ts';

/** Guards what owners see and set of their senders, and what the desk sees of an order's messages. */

const world = await useNotifications();
let organizer: TestOrganizer;
let event: TestEvent;
let owner: string;

beforeEach(async () => {
  organizer = await createOrganizer(world.db);
  event = await createEvent(world.db, { organizer });
  owner = await signedIn(world, organizer, 'owner');
});

const senders = () => `/v1/organizers/${organizer.slug}/senders`;
const create = (body: unknown) => callDesk(world, 'POST', senders(), { as: owner, body });
const callbackKey = 'k'.repeat(32);
const forms = {
  waha: { kind: 'waha', instance: 'sandbox', session: 'default', apiKey: 'canary-api-key', hmacKey: 'canary-hmac-key' },
  fonnte: { kind: 'fonnte', device: '6281200001111', token: 'canary-token', callbackKey },
  wablas: { kind: 'wablas', device: '6281200001111', server: 'solo', token: 'canary-token', callbackKey },
};

test.each(Object.entries(forms))('%s: added with careful limits, its secrets sealed', async (kind, form) => {
  const made = await create({ ...form, ...(kind === 'waha' ? { session: `s-${organizer.slug}`.slice(0, 50) } : {}) });
  expect(made.status).toBe(201);
  expect(made.json).toMatchObject({
    kind,
    messagesPerSecond: 0.1,
    dailyCap: 300,
    warmUpFrom: 20,
    weight: 100,
    circuit: 'closed',
    today: { cap: 20, left: 20, accepted: 0 },
  });
  expect(made.text).not.toContain('canary');
  expect(made.text).not.toContain(callbackKey);
  const rows = await rowsOf<{ text: string }>(
    world.db,
    sql`select row_to_json(s)::text as text from senders s union all select row_to_json(a)::text from audit_log a`,
  );
  expect(rows.some(({ text }) => text.includes('canary') || text.includes(callbackKey))).toBe(false);
  // The same number by two providers is two senders; by one provider it is one.
  if (kind !== 'waha') expect((await create(form)).json['code']).toBe('sender.already_exists');
});

test('bad input is refused with the field that is wrong', async () => {
  const cases: readonly [object, string, string][] = [
    [{ ...forms.waha, instance: 'somebody-elses' }, 'instance', 'field.not_allowed'],
    [{ ...forms.waha, instance: 'http://169.254.169.254/' }, 'instance', 'field.format'],
    [{ ...forms.wablas, server: 'evil.example/' }, 'server', 'field.format'],
    [{ ...forms.fonnte, callbackKey: 'short' }, 'callbackKey', 'field.format'],
    [{ ...forms.fonnte, weight: 0 }, 'weight', 'number.too_small'],
    [{ ...forms.fonnte, messagesPerSecond: 0 }, 'messagesPerSecond', 'number.too_small'],
    [{ ...forms.fonnte, dailyCap: 10, warmUpFrom: 11 }, 'warmUpFrom', 'number.too_large'],
    [{ ...forms.fonnte, dailyCap: null, warmUpFrom: 5 }, 'dailyCap', 'field.required'],
  ];
  for (const [body, field, code] of cases) {
    const answer = await create(body);
    const errors = (answer.json['errors'] ?? []) as { path: string; code: string }[];
    expect([answer.status, errors.map((error) => [error.path, error.code])]).toEqual([400, [[field, code]]]);
  }
});

test('an owner changes the limits of a sender, and nobody changes another organiser’s', async () => {
  const { id } = await addGatewaySender(world, 'waha', { organizerId: organizer.id, dailyCap: 100, warmUpFrom: 20 });
  const change = (body: unknown, of = id) => callDesk(world, 'PATCH', `${senders()}/${of}`, { as: owner, body });
  expect((await change({ weight: 7, dailyCap: 500 })).json).toMatchObject({ weight: 7, dailyCap: 500, warmUpFrom: 20 });
  expect((await change({ warmUpFrom: null })).json).toMatchObject({ today: { cap: 500 } });
  expect((await change({ warmUpFrom: 501 })).json['code']).toBe('request.invalid');
  await change({ warmUpFrom: 20 });
  // Without a cap there is nothing to warm up to.
  expect((await change({ dailyCap: null })).json).toMatchObject({ dailyCap: null, warmUpFrom: null });
  expect((await change({ warmUpFrom: 20 })).json).toMatchObject({ errors: [{ path: 'dailyCap' }] });
  expect((await change({})).json['code']).toBe('request.invalid');
  const foreign = await addGatewaySender(world, 'waha', { organizerId: (await createOrganizer(world.db)).id });
  const platform = await addGatewaySender(world, 'waha', { organizerId: null });
  for (const other of [foreign.id, platform.id]) expect((await change({ weight: 1 }, other)).status).toBe(404);
});

test('today’s figures: accepted, delivered, read, failed, and what is left of the cap', async () => {
  const { id, account } = await addGatewaySender(world, 'wablas', { organizerId: organizer.id, dailyCap: 10 });
  const scripts = [{}, { statuses: ['sent'] }, { statuses: ['failed'] }, { answer: 'reset_after', statuses: [] }];
  for (const script of scripts) {
    await control(world.sandbox, 'gateways/rules', { match: { account }, ...script });
    const { deliveryId, now } = await queuedMessage(world, { event });
    await sendDelivery(world.deps, { deliveryId }, AbortSignal.timeout(20_000)).catch((error: unknown) =>
      expect(error).toBeInstanceOf(RetryLater),
    );
    await until(async () => ['read', 'sent', 'failed', 'unknown'].includes((await now()).status));
    if (Object.keys(script).length === 0) await until(async () => (await now()).status === 'read');
  }
  const { json } = await callDesk(world, 'GET', senders(), { as: owner });
  expect((json['data'] as object[]).find((sender) => 'id' in sender && sender.id === id)).toMatchObject({
    today: { cap: 10, left: 6, accepted: 2, delivered: 1, read: 1, failed: 1, unknown: 1 },
  });
  // Yesterday's do not count.
  await world.db.execute(sql`update deliveries set sending_at = sending_at - interval '1 day' where sender_id = ${id}`);
  await world.db.execute(sql`update sender_days set day = day - 1 where sender_id = ${id}`);
  const later = await callDesk(world, 'GET', senders(), { as: owner });
  expect((later.json['data'] as object[])[0]).toMatchObject({ today: { left: 10, accepted: 0, failed: 0 } });
});

test("the desk sees an order's messages with masked recipients; another organiser sees nothing", async () => {
  const { account } = await addGatewaySender(world, 'fonnte', { organizerId: organizer.id });
  const { deliveryId, orderId, buyer, now } = await queuedMessage(world, { event });
  await sendDelivery(world.deps, { deliveryId }, AbortSignal.timeout(20_000));
  await until(async () => (await now()).status === 'read');
  const path = `/v1/organizers/${organizer.slug}/orders/${orderId}/deliveries`;
  const door = await signedIn(world, organizer, 'door');
  const { status, text, json } = await callDesk(world, 'GET', path, { as: door });
  expect(status).toBe(200);
  expect(text).not.toContain(buyer.email);
  expect(text).not.toContain(buyer.phone.slice(1));
  const data = json['data'] as { channel: string }[];
  expect(data.find(({ channel }) => channel === 'whatsapp')).toMatchObject({
    id: deliveryId,
    template: 'tickets',
    status: 'read',
    recipient: `+62•••${buyer.phone.slice(-3)}`,
    sender: { kind: 'fonnte', externalId: account },
  });
  expect(data.find(({ channel }) => channel === 'email')).toMatchObject({
    status: 'queued',
    recipient: `${buyer.email.slice(0, 1)}•••${buyer.email.slice(buyer.email.indexOf('@'))}`,
    sender: null,
  });
  const other = await createOrganizer(world.db);
  const stranger = await signedIn(world, other, 'owner');
  const foreign = `/v1/organizers/${other.slug}/orders/${orderId}/deliveries`;
  expect((await callDesk(world, 'GET', foreign, { as: stranger })).json['code']).toBe('order.not_found');
  const unknown = `/v1/organizers/${organizer.slug}/orders/ord_7K3M9XQ206FJ2V1H8C9QX4T0RBVE/deliveries`;
  expect((await callDesk(world, 'GET', unknown, { as: owner })).json['code']).toBe('order.not_found');
});

test('an order without messages has an empty list', async () => {
  const { orderId } = await paidOrder(world, { event });
  const path = `/v1/organizers/${organizer.slug}/orders/${orderId}/deliveries`;
  expect((await callDesk(world, 'GET', path, { as: owner })).json).toEqual({ data: [], nextCursor: null });
});
