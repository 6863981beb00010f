import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { makeReminders } from '../../../src/notifications/announcements/make-reminders.ts';
import { composeMessage } from '../../../src/notifications/deliveries/compose-message.ts';
import { suppressRecipient } from '../../../src/notifications/deliveries/queries.ts';
import { notifyTakenBack } from '../../../src/notifications/notices/tickets-taken-back.ts';
import { notificationInvariants } from '../../../src/notifications/invariants.ts';
import { resendTickets } from '../../../src/notifications/deliveries/resend-tickets.ts';
import { createTellCorrectedBuyer } from '../../../src/notifications/deliveries/holder-messages.ts';
import { lockOrder } from '../../../src/orders/lifecycle/queries.ts';
import { refundOrder } from '../../../src/orders/lifecycle/refund-order.ts';
import { rowsOf, transaction } from '../../../src/platform/database/db.ts';
import { orderCode } from '../../../src/platform/ids.ts';
import { bothChannels, useAnnouncements } from '../../../testkit/notifications/announcing.ts';
import { money, plain, readable, sequenceOf, uidOf, unfolded } from '../../../testkit/notifications/event-notices.ts';
import { giveTicket } from '../../../testkit/notifications/given-ticket.ts';
import { inbox } from '../../../testkit/notifications/notification-world.ts';

/**
 * Guards that announcements and reminders reach every holder of a ticket once, and tell holders nothing about the order
 * or money.
 */

const { world, notices, openEvent } = await useAnnouncements();

const findings = async () =>
  (await Promise.all(notificationInvariants.map((invariant) => invariant.find(world.db)))).flat();
const subjectsOf = (told: Awaited<ReturnType<Awaited<ReturnType<typeof openEvent>>['desk']['announced']>>) =>
  told.map(({ orderId }) => orderId).toSorted();

test('an announcement reaches the holder of a ticket, and the buyer while one of the tickets is still theirs', async () => {
  const { event, desk } = await openEvent();
  const [shared, whole] = [await notices.paid(event, 'id', 2), await notices.paid(event, 'en')];
  const [budi, citra] = [await giveTicket(world, shared, 'Budi'), await giveTicket(world, whole, 'Citra')];
  const { recipients } = await desk.announce();
  expect(recipients.email).toBe(3);
  expect(subjectsOf(await desk.announced())).toEqual([shared.orderId, budi.ticketId, citra.ticketId].toSorted());
  await desk.deliver();
  expect(await inbox(world.sandbox, whole.buyer.email)).toEqual([]);

  const [mail] = await inbox(world.sandbox, citra.email);
  expect(mail?.subject).toBe('Doors open earlier');
  expect(plain(mail?.text ?? '')).toContain('Doors open at 16:00.  Bring an umbrella.');
  expect(mail?.text).toMatch(new RegExp(`/tickets/${citra.ticketId}#\\S+`));
  for (const [told, { orderId }] of [
    [mail, whole],
    [(await inbox(world.sandbox, budi.email))[0], shared],
  ] as const) {
    const text = told?.text ?? '';
    expect(text).not.toContain('/orders/');
    expect(text).not.toContain(orderCode(orderId));
    expect(readable(text)).not.toMatch(/pesanan|order/i);
    expect(readable(text)).not.toMatch(money);
  }
  expect(await findings()).toEqual([]);
});

test('an address gets one message, whether it has orders, tickets that it was given, or both', async () => {
  const { event, desk } = await openEvent();
  const buyer = await notices.paid(event);
  const [one, two, three] = [await notices.paid(event), await notices.paid(event), await notices.paid(event)];
  await giveTicket(world, one, 'Dewi', { email: buyer.buyer.email });
  await giveTicket(world, two, 'Eko');
  await giveTicket(world, three, 'Eko');
  await desk.announce();
  const told = await desk.announced();
  expect(told).toHaveLength(2);
  // The buyer is told by the order, which says more.
  expect(told.map(({ orderId }) => orderId)).toContain(buyer.orderId);
  expect(await findings()).toEqual([]);
});

