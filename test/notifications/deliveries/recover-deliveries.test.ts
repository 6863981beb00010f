import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import postgres from 'postgres';
import { describe, expect, test } from 'vitest';
import { notificationInvariants } from '../../../src/notifications/invariants.ts';
import { type PaidLooks, createPaidLooks } from '../../../src/notifications/deliveries/paid-looks.ts';
import { recoverDeliveries } from '../../../src/notifications/deliveries/recover-deliveries.ts';
import { sendDelivery } from '../../../src/notifications/deliveries/send-delivery.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { RetryLater } from '../../../src/platform/jobs/retry-later.ts';
import { createEvent } from '../../../testkit/factories.ts';
import { inbox, paidOrder } from '../../../testkit/notifications/notification-world.ts';
import { createHandlers } from '../../../workers/handlers.ts';
import { useDeliveries } from '../support/deliveries.ts';

const { world, queued } = await useDeliveries();
const quiet = () => AbortSignal.timeout(20_000);

/** All of the day before. */
async function seenUntilNow(looks: PaidLooks): Promise<void> {
  for (let run = 0; run < 300; run += 1) await looks.look(() => Promise.resolve(true));
}

test('orders that were paid together get their messages by one job, and few jobs send these', async () => {
  const event = await createEvent(world.db);
  const orderIds: string[] = [];
  for (let orders = 0; orders < 10; orders += 1) orderIds.push((await paidOrder(world, { event })).orderId);
  await world.db.execute(sql`delete from outbox`);
  const handlers = createHandlers(world.deps as never);
  await handlers['orders.paid']({ eventId: event.id, orderIds }, { signal: quiet(), attempt: 1 });
  const staged = await rowsOf<{ mails: number }>(
    world.db,
    sql`select coalesce(jsonb_array_length(payload -> 'deliveryIds'), 1) as mails from outbox where name like '%.send_tickets'`,
  );
  expect(staged.reduce((sum, { mails }) => sum + mails, 0)).toBe(10);
  expect(staged.length).toBeLessThanOrEqual(3);
});

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
    ['before it is left to a person', 850],
    ['after the job stood still', 25 * 60],
  ])('a paid order whose message was never queued is found %s (%i s)', async (_when, seconds) => {
    const { eventId, orderId } = await paidOrder(world, {});
    await world.db.execute(sql`delete from outbox`);
    await world.db.execute(
      sql`update orders set paid_at = now() - make_interval(secs => ${seconds}) where event_id = ${eventId} and id = ${orderId}`,
    );
    const staged = async () =>
      rowsOf<{ id: string }>(world.db, sql`select payload->>'orderId' as id from outbox where name = 'order.paid'`);
    let time = 0;
    const looks = createPaidLooks(() => time * 1000);
    await seenUntilNow(looks);
    for (time += seconds > 900 ? seconds : 20; (await staged()).length === 0 && time < 3600; time += 20)
      await recoverDeliveries(world.deps, looks);
    expect(await staged()).toEqual([{ id: orderId }]);
    // Given up, it rests before it is staged again.
    await world.db.execute(sql`
      with gone as (delete from outbox where name = 'order.paid' returning id, name, payload)
      insert into dead_letters (outbox_id, name, payload, failure, staged_at) select id, name, payload, 'TypeError', now() from gone`);
    await recoverDeliveries(world.deps);
    expect(await staged()).toEqual([]);
    await world.db.execute(sql`update orders set paid_at = now() - interval '2 days' where id = ${orderId}`);
  });

  test('no standstill of the job or of its process leaves a payment of a day unseen, and no run looks at many', async () => {
    const day = 24 * 3600;
    const pauses = fc.array(fc.oneof(fc.constant(20), fc.integer({ min: 20, max: day / 2 })), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(pauses, fc.array(fc.boolean(), { maxLength: 9 }), async (standstills, fails) => {
        let time = 2 * day;
        const looks = createPaidLooks(() => time * 1000);
        const seen: { from: number; to: number }[] = [];
        let first: number | undefined;
        const look = async (isLost: boolean) => {
          await looks.look((ranges) => {
            const spans = ranges.map(({ fromSeconds, toSeconds }) => ({
              from: time - fromSeconds,
              to: time - toSeconds,
            }));
            expect(spans.reduce((sum, { from, to }) => sum + to - from, 0)).toBeLessThan(1000);
            if (isLost) return Promise.resolve(false);
            first ??= time;
            seen.push(...spans);
            return Promise.resolve(true);
          });
        };
        for (const pause of standstills) {
          time += pause;
          await look(fails.pop() ?? false);
        }
        for (let run = 0; run < 3 * (day / 300); run += 1) {
          time += 20;
          await look(false);
        }
        for (let paidAt = (first ?? time) - day; paidAt < time - 120; paidAt += 997)
          expect(seen.some(({ from, to }) => from < paidAt && paidAt <= to)).toBe(true);
      }),
      { numRuns: 20 },
    );
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
    // Neither does one that a job for several sends.
    await world.db.execute(sql`
      update outbox set name = 'deliveries.send_tickets', payload = jsonb_build_object('eventId', payload -> 'eventId', 'deliveryIds', jsonb_build_array(payload -> 'deliveryId'))
      where name = 'delivery.send_tickets'`);
    await world.db.execute(sql`update deliveries set next_check_at = now() where id = ${deliveryId}`);
    await recoverDeliveries(world.deps);
    expect(await staged()).toEqual([{ name: 'order.paid' }]);
    // Nor does an order whose job stands for several.
    await world.db.execute(sql`
      update outbox set name = 'orders.paid', payload = jsonb_build_object('eventId', payload -> 'eventId', 'orderIds', jsonb_build_array(payload -> 'orderId'))
      where name = 'order.paid'`);
    await recoverDeliveries(world.deps);
    expect(await staged()).toEqual([]);
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
