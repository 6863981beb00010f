import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createEmailChannel } from '../../../src/notifications/channels/email.ts';
import type { EmailChannel } from '../../../src/notifications/channel.ts';
import { sendDelivery } from '../../../src/notifications/deliveries/send-delivery.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { RetryLater } from '../../../src/platform/jobs/retry-later.ts';
import { control, deliveriesOf, inbox, mailOptions } from '../../../testkit/notifications/notification-world.ts';
import { useDeliveries } from '../support/deliveries.ts';

/**
 * Guards that a mail server that accepts a mail and does not answer in time gets few copies of it, however long that
 * lasts.
 */

const { world, queued } = await useDeliveries();

/** Each test has a circuit of its own. */
let email: EmailChannel;
beforeEach(() => {
  email = createEmailChannel(mailOptions(world.sandbox.smtpUrl));
});
afterEach(() => email.close());

const send = (deliveryId: string, ms = 20_000) =>
  sendDelivery({ ...world.deps, email }, { deliveryId }, AbortSignal.timeout(ms));

/** Lets the time pass until somebody looks at the delivery again. @returns its seconds */
async function untilNextCheck(deliveryId: string): Promise<number> {
  const [wait] = await rowsOf<{ seconds: number }>(
    world.db,
    sql`
      with wait as (select id, next_check_at - now() as long from deliveries where id = ${deliveryId})
      update deliveries d set sending_at = sending_at - long, created_at = created_at - long
      from wait where d.id = wait.id returning round(extract(epoch from long))::float8 as seconds`,
  );
  return wait?.seconds ?? 0;
}

test.each([
  ['cuts the connection', 0, 20_000],
  ['answers too late', 900, 600],
])(
  'a server that takes every mail and %s sends four of one mail in two days, with one Message-ID',
  async (_, delayMs, ms) => {
    const { buyer, deliveryId, orderId } = await queued();
    const match = { recipient: buyer.email };
    await control(world.sandbox, 'smtp/rules', { match, stage: 'data', answer: 'drop_after', delayMs });
    const waits: number[] = [];
    while (waits.length < 4) {
      await send(deliveryId, ms);
      expect(await deliveriesOf(world.db, orderId)).toMatchObject([{ status: 'unknown', failure: 'smtp_unanswered' }]);
      waits.push(await untilNextCheck(deliveryId));
    }
    expect(waits).toEqual([180, 1800, 18_000, 180_000]);
    await send(deliveryId);
    expect(await deliveriesOf(world.db, orderId)).toMatchObject([{ status: 'failed', failure: 'gave_up' }]);
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    const mails = await inbox(world.sandbox, buyer.email);
    expect(mails).toHaveLength(4);
    expect(new Set(mails.map((mail) => mail.messageId)).size).toBe(1);
  },
);

test('a mail that nobody answered for is sent once the server answers', async () => {
  const { buyer, deliveryId, orderId } = await queued();
  const match = { recipient: buyer.email };
  await control(world.sandbox, 'smtp/rules', { match, stage: 'data', answer: 'drop', times: 1 });
  await send(deliveryId);
  expect(await inbox(world.sandbox, buyer.email)).toEqual([]);
  await send(deliveryId);
  expect(await inbox(world.sandbox, buyer.email)).toEqual([]);
  await untilNextCheck(deliveryId);
  await send(deliveryId);
  expect(await inbox(world.sandbox, buyer.email)).toHaveLength(1);
  expect(await deliveriesOf(world.db, orderId)).toMatchObject([{ status: 'accepted', failure: null, tries: 2 }]);
});

test('a connection that is cut before the mail has left is no question: the mail is sent again at once', async () => {
  const { buyer, deliveryId } = await queued();
  await control(world.sandbox, 'smtp/rules', {
    match: { recipient: buyer.email },
    stage: 'rcpt',
    answer: 'drop',
    times: 1,
  });
  await expect(send(deliveryId)).rejects.toThrow(RetryLater);
  await send(deliveryId);
  expect(await inbox(world.sandbox, buyer.email)).toHaveLength(1);
});