test('the reminder reaches the holder and not the buyer who gave everything away; news stay with the buyer', async () => {
  const { event, desk } = await openEvent();
  const sold = await notices.paid(event);
  const { ticketId } = await giveTicket(world, sold, 'Fajar');
  await desk.agree(sold.orderId);
  await desk.aMinuteAgo();
  await world.db.execute(sql`
    update events set doors_open_at = now() + interval '22 hours', starts_at = now() + interval '23 hours',
      ends_at = now() + interval '26 hours', published_at = now() - interval '9 days' where id = ${event.id}`);
  await makeReminders(world.deps);
  const [reminder] = await rowsOf<{ id: string }>(
    world.db,
    sql`select id from announcements where event_id = ${event.id} and kind = 'reminder'`,
  );
  await desk.send(reminder?.id ?? '');
  expect((await desk.announced()).map(({ orderId, told }) => `${told} ${orderId}`)).toEqual([
    `event_reminder email queued ${ticketId}`,
  ]);
  const mail = await notices.mailOf(ticketId, 'event_reminder');
  expect(mail.text).toContain('Siapkan kode QR di halaman tiket');
  expect(readable(mail.text)).not.toMatch(/pesanan/i);
  await desk.announce({ kind: 'news' });
  expect((await notices.mailOf(sold.orderId, 'event_news')).unsubscribeUrl).toMatch(/unsubscriptions/);
  await expect(notices.messageOf(ticketId, 'event_news')).rejects.toThrow('no event_news');
});

test('a holder who was suppressed, gave the ticket on, or whose ticket was taken back is not written to', async () => {
  const { event, desk } = await openEvent();
  const [off, passed, revoked] = [await notices.paid(event), await notices.paid(event), await notices.paid(event)];
  const gone = await giveTicket(world, off, 'Gita');
  const given = await giveTicket(world, passed, 'Hadi');
  const taken = await giveTicket(world, revoked, 'Indra');
  await desk.announce(bothChannels);
  const [key] = await rowsOf<{ key: string }>(
    world.db,
    sql`select recipient_key as key from deliveries where subject_id = ${gone.ticketId}`,
  );
  await suppressRecipient(world.db, {
    channel: 'email',
    recipientKey: key?.key ?? '',
    reason: 'no_such_mailbox',
    days: undefined,
  });
  await giveTicket(world, passed, 'Joko', { number: 2 });
  await world.db.execute(sql`
    update tickets set status = 'revoked', revoked_at = now() where event_id = ${event.id} and id = ${taken.ticketId}`);
  await desk.deliver();
  const told = (await desk.announced()).map((row) => `${row.told} ${row.orderId}`);
  expect(told.toSorted()).toEqual(
    [gone, given, taken].map(({ ticketId }) => `event_practical email suppressed ${ticketId}`).toSorted(),
  );
  // A person who got the ticket after the sending was not in the audience.
  await world.db.execute(sql`
    update ticket_transfers set transferred_at = now() where event_id = ${event.id} and number = 2`);
  expect(await findings()).toEqual([]);
});

test('the audience is narrowed by the ticket that a holder has', async () => {
  const { event, desk } = await openEvent();
  const [inside, outside] = [await notices.paid(event), await notices.paid(event, 'id', 2)];
  const entered = await giveTicket(world, inside, 'Kiki');
  await giveTicket(world, outside, 'Lia');
  await world.db.execute(sql`
    insert into admissions (event_id, ticket_id, admitted_at, actor_id, device_id, scan_id)
    values (${event.id}, ${entered.ticketId}, now(), 'a', 'd', 's')`);
  await desk.announce({ audience: { checkedIn: true } });
  expect(subjectsOf(await desk.announced())).toEqual([entered.ticketId]);
  await world.db.execute(sql`
    update tickets set ticket_category_id = 'cat_other' where event_id = ${event.id} and id = ${entered.ticketId}`);
  const before = new Set((await desk.announced()).map(({ id }) => id));
  await desk.announce({ audience: { ticketCategoryIds: [event.categories[0]?.id] } });
  const after = (await desk.announced()).filter(({ id }) => !before.has(id));
  expect(after).toHaveLength(2);
  expect(subjectsOf(after)).not.toContain(entered.ticketId);
});

