import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { graphVerdict } from '../../../src/notifications/channels/whatsapp/cloud/error.ts';
import { notifyOrder } from '../../../src/notifications/notices/notify.ts';
import { sendDelivery } from '../../../src/notifications/deliveries/send-delivery.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { RetryLater } from '../../../src/platform/jobs/retry-later.ts';
import { createEvent, createOrganizer, someBuyer } from '../../../testkit/factories.ts';
import {
  addSender,
  control,
  deliveriesOf,
  paidOrder,
  whatsappMessages,
} from '../../../testkit/notifications/notification-world.ts';
import { useNotifications } from '../../../testkit/notifications/use-notifications.ts';
import { until } from '../../../testkit/until.ts';

const world = await useNotifications();
let senderId: string;
const quiet = () => AbortSignal.timeout(20_000);

beforeEach(async () => {
  await world.db.execute(sql`delete from senders`);
  await world.db.execute(sql`delete from suppressions`);
  senderId = await addSender(world.db);
  // Numbers are cached for five seconds, so each test has an organiser of its own.
});

async function queued() {
  const buyer = someBuyer();
  const paid = await paidOrder(world, { buyer });
  await notifyOrder(world.deps, 'tickets', paid);
  const delivery = (await deliveriesOf(world.db, paid.orderId)).find(({ channel }) => channel === 'whatsapp');
  if (delivery === undefined) throw new Error('no WhatsApp delivery');
  const to = buyer.phone.replace('+', '');
  const now = async () => (await deliveriesOf(world.db, paid.orderId)).find(({ channel }) => channel === 'whatsapp');
  return { ...paid, buyer, to, deliveryId: delivery.id, now };
}

