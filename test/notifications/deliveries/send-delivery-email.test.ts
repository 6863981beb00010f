import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { organizerProfiles } from '../../../src/catalog/tables.ts';
import { emailResult } from '../../../src/notifications/channels/email.ts';
import { notifyOrder, notifyUnpaid } from '../../../src/notifications/notices/notify.ts';
import { sendDelivery } from '../../../src/notifications/deliveries/send-delivery.ts';
import { ticketsSend } from '../../../src/notifications/jobs.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { eachAlone } from '../../../src/platform/jobs/each-alone.ts';
import { RetryLater } from '../../../src/platform/jobs/retry-later.ts';
import { createEvent, someBuyer } from '../../../testkit/factories.ts';
import { control, deliveriesOf, inbox, paidOrder } from '../../../testkit/notifications/notification-world.ts';
import { order, placingDeps } from '../../../testkit/orders/placing.ts';
import { silentLog } from '../../../testkit/processes/worker.ts';
import { useDeliveries } from '../support/deliveries.ts';

const { world, queued } = await useDeliveries();
const quiet = () => AbortSignal.timeout(20_000);

describe('promise 5: every paid order is notified, with exactly one effect', () => {
  test('the mail has the tickets, their codes as images, the link and the calendar entry', async () => {
    const event = await createEvent(world.db, {
      event: {
        name: 'Senja <b>&</b> "Laut"',
        startsAt: new Date('2027-03-06T12:30:00Z'),
        endsAt: new Date('2027-03-06T15:00:00Z'),
        doorsOpenAt: new Date('2027-03-06T11:00:00Z'),
      },
      categories: [{ name: 'Festival', price: 250_000 }],
    });
    const { buyer, deliveryId, orderId } = await queued({ event, quantity: 2 });
    await sendDelivery(world.deps, { deliveryId }, quiet());
    const [mail, ...more] = await inbox(world.sandbox, buyer.email);
    expect(more).toEqual([]);
    expect(mail?.subject).toBe('Tiket Anda: Senja <b>&</b> "Laut"');
    expect(mail?.messageId).toContain(deliveryId.toLowerCase());
    expect(mail?.html).toContain('Senja &lt;b&gt;&amp;&lt;/b&gt; &quot;Laut&quot;');
    expect(mail?.html).not.toContain('<b>&');
    expect(mail?.html).toContain(`https://antre.example/orders/${orderId}#`);
    expect(mail?.text).toContain('Sabtu, 6 Maret 2027, 19.30 WIB');
    expect(mail?.text).toContain('500.000');
    expect(mail?.html).toContain('cid:ticket-2');
    expect(mail?.attachments.map((attachment) => attachment.mimeType)).toEqual([
      'image/png',
      'image/png',
      'text/calendar',
    ]);
    // The PDF is behind the link, as both forms of the mail say.
    for (const form of [mail?.html, mail?.text]) expect(form).toContain('diunduh sebagai PDF');
    expect(mail?.size).toBeLessThan(200_000);
    expect(await deliveriesOf(world.db, orderId)).toMatchObject([{ channel: 'email', status: 'accepted', tries: 1 }]);
  });

  test('replies go to the organizer, whose contact and texts are in the mail', async () => {
    const event = await createEvent(world.db);
    const { buyer, deliveryId } = await queued({ event });
    const page = `https://antre.example/events/${event.slug}`;
    await world.db.insert(organizerProfiles).values({
      organizerId: event.organizer.id,
      contactEmail: 'halo@senja.example',
      contactPhone: '+62 21 555 0100',
      privacyEn: 'Your data is safe.',
    });
    await sendDelivery(world.deps, { deliveryId }, quiet());
    const [mail] = await inbox(world.sandbox, buyer.email);
    expect(mail?.headers.find(({ key }) => key === 'reply-to')?.value).toContain('<halo@senja.example>');
    expect(mail?.text).toContain(`halo@senja.example, +62 21 555 0100\nKebijakan privasi: ${page}/privacy`);
    expect(mail?.html).toContain(`href="${page}/privacy"`);
    expect(mail?.html).not.toContain(`${page}/terms`);
  });

  test('an English mail writes money and times as the pages do, in the zone of the event', async () => {
    const event = await createEvent(world.db, {
      event: {
        timeZone: 'Asia/Singapore',
        startsAt: new Date('2027-03-06T12:30:00Z'),
        endsAt: new Date('2027-03-06T15:00:00Z'),
      },
      categories: [{ price: 150_000 }],
    });
    const { buyer, deliveryId, orderId } = await queued({ event });
    await world.db.execute(sql`update orders set locale = 'en' where event_id = ${event.id} and id = ${orderId}`);
    await sendDelivery(world.deps, { deliveryId }, quiet());
    const [mail] = await inbox(world.sandbox, buyer.email);
    expect(mail?.text.replace(/\s/gu, ' ')).toContain('Total: Rp 150,000');
    expect(mail?.text).toContain('Saturday, 6 March 2027, 20:30 GMT+8');
  });

  test.each([
    ['a link', 'Menang 10 juta di https://jahat.example'],
    ['a bare domain', 'klik jahat.com sekarang'],
    ['a number to call', 'Telepon 0812 3456 7890'],
    ['text that turns the reading direction', 'Ayu \u202egro.live'],
    ['what nobody sees', '\u200b\u2060\u200d'],
    ['markup', '<b>Ayu</b>'],
  ])('a stored name that is %s appears in no part of the mail', async (_, name) => {
    const { buyer, deliveryId, eventId, orderId } = await queued();
    // As a row from before names were checked.
    await world.db.execute(sql`update orders set buyer_name = ${name} where event_id = ${eventId} and id = ${orderId}`);
    await sendDelivery(world.deps, { deliveryId }, quiet());
    const [mail] = await inbox(world.sandbox, buyer.email);
    expect(mail?.text).toMatch(/^Halo,\n/);
    for (const part of [mail?.text, mail?.html, JSON.stringify(mail?.headers)]) {
      expect(part).not.toContain(name);
      expect(part).not.toContain('jahat');
    }
  });

  test('a failure of our own is named by the step that failed, and the mail goes out once it is fixed', async () => {
    const failureOf = async () => (await deliveriesOf(world.db, orderId))[0];
    const { buyer, deliveryId, orderId } = await queued();
    const fault = () => Promise.reject(new TypeError('a fault of ours'));
    const rigged = [
      [{ ...world.deps, email: { ...world.deps.email, send: fault } }, 'send_fault'],
      [{ ...world.deps, deliveries: { ...world.deps.deliveries, orderSubject: fault } }, 'compose_fault'],
    ] as const;
    for (const [deps, failure] of rigged) {
      await expect(sendDelivery(deps, { deliveryId }, quiet())).rejects.toThrow('a fault of ours');
      expect(await failureOf()).toMatchObject({ status: 'queued', failure });
    }
    await sendDelivery(world.deps, { deliveryId }, quiet());
    expect(await failureOf()).toMatchObject({ status: 'accepted', failure: null, tries: 3 });
    expect(await inbox(world.sandbox, buyer.email)).toHaveLength(1);
  });

  test('a message that is queued three times, and whose job runs three times at once, is one mail', async () => {
    const { buyer, deliveryId, ...paid } = await queued();
    expect(await notifyOrder(world.deps, 'tickets', paid)).toEqual([]);
    expect(await notifyOrder(world.deps, 'tickets', paid)).toEqual([]);
    const runs = await Promise.allSettled([1, 2, 3].map(() => sendDelivery(world.deps, { deliveryId }, quiet())));
    for (const run of runs) if (run.status === 'rejected') expect(run.reason).toBeInstanceOf(RetryLater);
    await sendDelivery(world.deps, { deliveryId }, quiet());
    expect(await inbox(world.sandbox, buyer.email)).toHaveLength(1);
  });

  test('deliveries and the jobs that send them are recorded together', async () => {
    const { deliveryId } = await queued();
    const rows = await rowsOf<{ id: string }>(
      world.db,
      sql`select payload->>'deliveryId' as id from outbox where name = 'delivery.send_tickets'`,
    );
    expect(rows.map((row) => row.id)).toContain(deliveryId);
  });

  test('of deliveries that one job sends, the one that must be tried again gets a job of its own', async () => {
    const three = [await queued(), await queued(), await queued()];
    const match = { recipient: three[1]?.buyer.email };
    await control(world.sandbox, 'smtp/rules', { match, stage: 'rcpt', answer: 450, times: 1 });
    await world.db.execute(sql`delete from outbox`);
    const sendAll = () =>
      eachAlone(
        world.deps,
        ticketsSend,
        three.map(({ eventId, deliveryId }) => ({ eventId, deliveryId })),
        (delivery) => sendDelivery(world.deps, delivery, quiet()),
      );
    const mails = () => Promise.all(three.map(async ({ buyer }) => (await inbox(world.sandbox, buyer.email)).length));
    const staged = () =>
      rowsOf<{ id: string; waits: boolean }>(
        world.db,
        sql`select payload ->> 'deliveryId' as id, available_at > now() as waits from outbox where name = 'delivery.send_tickets'`,
      );
    await sendAll();
    expect(await mails()).toEqual([1, 0, 1]);
    expect(await staged()).toEqual([{ id: three[1]?.deliveryId, waits: true }]);
    await sendAll();
    expect(await mails()).toEqual([1, 1, 1]);
    expect(await staged()).toHaveLength(1);
  });

  test('beyond ten tickets the mail has only the link', async () => {
    const event = await createEvent(world.db, { event: { ticketsPerOrderMax: 20 }, categories: [{ perOrderMax: 20 }] });
    const { buyer, deliveryId } = await queued({ event, quantity: 12 });
    await sendDelivery(world.deps, { deliveryId }, quiet());
    const [mail] = await inbox(world.sandbox, buyer.email);
    expect(mail?.attachments.map((attachment) => attachment.mimeType)).toEqual(['text/calendar']);
    expect(mail?.html).not.toContain('cid:');
  });
});

