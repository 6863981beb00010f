import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { describe, expect, test } from 'vitest';
import { notificationInvariants } from '../../../src/notifications/invariants.ts';
import { recoverDeliveries } from '../../../src/notifications/deliveries/recover-deliveries.ts';
import { sendDelivery } from '../../../src/notifications/deliveries/send-delivery.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { RetryLater } from '../../../src/platform/jobs/retry-later.ts';
import { inbox, paidOrder } from '../../../testkit/notifications/notification-world.ts';
import { useDeliveries } from '../support/deliveries.ts';

const { world, queued } = await useDeliveries();
const quiet = () => AbortSignal.timeout(20_000);

describe('recovery', () => {
  test('a worker that died while sending: the mail is sent by another one', async () => {
    const { buyer, deliveryId } = await queued();
    await world.deps.deliveries.claim(deliveryId);
    await expect(sendDelivery(world.deps, { deliveryId }, quiet())).rejects.toThrow(RetryLater);
    await world.db.execute(
      sql`update deliveries set sending_at = now() - interval '1 minute', next_check_at = now() where id = ${deliveryId}`,
    );
    await world.db.execute(sql`delete from outbox`);
    await recoverDeliveries(world.deps);
    const staged = await rowsOf<{ id: string }>(
      world.db,
      sql`select payload->>'deliveryId' as id from outbox where name = 'delivery.send_tickets'`,
    );
    expect(staged.map((row) => row.id)).toContain(deliveryId);
    await sendDelivery(world.deps, { deliveryId }, quiet());
    expect(await inbox(world.sandbox, buyer.email)).toHaveLength(1);
  });

  test.each([
    ['soon after its payment', 130],
    ['soon after its payment', 170],
    ['before it is left to a person', 850],
    ['before it is left to a person', 890],
  ])('a paid order whose message was never queued is found %s (%i s)', async (_when, seconds) => {
    const { eventId, orderId } = await paidOrder(world, {});
    await world.db.execute(sql`delete from outbox`);
    await world.db.execute(
      sql`update orders set paid_at = now() - make_interval(secs => ${seconds}) where event_id = ${eventId} and id = ${orderId}`,
    );
    await recoverDeliveries(world.deps);
    const staged = async () =>
      rowsOf<{ id: string }>(world.db, sql`select payload->>'orderId' as id from outbox where name = 'order.paid'`);
    expect(await staged()).toEqual([{ id: orderId }]);
    // Given up, it rests before it is staged again.
    await world.db.execute(sql`
      with gone as (delete from outbox where name = 'order.paid' returning id, name, payload)
      insert into dead_letters (outbox_id, name, payload, failure, staged_at) select id, name, payload, 'TypeError', now() from gone`);
    await recoverDeliveries(world.deps);
    expect(await staged()).toEqual([]);
    await world.db.execute(sql`update orders set paid_at = now() - interval '1 hour' where id = ${orderId}`);
  });

  test('a part that fails does not keep the others', async () => {
    const owner = postgres(world.database.directUrl, { max: 1 });
    const { buyer, deliveryId } = await queued();
    await world.db.execute(sql`update deliveries set next_check_at = now() where id = ${deliveryId}`);
    await world.db.execute(sql`delete from outbox`);
    const old = { channel: 'email', key: buyer.email };
    await world.db.execute(sql`
      insert into message_shares (channel, recipient_key, share, queued_at, hourly_max, granted, asked_at)
      values (${old.channel}, ${old.key}, 'orders', '{}', 1, 0, now() - interval '3 hours')`);
    const shares = () => rowsOf(world.db, sql`select share from message_shares where recipient_key = ${old.key}`);
    await owner`alter table event_notices rename to event_notices_away`;
    try {
      await expect(recoverDeliveries(world.deps)).rejects.toThrow();
    } finally {
      await owner`alter table event_notices_away rename to event_notices`;
      await owner.end();
    }
    expect(
      await rowsOf(world.db, sql`select 1 from outbox where payload ->> 'deliveryId' = ${deliveryId}`),
    ).toHaveLength(1);
    expect(await shares()).toEqual([]);
  });

  test('a backlog does not grow: deliveries with a staged job get no second one', async () => {
    const { eventId, orderId } = await paidOrder(world, {});
    const { deliveryId } = await queued();
    await world.db.execute(sql`update deliveries set next_check_at = now() where id = ${deliveryId}`);
    await world.db.execute(
      sql`update orders set paid_at = now() - interval '150 seconds' where event_id = ${eventId} and id = ${orderId}`,
    );
    const staged = async () =>
      rowsOf<{ name: string }>(
        world.db,
        sql`select name from outbox
          where (name = 'order.paid' and payload->>'orderId' = ${orderId}) or payload->>'deliveryId' = ${deliveryId} order by name`,
      );
    const before = await staged();
    expect(before.map((row) => row.name)).toEqual(['delivery.send_tickets', 'order.paid']);
    await recoverDeliveries(world.deps);
    expect(await staged()).toEqual(before);
  });

  test('the invariants report an order without a delivery and a delivery without a job', async () => {
    const { eventId, orderId, deliveryId } = await queued();
    await world.db.execute(
      sql`update orders set paid_at = now() - interval '5 minutes' where event_id = ${eventId} and id = ${orderId}`,
    );
    const findings = async () =>
      (await Promise.all(notificationInvariants.map((invariant) => invariant.find(world.db)))).flat();
    expect(
      (await findings()).filter((sentence) => sentence.includes(orderId) || sentence.includes(deliveryId)),
    ).toEqual([]);
    await world.db.execute(sql`update deliveries set next_check_at = null where id = ${deliveryId}`);
    expect((await findings()).some((sentence) => sentence.includes(deliveryId))).toBe(true);
    await world.db.execute(sql`update deliveries set status = 'accepted' where id = ${deliveryId}`);
    expect((await findings()).some((sentence) => sentence.includes('without the message id'))).toBe(true);
    await world.db.execute(
      sql`update deliveries set provider_message_id = 'same', accepted_at = now() where id = ${deliveryId}`,
    );
    await world.db.execute(sql`
      insert into deliveries (id, organizer_id, event_id, subject_id, template, channel, recipient_key, version, status, provider_message_id, accepted_at)
      select 'dlv_00000000000000000000', organizer_id, event_id, subject_id, template, channel, recipient_key, 9, status, provider_message_id, accepted_at
      from deliveries where id = ${deliveryId}`);
    expect((await findings()).some((sentence) => sentence.includes('the same provider message id'))).toBe(true);
    await world.db.execute(sql`delete from deliveries where subject_id = ${orderId}`);
    expect((await findings()).some((sentence) => sentence.includes(orderId))).toBe(true);
  });
});
