import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { sendDelivery } from '../../../src/notifications/deliveries/send-delivery.ts';
import { notificationInvariants } from '../../../src/notifications/invariants.ts';
import { type Db, transaction, rowsOf } from '../../../src/platform/database/db.ts';
import { RetryLater } from '../../../src/platform/jobs/retry-later.ts';
import {
  type addGatewaySender,
  gatewayMessages,
  ownGatewaySender,
  queuedMessage,
} from '../../../testkit/notifications/message-gateways.ts';
import { control } from '../../../testkit/notifications/notification-world.ts';
import { useNotifications } from '../../../testkit/notifications/use-notifications.ts';
import { until } from '../../../testkit/until.ts';

/** Guards that WAHA, Fonnte and Wablas send the buyer's text, and that each of their answers has its meaning. */

const world = await useNotifications();
const quiet = () => AbortSignal.timeout(20_000);
const gateways = ['waha', 'fonnte', 'wablas'] as const;

const ownSender = (kind: (typeof gateways)[number], options: Parameters<typeof addGatewaySender>[2] = {}) =>
  ownGatewaySender(world, kind, options);

const send = (deliveryId: string) => sendDelivery(world.deps, { deliveryId }, quiet());

async function statusOf(senderId: string) {
  const [row] = await rowsOf<{ status: string; failure: string | null; minutes: number | null }>(
    world.db,
    sql`select status, last_failure as failure, round(extract(epoch from cooling_until - now()) / 60)::int as minutes
      from senders where id = ${senderId}`,
  );
  return row;
}

describe.each(gateways)('%s', (kind) => {
  test('sends the text with the link; its statuses end at read', async () => {
    const { sender, event } = await ownSender(kind);
    const { deliveryId, orderId, to, now } = await queuedMessage(world, { event });
    await send(deliveryId);
    const [message, ...more] = await gatewayMessages(world, { to });
    expect(more).toEqual([]);
    expect(message?.account).toBe(sender.account);
    expect(message?.text).toContain('Senja di Selatan');
    expect(message?.text).toMatch(new RegExp(`https://antre\\.example/orders/${orderId}#[\\w-]{43}`));
    expect(message?.text).not.toContain('{{');
    await until(async () => (await now()).status === 'read');
    const row = await now();
    expect(row).toMatchObject({ sender_id: sender.id, failure: null });
    // The id of a message may not hold the phone that it went to.
    expect(row.provider_message_id).not.toContain(to);
  });

  test('statuses that come before the answer to the send call count', async () => {
    const { event } = await ownSender(kind);
    const { deliveryId, to, now } = await queuedMessage(world, { event });
    await control(world.sandbox, 'gateways/rules', { match: { to }, areEarly: true });
    await send(deliveryId);
    expect((await now()).status).toBe('read');
  });

  test('a failure that is reported later ends it', async () => {
    const { event } = await ownSender(kind);
    const { deliveryId, to, now } = await queuedMessage(world, { event });
    await control(world.sandbox, 'gateways/rules', { match: { to }, statuses: ['failed'] });
    await send(deliveryId);
    await until(async () => (await now()).status === 'failed');
    expect((await now()).failure).toMatch(new RegExp(`^${kind}_`));
  });

  test('a secret that the provider does not know takes the sender out of use', async () => {
    const { sender, event } = await ownSender(kind, { secret: 'another-secret' });
    const { deliveryId, now } = await queuedMessage(world, { event });
    await expect(send(deliveryId)).rejects.toThrow(RetryLater);
    expect(await now()).toMatchObject({ status: 'queued', failure: 'no_sender', tries: 0 });
    expect(await statusOf(sender.id)).toMatchObject({ status: 'disabled' });
  });

  test('a sender whose phone lost its connection rests for minutes, until the phone is back', async () => {
    const { sender, event } = await ownSender(kind);
    await control(world.sandbox, `gateways/${kind}/${sender.account}/connection`, { isConnected: false });
    // Wablas tells nobody.
    if (kind !== 'wablas') await until(async () => (await statusOf(sender.id))?.status === 'cooling');
    else {
      const { deliveryId } = await queuedMessage(world, { event });
      await expect(send(deliveryId)).rejects.toThrow(RetryLater);
      expect(await statusOf(sender.id)).toEqual({ status: 'cooling', failure: 'wablas_device', minutes: 5 });
      return;
    }
    await control(world.sandbox, `gateways/${kind}/${sender.account}/connection`, { isConnected: true });
    await until(async () => (await statusOf(sender.id))?.status === 'active');
  });

  test('a message whose answer was lost is not sent again, since no status can tell its outcome', async () => {
    const { event } = await ownSender(kind);
    const { deliveryId, to, now } = await queuedMessage(world, { event });
    await control(world.sandbox, 'gateways/rules', { match: { to }, answer: 'reset_after', times: 1, statuses: [] });
    await send(deliveryId);
    expect(await now()).toMatchObject({ status: 'unknown' });
    await world.db.execute(
      sql`update deliveries set sending_at = now() - interval '181 seconds' where id = ${deliveryId}`,
    );
    await send(deliveryId);
    expect(await now()).toMatchObject({ status: 'failed', failure: 'outcome_unknown' });
    expect(await gatewayMessages(world, { to })).toHaveLength(1);
  });

  test('a message whose worker died while sending is not sent again', async () => {
    const { sender, event } = await ownSender(kind);
    const { deliveryId, to, now } = await queuedMessage(world, { event });
    await world.deps.deliveries.claim(deliveryId);
    await world.db.execute(sql`
      update deliveries set sender_id = ${sender.id}, sending_at = now() - interval '1 minute' where id = ${deliveryId}`);
    await send(deliveryId);
    expect(await now()).toMatchObject({ status: 'unknown', failure: 'crash' });
    await world.db.execute(
      sql`update deliveries set sending_at = now() - interval '181 seconds' where id = ${deliveryId}`,
    );
    await send(deliveryId);
    expect(await now()).toMatchObject({ status: 'failed', failure: 'outcome_unknown' });
    expect(await gatewayMessages(world, { to })).toEqual([]);
  });
});

