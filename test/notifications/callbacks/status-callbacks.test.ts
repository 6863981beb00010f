import { createHmac } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { demoWhatsappSender } from '../../../sandbox/demo-accounts.ts';
import { notifyOrder } from '../../../src/notifications/notices/notify.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { createOrganizer } from '../../../testkit/factories.ts';
import { addSender, deliveriesOf, paidOrder } from '../../../testkit/notifications/notification-world.ts';
import { useNotifications } from '../../../testkit/notifications/use-notifications.ts';

const world = await useNotifications();
let senderId: string;

beforeEach(async () => {
  await world.db.execute(sql`delete from senders`);
  senderId = await addSender(world.db);
});

async function queued() {
  const paid = await paidOrder(world, {});
  await notifyOrder(world.deps, 'tickets', paid);
  const now = async () => (await deliveriesOf(world.db, paid.orderId)).find(({ channel }) => channel === 'whatsapp');
  return { deliveryId: (await now())?.id ?? '', now };
}

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
    fetch(`${world.callbackUrl}/whatsapp/${senderId}`, {
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

  test('the furthest status counts, whatever the order and number of callbacks', async () => {
    const { wamid, now } = await accepted();
    for (const status of ['read', 'sent', 'delivered', 'read', 'sent']) {
      expect((await post(bodyOf([report(wamid, status)]))).status).toBe(200);
      expect((await now())?.status).toBe('read');
    }
  });

  test('one callback carries several statuses; a failure is overtaken by a delivery, another one is final', async () => {
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

  test.each([
    ["the platform's sender: it is not written to for a time", false, 1],
    ["an organiser's own sender: other organisers write to it all the same", true, 0],
  ])('a phone without WhatsApp, as told to %s', async (_, isOwn, suppressions) => {
    const { wamid, deliveryId, now } = await accepted();
    if (isOwn)
      await world.db.execute(
        sql`update senders set organizer_id = (select organizer_id from deliveries where id = ${deliveryId})`,
      );
    await post(bodyOf([report(wamid, 'failed', { errors: [{ code: 131026 }] })]));
    expect(await now()).toMatchObject({ status: 'failed', failure: 'graph_131026' });
    const rows = await rowsOf(
      world.db,
      sql`select 1 from suppressions s join deliveries d on d.recipient_key = s.recipient_key
          where d.id = ${deliveryId} and s.channel = 'whatsapp'`,
    );
    expect(rows).toHaveLength(suppressions);
    await world.db.execute(sql`delete from suppressions`);
  });

  test('a status with the id of our delivery resolves an unknown outcome', async () => {
    const { deliveryId, now } = await queued();
    await world.db.execute(
      sql`update deliveries set status = 'unknown', sender_id = ${senderId} where id = ${deliveryId}`,
    );
    await post(bodyOf([report('wamid.never-seen', 'sent', { biz_opaque_callback_data: deliveryId })]));
    expect(await now()).toMatchObject({ status: 'sent', provider_message_id: 'wamid.never-seen' });
  });

  test('callbacks about unknown messages or of other kinds are accepted and change nothing', async () => {
    expect((await post(bodyOf([report('wamid.of-somebody-else', 'read')]))).status).toBe(200);
    expect((await post('{"object":"x"}')).status).toBe(200);
    expect((await post('not json')).status).toBe(200);
    expect((await post(bodyOf([{ odd: true }]))).status).toBe(200);
  });

  test('a forged signature, a missing one and another number are refused alike, and nothing changes', async () => {
    const { wamid, now } = await accepted();
    const body = bodyOf([report(wamid, 'read')]);
    expect((await post(body, 'f'.repeat(64))).status).toBe(403);
    expect(
      (await post(`${body} `, createHmac('sha256', demoWhatsappSender.appSecret).update(body).digest('hex'))).status,
    ).toBe(403);
    expect((await fetch(`${world.callbackUrl}/whatsapp/${senderId}`, { method: 'POST', body })).status).toBe(403);
    expect((await fetch(`${world.callbackUrl}/whatsapp/100000000000999`, { method: 'POST', body })).status).toBe(403);
    expect((await now())?.status).toBe('accepted');
  });

  test("another organiser's number cannot report on our messages", async () => {
    const { wamid, deliveryId, now } = await accepted();
    const other = await createOrganizer(world.db);
    const foreign = await addSender(world.db, { organizerId: other.id, phoneNumberId: '100000000000888' });
    const body = bodyOf([report(wamid, 'read', { biz_opaque_callback_data: deliveryId })]);
    const signature = createHmac('sha256', demoWhatsappSender.appSecret).update(body).digest('hex');
    const answer = await fetch(`${world.callbackUrl}/whatsapp/${foreign}`, {
      method: 'POST',
      body,
      headers: { 'x-hub-signature-256': `sha256=${signature}` },
    });
    expect(answer.status).toBe(200);
    expect((await now())?.status).toBe('accepted');
  });

  test('the handshake returns the challenge to a client that knows the token', async () => {
    const ask = (token: string) =>
      fetch(
        `${world.callbackUrl}/whatsapp/${demoWhatsappSender.phoneNumberId}?hub.mode=subscribe&hub.verify_token=${token}&hub.challenge=12345`,
      );
    const answer = await ask(demoWhatsappSender.verifyToken);
    expect([answer.status, await answer.text()]).toEqual([200, '12345']);
    expect((await ask('wrong')).status).toBe(403);
  });
});

test('the published vector: the signature covers the raw bytes, whatever they mean', async () => {
  const secret = '0123456789abcdef0123456789abcdef';
  const body =
    '{"object":"whatsapp_business_account","entry":[{"id":"102290129340398","changes":[{"value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"6281200000000","phone_number_id":"106540352242922"},"statuses":[{"id":"wamid.TEST1","status":"delivered","timestamp":"1767225600","recipient_id":"6281300000000","biz_opaque_callback_data":"msg_01"}]},"field":"messages"}]}]}';
  const id = await addSender(world.db, { phoneNumberId: '106540352242922', appSecret: secret });
  const send = (text: string, digest: string) =>
    fetch(`${world.callbackUrl}/whatsapp/${id}`, {
      method: 'POST',
      body: text,
      headers: { 'x-hub-signature-256': `sha256=${digest}` },
    });
  expect((await send(body, '62f0d7a68e16d242071bdc0b2ca8c114a1da88eaca139e81d0014c72e4e645b4')).status).toBe(200);
  const escaped = String.raw`{"text":"caf\u00e9"}`;
  const digest = 'fd1953297c43c09fb9eea0fd1e756bb1c9d5e27d332c7195bcc91034ad37003a';
  expect((await send(escaped, digest)).status).toBe(200);
  expect((await send('{"text":"café"}', digest)).status).toBe(403);
});
