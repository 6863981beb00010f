import { sql } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { orderAccessToken } from '../../../src/access/buyers/order-token.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { newsWordingNow, newsWordings } from '../../../src/web/i18n/words/news.ts';
import {
  type TestEvent,
  type TestOrganizer,
  createEvent,
  createOrganizer,
  someBuyer,
} from '../../../testkit/factories.ts';
import { callDesk, signedIn } from '../../../testkit/notifications/desk.ts';
import { addGatewaySender } from '../../../testkit/notifications/message-gateways.ts';
import { control, notificationConfig, paidOrder } from '../../../testkit/notifications/notification-world.ts';
import { useNotifications } from '../../../testkit/notifications/use-notifications.ts';
import { order, placingDeps } from '../../../testkit/orders/placing.ts';

/**
 * Guards that news goes only to buyers who agreed, with the time and the wording recorded, and that nobody can agree
 * for somebody else.
 */

const world = await useNotifications();
let organizer: TestOrganizer;
let event: TestEvent;
let manager: string;

beforeEach(async () => {
  organizer = await createOrganizer(world.db);
  event = await createEvent(world.db, { organizer });
  manager = await signedIn(world, organizer, 'manager');
});

const consent = { wording: newsWordingNow, locale: 'id' };
const tokenOf = (orderId: string) => orderAccessToken(notificationConfig.ORDER_TOKEN_SECRET, orderId, 1);
const agree = (orderId: string, as = tokenOf(orderId), body: unknown = consent) =>
  callDesk(world, 'PUT', `/v1/orders/${orderId}/news-consent`, { as, body });
const audience = async (eventId = event.id, as = manager) => {
  const path = `/v1/organizers/${organizer.slug}/events/${eventId}/news-audience`;
  const { status, json } = await callDesk(world, 'GET', path, { as });
  return status === 200 ? json : status;
};
const kept = (orderId: string) =>
  rowsOf<{ wording: string; locale: string; given_at: Date; withdrawn: boolean }>(
    world.db,
    sql`select wording, locale, given_at, withdrawn_at is not null as withdrawn from news_consents where order_id = ${orderId}`,
  );

test('a consent is kept with its time and wording; a repetition and a later wording do not overwrite it', async () => {
  const { orderId } = await paidOrder(world, { event });
  expect(await audience()).toEqual({ email: 0, whatsapp: 0 });
  expect((await agree(orderId)).status).toBe(204);
  const [first] = await kept(orderId);
  expect(first).toMatchObject({ ...consent, withdrawn: false });
  expect((await agree(orderId, tokenOf(orderId), { wording: '2099-01', locale: 'en' })).status).toBe(204);
  expect(await kept(orderId)).toEqual([first]);
  expect(await audience()).toEqual({ email: 1, whatsapp: 1 });
  const withdrawal = await callDesk(world, 'DELETE', `/v1/orders/${orderId}/news-consent`, { as: tokenOf(orderId) });
  expect(withdrawal.status).toBe(204);
  expect(await kept(orderId)).toEqual([{ ...first, withdrawn: true }]);
  expect(await audience()).toEqual({ email: 0, whatsapp: 0 });
  await agree(orderId);
  expect((await kept(orderId))[0]?.withdrawn).toBe(false);
});

test("only the order's own buyer agrees; everybody else learns nothing", async () => {
  const { orderId } = await paidOrder(world, { event });
  const other = await paidOrder(world, { event });
  for (const as of [tokenOf(other.orderId), manager, 'x']) {
    const answer = await agree(orderId, as);
    expect([answer.status, answer.json['code']]).toEqual([404, 'order.not_found']);
  }
  const unknown = 'ord_7K3M9XQ206FJ2V1H8C9QX4T0RBVE';
  expect((await agree(unknown)).json['code']).toBe('order.not_found');
  for (const body of [{}, { wording: 'yes', locale: 'id' }, { ...consent, more: 1 }, { ...consent, locale: 'fr' }]) {
    expect((await agree(orderId, tokenOf(orderId), body)).json['code']).toBe('request.invalid');
  }
  expect(await kept(orderId)).toEqual([]);
});

test('a stranger who orders in somebody else’s name agrees to nothing for that person', async () => {
  const { order: unpaid } = await order(placingDeps(world.open), event, { buyer: someBuyer() });
  await agree(unpaid.id);
  expect(await kept(unpaid.id)).toHaveLength(1);
  expect(await audience()).toEqual({ email: 0, whatsapp: 0 });
});

test('one person counts once, and not for WhatsApp after STOP', async () => {
  const buyer = someBuyer();
  for (let orders = 0; orders < 2; orders += 1) await agree((await paidOrder(world, { event, buyer })).orderId);
  await agree((await paidOrder(world, { event })).orderId);
  expect(await audience()).toEqual({ email: 2, whatsapp: 2 });
  const sender = await addGatewaySender(world, 'waha', { organizerId: organizer.id });
  const stop = { from: buyer.phone.slice(1), text: 'STOP' };
  await control(world.sandbox, `gateways/waha/${sender.account}/inbound`, stop);
  expect(await audience()).toEqual({ email: 2, whatsapp: 1 });
});

test("the audience of another organiser's event is not shown", async () => {
  const foreign = await createEvent(world.db);
  expect(await audience(foreign.id)).toBe(404);
  expect(await audience(event.id, await signedIn(world, organizer, 'door'))).toBe(403);
});

test('the current wording exists in both languages', () => {
  expect(Object.keys(newsWordings)).toContain(newsWordingNow);
  for (const text of Object.values(newsWordings[newsWordingNow])) expect(text.length).toBeGreaterThan(20);
});