describe('a provider that misbehaves', () => {
  test.each([421, 450])('%i is retried later, and one mail arrives', async (answer) => {
    const { buyer, deliveryId, orderId } = await queued();
    await control(world.sandbox, 'smtp/rules', {
      match: { recipient: buyer.email },
      stage: 'rcpt',
      answer,
      times: 1,
    });
    await expect(sendDelivery(world.deps, { deliveryId }, quiet())).rejects.toThrow(RetryLater);
    const [delivery] = await deliveriesOf(world.db, orderId);
    expect(delivery?.status).toBe('queued');
    // After 421 the server hangs up, and either may be seen first.
    expect(delivery?.failure).toMatch(answer === 421 ? /^(smtp_421|econnection)$/ : /^smtp_450$/);
    await sendDelivery(world.deps, { deliveryId }, quiet());
    expect(await inbox(world.sandbox, buyer.email)).toHaveLength(1);
  });

  test('a buyer is told the link and the deadline of an order that waits for payment, and nothing once it is paid', async () => {
    const event = await createEvent(world.db, { categories: [{ price: 90_000 }] });
    const buyer = someBuyer();
    const deps = placingDeps(world.open);
    const { order: placed } = await order(deps, event, { buyer });
    const ref = { eventId: event.id, orderId: placed.id };
    const paid = await paidOrder(world, { buyer: someBuyer() });
    await notifyUnpaid(world.deps, { eventId: event.id, orderIds: [placed.id] });
    await notifyUnpaid(world.deps, { eventId: paid.eventId, orderIds: [paid.orderId] });
    const told = await rowsOf<{ id: string }>(
      world.db,
      sql`select id from deliveries where template = 'order_placed' and subject_id in (${placed.id}, ${paid.orderId})`,
    );
    expect(told).toHaveLength(1);
    expect(await notifyOrder(world.deps, 'order_placed', ref)).toEqual([]);
    await sendDelivery(world.deps, { deliveryId: told[0]?.id ?? '' }, quiet());
    const [mail] = await inbox(world.sandbox, buyer.email);
    expect(mail?.text).toContain(`/orders/${placed.id}#`);
    // A hold may last a day: the clock alone would name a moment that is over.
    expect(mail?.text).toMatch(/(ditahan sampai|held until) \p{L}+,? \d+ \p{L}+ \d{4}, \d\d[.:]\d\d WIB/u);
  });

  test('up to ten of the messages that a rush of unpaid orders causes share a job', async () => {
    const event = await createEvent(world.db, { categories: [{ price: 90_000 }] });
    const deps = placingDeps(world.open);
    const orders = await Promise.all(Array.from({ length: 11 }, () => order(deps, event, { buyer: someBuyer() })));
    await notifyUnpaid(world.deps, { eventId: event.id, orderIds: orders.map(({ order: { id } }) => id) });
    const jobs = await rowsOf<{ name: string; messages: number }>(
      world.db,
      sql`select name, coalesce(jsonb_array_length(payload -> 'deliveryIds'), 1) as messages from outbox
        where event_id = ${event.id} and name like 'deliver%' order by messages`,
    );
    expect(jobs).toEqual([
      { name: 'delivery.send_reminder', messages: 1 },
      { name: 'deliveries.send_reminders', messages: 10 },
    ]);
  });

  test('550 5.1.1 fails the delivery, and the address is not tried again', async () => {
    const { buyer, deliveryId, orderId, eventId } = await queued();
    await control(world.sandbox, 'smtp/rules', {
      match: { recipient: buyer.email },
      stage: 'rcpt',
      answer: 550,
      message: '5.1.1 no such user',
    });
    await sendDelivery(world.deps, { deliveryId }, quiet());
    expect(await deliveriesOf(world.db, orderId)).toMatchObject([{ status: 'failed', failure: 'smtp_550' }]);
    await control(world.sandbox, 'reset', {});
    const [linkId = ''] = await notifyOrder(world.deps, 'order_link', { eventId, orderId });
    await sendDelivery(world.deps, { deliveryId: linkId }, quiet());
    expect(await inbox(world.sandbox, buyer.email)).toEqual([]);
    expect((await deliveriesOf(world.db, orderId)).map((delivery) => delivery.status).sort()).toEqual([
      'failed',
      'suppressed',
    ]);
  });

  test('what errors mean', () => {
    const error = (fields: object) => emailResult(Object.assign(new Error('to buyer@example.test'), fields), silentLog);
    expect(error({ responseCode: 451 })).toEqual({ kind: 'later', failure: 'smtp_451' });
    expect(error({ responseCode: 554 })).toEqual({ kind: 'failed', failure: 'smtp_554' });
    expect(error({ responseCode: 550, response: '550 5.7.1 policy' })).toEqual({ kind: 'failed', failure: 'smtp_550' });
    expect(error({ code: 'EAUTH', responseCode: 535 })).toMatchObject({ kind: 'later', failure: 'smtp_auth' });
    expect(error({ code: 'ETIMEDOUT' })).toEqual({ kind: 'later', failure: 'etimedout' });
    expect(error({ code: 'EUNANSWERED' })).toEqual({ kind: 'unknown', failure: 'smtp_unanswered' });
    expect(error({ code: 'EMESSAGE' })).toEqual({ kind: 'failed', failure: 'emessage' });
  });
});

test('promise 10: no address, name, phone or ticket code lies in payloads or deliveries', async () => {
  const canary = { name: 'Canary Person', email: 'canary@example.test', phone: '+6281999888777' };
  const { deliveryId } = await queued({ buyer: canary });
  await sendDelivery(world.deps, { deliveryId }, quiet());
  const rows = await rowsOf<{ text: string }>(
    world.db,
    sql`select row_to_json(d)::text as text from deliveries d union all select row_to_json(o)::text from outbox o`,
  );
  const everything = rows.map((row) => row.text).join('\n');
  for (const secret of [canary.name, canary.email, '81999888777']) expect(everything).not.toContain(secret);
});