test('the mail of a transfer carries the code, and an entry for the calendar that a change of the event moves', async () => {
  const { event } = await openEvent();
  const sold = await notices.paid(event);
  const { ticketId } = await giveTicket(world, sold, 'Maya');
  const claim = { id: 'dlv_x', subject_id: ticketId, channel: 'email', version: 1, recipient_key: '' } as const;
  const message = await composeMessage(world.deps, { ...claim, template: 'ticket_received' });
  if (message?.channel !== 'email') throw new Error('no mail');
  const { mail } = message;
  expect(mail.attachments.map(({ filename }) => filename)).toEqual(['ticket-1.png', 'event.ics']);
  const entry = unfolded(mail);
  expect(entry).toContain('METHOD:PUBLISH');
  expect(entry).toContain(`URL:${world.deps.config.PUBLIC_URL}/tickets/${ticketId}`);
  expect(entry).not.toMatch(/order|pesanan/i);
  await notices.change(event, { venue: 'Balai Baru' });
  await notices.tell(event);
  const moved = unfolded(await notices.mailOf(ticketId, 'event_moved'));
  expect(uidOf(moved)).toBe(uidOf(entry));
  expect(sequenceOf(moved)).toBeGreaterThan(sequenceOf(entry));
});

test('a buyer who gave every ticket away still finds the order; tickets are not sent again, its link is', async () => {
  const { event } = await openEvent();
  const sold = await notices.paid(event);
  await giveTicket(world, sold, 'Nanda');
  const about = { id: 'dlv_x', subject_id: sold.orderId, channel: 'email', version: 1, recipient_key: '' } as const;
  expect(await composeMessage(world.deps, { ...about, template: 'order_found' })).toBeDefined();
  await expect(
    resendTickets(world.deps, { actor: notices.actorOf(event), orderId: sold.orderId }),
  ).rejects.toMatchObject({ code: 'notification.nothing_to_send' });
  await transaction(world.db, async (tx) => {
    const order = await lockOrder(tx, event.id, sold.orderId);
    if (order !== undefined) await createTellCorrectedBuyer(world.deps)(tx, order);
  });
  expect(await notices.toldOf(sold.orderId)).toContain('order_link email queued');
});

test('a holder whose ticket was taken back is told once, and one of an event that was called off by its notice', async () => {
  const [one, off] = [await openEvent(), await openEvent()];
  const takeBack = async (sold: Awaited<ReturnType<typeof notices.paid>>) => {
    await transaction(world.db, async (tx) => {
      const order = await lockOrder(tx, sold.eventId, sold.orderId);
      if (order !== undefined) await refundOrder(tx, order, { restock: true, reason: 'requested' });
    });
    for (let time = 1; time <= 2; time += 1) await notifyTakenBack(world.deps, 'order_refunded', sold);
  };
  const sold = await notices.paid(one.event, 'en');
  const { ticketId, email } = await giveTicket(world, sold, 'Oscar');
  await takeBack(sold);
  expect(await notices.toldOf(ticketId)).toEqual(['ticket_withdrawn email queued']);
  const { message } = await notices.messageOf(ticketId, 'ticket_withdrawn');
  if (message?.channel !== 'email') throw new Error('no mail');
  expect(message.to).toEqual({ name: 'Oscar', address: email });
  expect(message.mail.subject).toBe('Ticket no longer valid: Senja di Selatan');
  expect(readable(message.mail.text)).not.toMatch(money);
  expect(await notices.toldOf(sold.orderId)).toContain('order_refunded email queued');

  const ended = await notices.paid(off.event);
  const given = await giveTicket(world, ended, 'Putri');
  await notices.callOff(off.event);
  await takeBack(ended);
  expect(await notices.toldOf(given.ticketId)).toEqual([]);
});
