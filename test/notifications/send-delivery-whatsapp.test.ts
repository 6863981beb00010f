import { createHmac } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { demoWhatsappSender } from '../../loadtest/sandbox/demo-accounts.ts';
import { graphVerdict } from '../../src/notifications/channels/graph-error.ts';
import { notifyOrder } from '../../src/notifications/notify-order.ts';
import { sendDelivery } from '../../src/notifications/send-delivery.ts';
import { rowsOf } from '../../src/platform/db.ts';
import { RetryLater } from '../../src/platform/retry-later.ts';
import { createEvent, createOrganizer, someBuyer } from '../support/factories.ts';
import {
  type Notifications,
  addSender,
  control,
  deliveriesOf,
  openNotifications,
  paidOrder,
  whatsappMessages,
} from '../support/notifications.ts';
import { until } from '../support/worker.ts';

let world: Notifications;
let senderId: string;
const quiet = () => AbortSignal.timeout(20_000);

beforeAll(async () => {
  world = await openNotifications();
});
beforeEach(async () => {
  await control(world.sandbox, 'reset', {});
  await world.db.execute(sql`delete from senders`);
  await world.db.execute(sql`delete from suppressions`);
  senderId = await addSender(world.db);
  // Numbers are remembered for five seconds; another organiser for each test is a new question.
});
afterAll(() => world.close());

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
  test('the approved template goes out, and signed statuses fold to read', async () => {
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

  test('without a number in use there is the mail alone', async () => {
    await world.db.execute(sql`delete from senders`);
    const paid = await paidOrder(world, {});
    await notifyOrder(world.deps, 'tickets', paid);
    expect((await deliveriesOf(world.db, paid.orderId)).map(({ channel }) => channel)).toEqual(['email']);
  });

  test('throttled: later; and the mail is not touched by it', async () => {
    const { deliveryId, to, now } = await queued();
    await control(world.sandbox, 'whatsapp/rules', { match: { to }, error: 130429, times: 1 });
    await expect(sendDelivery(world.deps, { deliveryId }, quiet())).rejects.toThrow(RetryLater);
    expect(await now()).toMatchObject({ status: 'queued', failure: 'graph_130429' });
    await sendDelivery(world.deps, { deliveryId }, quiet());
    expect(await whatsappMessages(world.sandbox, to)).toHaveLength(1);
  });

  test('no WhatsApp there: failed, and not tried for 30 days', async () => {
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

  test('an expired token takes the number out of use, and another number sends', async () => {
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

  test('the answer is lost although the message was taken: its status tells, and it is sent once', async () => {
    const { deliveryId, to, now } = await queued();
    await control(world.sandbox, 'whatsapp/rules', { match: { to }, answer: 'reset_after', times: 1 });
    await sendDelivery(world.deps, { deliveryId }, quiet());
    await until(async () => (await now())?.status === 'read');
    await sendDelivery(world.deps, { deliveryId }, quiet());
    expect(await whatsappMessages(world.sandbox, to)).toHaveLength(1);
  });

  test('the request is lost: it waits three minutes for a status, then goes out again', async () => {
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

  test('a worker that died while sending leaves it unknown, not sent twice', async () => {
    const { deliveryId, to, now } = await queued();
    await world.deps.deliveries.claim(deliveryId);
    await world.db.execute(
      sql`update deliveries set sending_at = now() - interval '1 minute' where id = ${deliveryId}`,
    );
    await sendDelivery(world.deps, { deliveryId }, quiet());
    expect(await now()).toMatchObject({ status: 'unknown', failure: 'crash' });
    expect(await whatsappMessages(world.sandbox, to)).toEqual([]);
  });

  test("a number's rate is shared by all processes: beyond it messages wait and no try is used up", async () => {
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

describe('status callbacks', () => {
  const bodyOf = (statuses: object[]) =>
    JSON.stringify({
      object: 'whatsapp_business_account',
      entry: [{ id: '1', changes: [{ field: 'messages', value: { statuses } }] }],
    });
  const post = (
    body: string,
    signature = createHmac('sha256', demoWhatsappSender.appSecret).update(body).digest('hex'),
  ) =>
    fetch(`${world.callbackUrl}/${senderId}`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` },
    });
  const report = (wamid: string, status: string, more: object = {}) => ({
    id: wamid,
    status,
    timestamp: '1767225600',
    ...more,
  });

  async function accepted() {
    const one = await queued();
    const wamid = `wamid.${one.deliveryId}`;
    await world.deps.deliveries.claim(one.deliveryId);
    await world.deps.deliveries.accept({ id: one.deliveryId, providerMessageId: wamid, senderId });
    return { ...one, wamid };
  }

  test('in any order and number the furthest counts', async () => {
    const { wamid, now } = await accepted();
    for (const status of ['read', 'sent', 'delivered', 'read', 'sent']) {
      expect((await post(bodyOf([report(wamid, status)]))).status).toBe(200);
      expect((await now())?.status).toBe('read');
    }
  });

  test('several in one callback, a failure that delivery overtakes, a failure that ends it', async () => {
    const first = await accepted();
    await post(bodyOf([report(first.wamid, 'failed', { errors: [{ code: 131049 }] }), report(first.wamid, 'sent')]));
    expect(await first.now()).toMatchObject({ status: 'failed', failure: 'graph_131049' });
    await post(bodyOf([report(first.wamid, 'sent')]));
    expect((await first.now())?.status).toBe('failed');
    await post(bodyOf([report(first.wamid, 'delivered')]));
    expect(await first.now()).toMatchObject({ status: 'delivered', failure: null });
    await post(bodyOf([report(first.wamid, 'failed', { errors: [{ code: 131026 }] })]));
    expect((await first.now())?.status).toBe('delivered');
  });

  test('a status that names our delivery resolves an unknown one', async () => {
    const { deliveryId, now } = await queued();
    await world.db.execute(
      sql`update deliveries set status = 'unknown', sender_id = ${senderId} where id = ${deliveryId}`,
    );
    await post(bodyOf([report('wamid.never-seen', 'sent', { biz_opaque_callback_data: deliveryId })]));
    expect(await now()).toMatchObject({ status: 'sent', provider_message_id: 'wamid.never-seen' });
  });

  test('unknown messages and other kinds of callback are taken and change nothing', async () => {
    expect((await post(bodyOf([report('wamid.of-somebody-else', 'read')]))).status).toBe(200);
    expect((await post('{"object":"x"}')).status).toBe(200);
    expect((await post('not json')).status).toBe(200);
    expect((await post(bodyOf([{ odd: true }]))).status).toBe(200);
  });

  test('a forged signature, none, and another number are refused alike; nothing changes', async () => {
    const { wamid, now } = await accepted();
    const body = bodyOf([report(wamid, 'read')]);
    expect((await post(body, 'f'.repeat(64))).status).toBe(403);
    expect(
      (await post(`${body} `, createHmac('sha256', demoWhatsappSender.appSecret).update(body).digest('hex'))).status,
    ).toBe(403);
    expect((await fetch(`${world.callbackUrl}/${senderId}`, { method: 'POST', body })).status).toBe(403);
    expect((await fetch(`${world.callbackUrl}/100000000000999`, { method: 'POST', body })).status).toBe(403);
    expect((await now())?.status).toBe('accepted');
  });

  test("another organiser's number cannot speak of our messages", async () => {
    const { wamid, deliveryId, now } = await accepted();
    const other = await createOrganizer(world.db);
    const foreign = await addSender(world.db, { organizerId: other.id, phoneNumberId: '100000000000888' });
    const body = bodyOf([report(wamid, 'read', { biz_opaque_callback_data: deliveryId })]);
    const signature = createHmac('sha256', demoWhatsappSender.appSecret).update(body).digest('hex');
    const answer = await fetch(`${world.callbackUrl}/${foreign}`, {
      method: 'POST',
      body,
      headers: { 'x-hub-signature-256': `sha256=${signature}` },
    });
    expect(answer.status).toBe(200);
    expect((await now())?.status).toBe('accepted');
  });

  test('the handshake answers with the challenge to who knows the token', async () => {
    const ask = (token: string) =>
      fetch(
        `${world.callbackUrl}/${demoWhatsappSender.phoneNumberId}?hub.mode=subscribe&hub.verify_token=${token}&hub.challenge=12345`,
      );
    const answer = await ask(demoWhatsappSender.verifyToken);
    expect([answer.status, await answer.text()]).toEqual([200, '12345']);
    expect((await ask('wrong')).status).toBe(403);
  });
});
