import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { notifyOrder } from '../../../src/notifications/notices/notify.ts';
import { sendDelivery } from '../../../src/notifications/deliveries/send-delivery.ts';
import { lockOrder } from '../../../src/orders/lifecycle/queries.ts';
import { releaseHold } from '../../../src/orders/lifecycle/end-holds.ts';
import { withdrawOrder } from '../../../src/orders/lifecycle/withdraw-order.ts';
import { refundEvent } from '../../../src/payments/refunds/refund-event.ts';
import { rowsOf, transaction } from '../../../src/platform/database/db.ts';
import {
  useEventNotices,
  money,
  plain,
  readable,
  sequenceOf,
  uidOf,
  unfolded,
} from '../../../testkit/notifications/event-notices.ts';
import { inbox, whatsappMessages } from '../../../testkit/notifications/notification-world.ts';
import { silentLog } from '../../../testkit/processes/worker.ts';

/** Guards that holders of tickets or places are told once, in the right words, that the event is cancelled. */

const { world, notices } = await useEventNotices();

describe('an event that is called off', () => {
  test('buyers who paid are told of the event and of their money, by WhatsApp too, and the entry leaves their calendar', async () => {
    const event = await notices.newEvent(150_000);
    const holder = await notices.paid(event);
    await notifyOrder(world.deps, 'tickets', holder);
    const issued = unfolded(await notices.mailOf(holder.orderId, 'tickets'));
    await notices.callOff(event);
    await notices.tell(event);
    expect(await notices.toldOf(holder.orderId)).toEqual([
      'event_cancelled email queued',
      'event_cancelled whatsapp queued',
      'tickets email queued',
      'tickets whatsapp queued',
    ]);
    const mail = await notices.mailOf(holder.orderId, 'event_cancelled');
    expect(mail.subject).toBe('Acara dibatalkan: Senja di Selatan');
    expect(plain(mail.text)).toContain('dibatalkan oleh penyelenggara');
    expect(plain(mail.text)).toContain('Sabtu, 6 Maret 2027, 19.30 WIB');
    expect(plain(mail.text)).toContain('Uang Anda dikembalikan');
    expect(mail.attachments[0]?.contentType).toContain('method=CANCEL');
    const calendar = unfolded(mail);
    expect(calendar).toContain('METHOD:CANCEL');
    expect(calendar).toContain('STATUS:CANCELLED');
    expect(calendar).toContain('DTSTART:20270306T123000Z');
    expect(uidOf(calendar)).toBe(uidOf(issued));
    expect(sequenceOf(calendar)).toBeGreaterThan(sequenceOf(issued));
    const { claim } = await notices.messageOf(holder.orderId, 'event_cancelled', 'whatsapp');
    await sendDelivery(world.deps, { deliveryId: claim.id }, AbortSignal.timeout(20_000));
    const [message] = await whatsappMessages(world.sandbox, holder.buyer.phone.replace('+', ''));
    expect(message?.template).toBe('event_cancelled');
    expect(message?.components[0]?.parameters.map(({ text }) => text)).toEqual([
      'Ayu Lestari',
      'Senja di Selatan',
      'Sabtu, 6 Maret 2027, 19.30 WIB',
      expect.stringMatching(/^[0-9A-Z]{5}-[0-9A-Z]{5}$/),
    ]);
  });

  test.each(['id', 'en'] as const)('free tickets: no word about money (%s)', async (locale) => {
    const event = await notices.newEvent(0);
    const holder = await notices.placed(event, locale);
    await notices.callOff(event);
    await notices.tell(event);
    expect(await notices.toldOf(holder.orderId)).toEqual(['event_cancelled email queued']);
    const mail = await notices.mailOf(holder.orderId, 'event_cancelled');
    expect(readable(mail.text)).not.toMatch(money);
    expect(readable(mail.html)).not.toMatch(money);
    expect(unfolded(mail)).toContain('METHOD:CANCEL');
    const { claim } = await notices.messageOf(holder.orderId, 'event_cancelled');
    await sendDelivery(world.deps, { deliveryId: claim.id }, AbortSignal.timeout(20_000));
    const [sent] = await inbox(world.sandbox, holder.buyer.email);
    expect(sent?.subject).toBe(
      locale === 'id' ? 'Acara dibatalkan: Senja di Selatan' : 'Event called off: Senja di Selatan',
    );
  });

  test.each([
    ['id', 'jangan dibayar lagi'],
    ['en', 'please do not pay for it now'],
  ] as const)('an unpaid hold: the mail says not to pay (%s), without WhatsApp and calendar', async (locale, words) => {
    const event = await notices.newEvent(150_000);
    const holder = await notices.placed(event, locale);
    await notices.callOff(event);
    await refundEvent({ db: world.db, log: silentLog }, { eventId: event.id });
    await notices.tell(event);
    expect(await notices.toldOf(holder.orderId)).toEqual(['event_cancelled email queued']);
    const mail = await notices.mailOf(holder.orderId, 'event_cancelled');
    expect(plain(mail.text)).toContain(words);
    expect(mail.attachments).toEqual([]);
  });

  test('everybody gets one message: none beside it for refunds and ended holds, and none for buyers who gave up or were refunded before', async () => {
    const event = await notices.newEvent(150_000);
    const [holder, hold, gaveUp, left] = [
      await notices.paid(event),
      await notices.placed(event),
      await notices.placed(event),
      await notices.paid(event),
    ];
    await transaction(world.db, async (tx) => {
      const locked = await lockOrder(tx, event.id, gaveUp.orderId);
      if (locked === undefined) throw new Error('the order is gone');
      const nothing = { requestFullRefund: () => Promise.resolve(), hasAdmissions: () => Promise.resolve(false) };
      await withdrawOrder(tx, nothing, locked, 'buyer');
    });
    await world.db.execute(
      sql`update tickets set status = 'revoked', revoked_at = now() where order_id = ${left.orderId}`,
    );
    await world.db.execute(
      sql`update orders set status = 'refunded', closed_at = now() - interval '1 hour' where event_id = ${event.id} and id = ${left.orderId}`,
    );
    await notices.callOff(event);
    await refundEvent({ db: world.db, log: silentLog }, { eventId: event.id });
    for (const { orderId } of [hold, gaveUp]) {
      await transaction(world.db, async (tx) => {
        const locked = await lockOrder(tx, event.id, orderId);
        if (locked !== undefined) await releaseHold(tx, locked);
      });
    }
    await notices.tell(event);
    const facts = await rowsOf(
      world.db,
      sql`select name from outbox where name in ('order.cancelled', 'order.refunded')`,
    );
    expect(facts).toEqual([]);
    const counts = await Promise.all([holder, hold, gaveUp, left].map(({ orderId }) => notices.toldOf(orderId)));
    expect(counts.map((told) => told.filter((text) => text.includes(' email ')))).toEqual([
      ['event_cancelled email queued'],
      ['event_cancelled email queued'],
      [],
      [],
    ]);
    expect(plain((await notices.mailOf(holder.orderId, 'event_cancelled')).text)).toContain('Uang Anda dikembalikan');
  });
});
