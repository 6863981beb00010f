import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { sendDelivery } from '../../../src/notifications/deliveries/send-delivery.ts';
import { notifyOrder } from '../../../src/notifications/notices/notify.ts';
import { type RefundOrderOptions, refundOrder } from '../../../src/orders/lifecycle/refund-order.ts';
import { lockOrder } from '../../../src/orders/index.ts';
import { transaction } from '../../../src/platform/database/db.ts';
import { newId } from '../../../src/platform/ids.ts';
import { createEvent, someBuyer } from '../../../testkit/factories.ts';
import { giveTicket } from '../../../testkit/notifications/given-ticket.ts';
import { inbox, paidOrder } from '../../../testkit/notifications/notification-world.ts';
import { useNotifications } from '../../../testkit/notifications/use-notifications.ts';

/** Guards that a buyer is told by mail when money is back, with the amount and the reason, once for each refund. */

const world = await useNotifications();

async function paid() {
  const buyer = someBuyer();
  const event = await createEvent(world.db, { categories: [{ name: 'Festival', price: 250_000 }] });
  return { buyer, ...(await paidOrder(world, { buyer, event, quantity: 2 })) };
}
type Paid = Awaited<ReturnType<typeof paid>>;

/** As the room of payments writes a refund that the bank has confirmed. */
async function refund({ eventId, orderId, order }: Paid, amount: number, reason: string): Promise<void> {
  const id = newId('rfd');
  await world.db.execute(sql`
    insert into refunds (event_id, id, order_id, attempt_id, organizer_id, amount, currency, reason, status, gateway_refund_key,
      requested_by, done_at)
    values (${eventId}, ${id}, ${orderId}, ${`pay_${orderId.slice(4)}01`}, ${order.organizerId}, ${amount}, 'IDR', ${reason}, 'done',
      ${id}, 'test', clock_timestamp())`);
}

async function tell(of: Paid, template: 'refund_done' | 'order_refunded' = 'refund_done') {
  const ids = await notifyOrder(world.deps, template, of);
  for (const deliveryId of ids) await sendDelivery(world.deps, { deliveryId }, AbortSignal.timeout(20_000));
  return ids.length;
}

test('the mail says how much is back and that the tickets stay valid, and comes once for each refund', async () => {
  const order = await paid();
  expect(await tell(order)).toBe(0);
  await refund(order, 100_000, 'requested');
  expect(await tell(order)).toBe(1);
  expect(await tell(order)).toBe(0);
  const [mail] = await inbox(world.sandbox, order.buyer.email);
  expect(mail?.subject).toMatch(/^Dana sudah kembali: /);
  expect(mail?.text.replaceAll(/\s/g, ' ')).toContain('Rp 100.000 sudah dikembalikan');
  expect(mail?.text).toContain('2 tiket tetap berlaku.');
  await refund(order, 50_000, 'requested');
  expect(await tell(order)).toBe(1);
  const mails = await inbox(world.sandbox, order.buyer.email);
  expect(mails.map(({ text }) => text.replaceAll(/\s/g, ' ')).some((text) => text.includes('Rp 150.000'))).toBe(true);
});

test.each([
  ['external', 'The payment provider has paid back Rp 100,000'],
  ['double_payment', 'was paid twice. The second payment, Rp 100,000'],
  ['late_payment', 'came after the order had ended. Rp 100,000'],
  ['surplus', 'did not fit the amount of the order. Rp 100,000'],
  ['event_cancelled', 'is complete: Rp 100,000'],
])('a refund for the reason %s has its own words', async (reason, words) => {
  const order = await paid();
  await world.db.execute(
    sql`update orders set locale = 'en' where event_id = ${order.eventId} and id = ${order.orderId}`,
  );
  await refund(order, 100_000, reason);
  expect(await tell(order)).toBe(1);
  const [mail] = await inbox(world.sandbox, order.buyer.email);
  expect(mail?.text.replaceAll(/\s/g, ' ')).toContain(words);
});

describe('the mail about tickets that were taken back', () => {
  /** Its text, in English. @param ticketIds all tickets unless given */
  async function textOf(
    order: Paid,
    as: NonNullable<RefundOrderOptions['as']>,
    ticketIds?: readonly string[],
  ): Promise<string> {
    await world.db.execute(
      sql`update orders set locale = 'en' where event_id = ${order.eventId} and id = ${order.orderId}`,
    );
    await transaction(world.db, async (tx) => {
      const locked = await lockOrder(tx, order.eventId, order.orderId);
      const terms = { restock: true, reason: 'requested', as, ...(ticketIds === undefined ? {} : { ticketIds }) };
      if (locked !== undefined) await refundOrder(tx, locked, terms);
    });
    await tell(order, 'order_refunded');
    const mails = await inbox(world.sandbox, order.buyer.email);
    return mails.find(({ subject }) => subject.startsWith('Refund: '))?.text ?? '';
  }

  test('speaks of all the money only if the organizer keeps nothing', async () => {
    expect(await textOf(await paid(), 'refunded')).toContain('has been refunded in full');
    const part = await textOf(await paid(), 'partially_refunded');
    expect(part).toContain('no longer valid. Part of what you paid is refunded.');
    expect(part).not.toContain('in full');
  });

  test('counts a valid ticket that was given to somebody', async () => {
    const order = await paid();
    await giveTicket(world, order, 'Oscar');
    const own = `tkt_${order.orderId.slice(4)}002`;
    expect(await textOf(order, 'refunded', [own])).toContain('1 ticket stays valid.');
    await refund(order, 100_000, 'requested');
    await tell(order);
    const mails = await inbox(world.sandbox, order.buyer.email);
    expect(mails.find(({ subject }) => subject.startsWith('Your money is back: '))?.text).toContain(
      'One ticket stays valid.',
    );
  });
});