describe('WhatsApp by the Cloud API', () => {
  test('the approved template goes out, and signed statuses end at read', async () => {
    const { deliveryId, orderId, to, now } = await queued();
    await sendDelivery(world.deps, { deliveryId }, quiet());
    const [message, ...more] = await whatsappMessages(world.sandbox, to);
    expect(more).toEqual([]);
    expect(message).toMatchObject({ template: 'ticket_issued', language: 'id', opaque: deliveryId });
    const [body, button] = message?.components ?? [];
    expect(body?.parameters.map(({ text }) => text)[1]).toBe('Senja di Selatan');
    expect(button?.parameters[0]?.text).toMatch(new RegExp(`^${orderId}#[\\w-]{43}$`));
    await until(async () => (await now())?.status === 'read');
    expect(await now()).toMatchObject({ provider_message_id: message?.id, sender_id: senderId, failure: null });
  });

  test('without an active number only the mail is sent', async () => {
    await world.db.execute(sql`delete from senders`);
    const paid = await paidOrder(world, {});
    await notifyOrder(world.deps, 'tickets', paid);
    expect((await deliveriesOf(world.db, paid.orderId)).map(({ channel }) => channel)).toEqual(['email']);
  });

  test('a throttled message is sent later; the mail is not affected', async () => {
    const { deliveryId, to, now } = await queued();
    await control(world.sandbox, 'whatsapp/rules', { match: { to }, error: 130429, times: 1 });
    await expect(sendDelivery(world.deps, { deliveryId }, quiet())).rejects.toThrow(RetryLater);
    expect(await now()).toMatchObject({ status: 'queued', failure: 'graph_130429' });
    // The number pauses in every process. The message only misses a turn.
    await expect(sendDelivery(world.deps, { deliveryId }, quiet())).rejects.toThrow('sender_rate');
    await new Promise((resolve) => setTimeout(resolve, 2100));
    await sendDelivery(world.deps, { deliveryId }, quiet());
    expect(await whatsappMessages(world.sandbox, to)).toHaveLength(1);
  });

  test('a number without WhatsApp: the message fails, and the number is not tried for 30 days', async () => {
    const { deliveryId, to, now } = await queued();
    await control(world.sandbox, 'whatsapp/rules', { match: { to }, error: 131026 });
    await sendDelivery(world.deps, { deliveryId }, quiet());
    expect(await now()).toMatchObject({ status: 'failed', failure: 'graph_131026' });
    const [suppression] = await rowsOf<{ days: number }>(
      world.db,
      sql`select round(extract(epoch from until - now()) / 86400)::int as days from suppressions where channel = 'whatsapp'`,
    );
    expect(suppression?.days).toBe(30);
  });

  test('an expired token disables the number, and another number sends', async () => {
    await world.db.execute(sql`update senders set status = 'disabled'`);
    const organizer = await createOrganizer(world.db);
    const broken = await addSender(world.db, {
      organizerId: organizer.id,
      phoneNumberId: '100000000000777',
      accessToken: 'wrong-token-of-the-organizer',
    });
    await world.db.execute(sql`update senders set status = 'active'`);
    const event = await createEvent(world.db, { organizer });
    const buyer = someBuyer();
    const paid = await paidOrder(world, { event, buyer });
    await notifyOrder(world.deps, 'tickets', paid);
    const delivery = (await deliveriesOf(world.db, paid.orderId)).find(({ channel }) => channel === 'whatsapp');
    await sendDelivery(world.deps, { deliveryId: delivery?.id ?? '' }, quiet());
    expect(await whatsappMessages(world.sandbox, buyer.phone.replace('+', ''))).toHaveLength(1);
    const [row] = await rowsOf<{ status: string; failure: string }>(
      world.db,
      sql`select status, last_failure as failure from senders where id = ${broken}`,
    );
    expect(row).toEqual({ status: 'disabled', failure: 'graph_190' });
  });

  test('the answer is lost although the message was accepted: its status tells so, and it is sent once', async () => {
    const { deliveryId, to, now } = await queued();
    await control(world.sandbox, 'whatsapp/rules', { match: { to }, answer: 'reset_after', times: 1 });
    await sendDelivery(world.deps, { deliveryId }, quiet());
    await until(async () => (await now())?.status === 'read');
    await sendDelivery(world.deps, { deliveryId }, quiet());
    expect(await whatsappMessages(world.sandbox, to)).toHaveLength(1);
  });

  test('the request is lost: the message waits three minutes for a status, then is sent again', async () => {
    const { deliveryId, to, now } = await queued();
    await control(world.sandbox, 'whatsapp/rules', { match: { to }, answer: 'reset', times: 1 });
    await sendDelivery(world.deps, { deliveryId }, quiet());
    expect(await now()).toMatchObject({ status: 'unknown' });
    await sendDelivery(world.deps, { deliveryId }, quiet());
    expect(await whatsappMessages(world.sandbox, to)).toEqual([]);
    await world.db.execute(
      sql`update deliveries set sending_at = now() - interval '181 seconds' where id = ${deliveryId}`,
    );
    await sendDelivery(world.deps, { deliveryId }, quiet());
    expect(await whatsappMessages(world.sandbox, to)).toHaveLength(1);
  });

  test('a worker that died while sending leaves the outcome unknown, and the message is not sent twice', async () => {
    const { deliveryId, to, now } = await queued();
    await world.deps.deliveries.claim(deliveryId);
    await world.db.execute(
      sql`update deliveries set sending_at = now() - interval '1 minute' where id = ${deliveryId}`,
    );
    await sendDelivery(world.deps, { deliveryId }, quiet());
    expect(await now()).toMatchObject({ status: 'unknown', failure: 'crash' });
    expect(await whatsappMessages(world.sandbox, to)).toEqual([]);
  });

  test('the rate of a number is shared by all processes; beyond it messages wait without using up a try', async () => {
    await world.db.execute(sql`update senders set messages_per_second = 2`);
    const organizer = await createOrganizer(world.db);
    const event = await createEvent(world.db, { organizer });
    const ids: string[] = [];
    for (let index = 0; index < 6; index += 1) {
      const paid = await paidOrder(world, { event });
      await notifyOrder(world.deps, 'tickets', paid);
      ids.push(
        ...(await deliveriesOf(world.db, paid.orderId))
          .filter(({ channel }) => channel === 'whatsapp')
          .map(({ id }) => id),
      );
    }
    const results = await Promise.allSettled(
      ids.map((deliveryId) => sendDelivery(world.deps, { deliveryId }, quiet())),
    );
    expect(results.filter(({ status }) => status === 'rejected').length).toBeGreaterThanOrEqual(2);
    const waiting = await rowsOf<{ tries: number }>(
      world.db,
      sql`select tries from deliveries where failure = 'sender_rate'`,
    );
    expect(waiting.every(({ tries }) => tries === 0)).toBe(true);
  });
});

test('what errors of the Graph API mean', () => {
  expect(graphVerdict(80007, 429, 1)).toEqual({ kind: 'later', throttled: true });
  expect(graphVerdict(131056, 429, 3)).toEqual({ kind: 'later', seconds: 16, throttled: false });
  expect(graphVerdict(131016, 503, 1)).toEqual({ kind: 'later', throttled: false });
  expect(graphVerdict(131049, 400, 1)).toEqual({ kind: 'recipient' });
  expect(graphVerdict(132001, 404, 1)).toEqual({ kind: 'template' });
  expect(graphVerdict(190, 401, 1)).toEqual({ kind: 'sender', action: 'disable' });
  expect(graphVerdict(200, 403, 1)).toEqual({ kind: 'sender', action: 'disable' });
  expect(graphVerdict(131031, 403, 1)).toEqual({ kind: 'sender', action: 'cool' });
  expect(graphVerdict(undefined, 502, 1)).toEqual({ kind: 'later', throttled: false });
});