test('the invariant reports a message that no provider has accepted', async () => {
  const { event } = await ownSender('fonnte');
  const { deliveryId } = await queuedMessage(world, { event });
  await send(deliveryId);
  const invariant = notificationInvariants.find(({ name }) => name === 'notifications.whatsapp_has_sender');
  const named = async (db: Db) => (await invariant?.find(db))?.filter((sentence) => sentence.includes(deliveryId));
  expect(await named(world.db)).toEqual([]);
  // In one transaction: a status that is still on its way would name the sender again.
  await transaction(world.db, async (tx) => {
    await tx.execute(sql`update deliveries set sender_id = null where id = ${deliveryId}`);
    expect(await named(tx)).toHaveLength(1);
  });
});

describe('what their answers mean', () => {
  /** The sandbox's answer, and its effect on the message and its sender. */
  const table: readonly [(typeof gateways)[number], object, { delivery: object; sender: string }][] = [
    ['waha', { status: 422 }, { delivery: { status: 'queued', failure: 'no_sender' }, sender: 'cooling' }],
    ['waha', { status: 404 }, { delivery: { status: 'queued', failure: 'no_sender' }, sender: 'cooling' }],
    ['waha', { status: 401 }, { delivery: { status: 'queued', failure: 'no_sender' }, sender: 'disabled' }],
    ['waha', { status: 429 }, { delivery: { status: 'queued', failure: 'waha_429' }, sender: 'active' }],
    ['waha', { status: 400 }, { delivery: { status: 'failed', failure: 'template_waha_400' }, sender: 'active' }],
    ['waha', { status: 500 }, { delivery: { status: 'unknown', failure: 'waha_500' }, sender: 'active' }],
    ['fonnte', { reason: 'insufficient quota' }, { delivery: { failure: 'no_sender' }, sender: 'cooling' }],
    ['fonnte', { reason: 'unknown user' }, { delivery: { failure: 'no_sender' }, sender: 'disabled' }],
    [
      'fonnte',
      { reason: 'target invalid' },
      { delivery: { status: 'failed', failure: 'fonnte_target' }, sender: 'active' },
    ],
    ['fonnte', { reason: 'input invalid' }, { delivery: { failure: 'template_fonnte_input' }, sender: 'active' }],
    [
      'fonnte',
      { reason: 'something new' },
      { delivery: { status: 'queued', failure: 'fonnte_refused' }, sender: 'active' },
    ],
    ['fonnte', { status: 502 }, { delivery: { status: 'unknown', failure: 'fonnte_502' }, sender: 'active' }],
    ['wablas', { reason: 'your quota is empty' }, { delivery: { failure: 'no_sender' }, sender: 'cooling' }],
    ['wablas', { reason: 'secret key invalid' }, { delivery: { failure: 'no_sender' }, sender: 'disabled' }],
    [
      'wablas',
      { reason: 'phone not registered' },
      { delivery: { status: 'failed', failure: 'wablas_phone' }, sender: 'active' },
    ],
    ['wablas', { status: 429 }, { delivery: { status: 'queued', failure: 'wablas_429' }, sender: 'active' }],
    ['wablas', { status: 503 }, { delivery: { status: 'unknown', failure: 'wablas_503' }, sender: 'active' }],
  ];

  test.each(table)('%s %j', async (kind, rule, { delivery, sender: senderStatus }) => {
    const { sender, event } = await ownSender(kind);
    const { deliveryId, to, now } = await queuedMessage(world, { event });
    await control(world.sandbox, 'gateways/rules', { match: { to }, ...rule });
    await send(deliveryId).catch((error: unknown) => expect(error).toBeInstanceOf(RetryLater));
    expect(await now()).toMatchObject(delivery);
    expect((await statusOf(sender.id))?.status).toBe(senderStatus);
  });
});
