import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { composeMessage } from '../../../src/notifications/deliveries/compose-message.ts';
import { countHolders } from '../../../src/notifications/notices/queries.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { orderCode } from '../../../src/platform/ids.ts';
import { uidOf, unfolded, useEventNotices } from '../../../testkit/notifications/event-notices.ts';
import { giveTicket } from '../../../testkit/notifications/given-ticket.ts';

/**
 * Guards that a person who was given a ticket is told what happens to the event, and learns nothing about the order or
 * money.
 */

const { world, notices } = await useEventNotices();

const isAboutMoney = /bayar|uang|refund|money|Rp|IDR/i;

test('the holder is told that the event is called off, in the language of the order and without a word about money', async () => {
  for (const [locale, subject, more] of [
    ['id', /^Acara dibatalkan/, 'Tiket Anda tidak berlaku lagi'],
    ['en', /^Event called off/, 'Your ticket is no longer valid'],
  ] as const) {
    const event = await notices.newEvent(100_000);
    const sold = await notices.paid(event, locale);
    const { ticketId, email } = await giveTicket(world, sold, 'Budi');
    await notices.callOff(event);
    await notices.tell(event);
    const { message } = await notices.messageOf(ticketId, 'event_cancelled');
    if (message?.channel !== 'email') throw new Error('no mail');
    expect(message.to).toEqual({ name: 'Budi', address: email });
    expect(message.mail.subject).toMatch(subject);
    expect(message.mail.text).toContain(more);
    expect(message.mail.text).not.toMatch(isAboutMoney);
    expect(message.mail.text).not.toContain(sold.orderId.slice(-5));
    expect(message.mail.text).not.toContain('/tickets/');
    const entry = unfolded(message.mail);
    expect(entry).toContain('METHOD:CANCEL');
    expect(uidOf(entry)).toBe(`${ticketId.toLowerCase()}@antre`);
    expect(entry).not.toContain(orderCode(sold.orderId));
    expect(await notices.toldOf(sold.orderId)).toContain('event_cancelled email queued');
  }
});

test('the holder is told of a move and a postponement with the link of the ticket, and is counted in the preview', async () => {
  const event = await notices.newEvent(100_000);
  const sold = await notices.paid(event);
  const { ticketId } = await giveTicket(world, sold, 'Citra');
  const now = new Date();
  const counted = await countHolders(world.db, { eventId: event.id, kind: 'moved', createdAt: now, changedAt: now });
  expect(counted.email).toBe(2);

  await notices.change(event, { venue: 'Balai Baru' });
  await notices.tell(event);
  const moved = await notices.mailOf(ticketId, 'event_moved');
  expect(moved.subject).toMatch(/^Tempat berubah/);
  expect(moved.text).toContain('Balai Baru');
  expect(moved.text).toMatch(new RegExp(`/tickets/${ticketId}#\\S+`));
  expect(unfolded(moved)).toContain('METHOD:PUBLISH');
  // The buyer has no ticket left to plan for; the money is still the buyer's.
  const toBuyer = await notices.mailOf(sold.orderId, 'event_moved');
  expect(toBuyer.attachments).toEqual([]);

  await notices.postpone(event);
  await notices.tell(event);
  const postponed = await notices.mailOf(ticketId, 'event_postponed');
  expect(postponed.text).toContain('Tiket Anda tetap berlaku untuk tanggal yang baru');
});

test('a former holder is told nothing about a ticket that was transferred again', async () => {
  const event = await notices.newEvent(100_000);
  const sold = await notices.paid(event);
  const { ticketId } = await giveTicket(world, sold, 'Dewi');
  await notices.change(event, { venue: 'Balai Lain' });
  await notices.tell(event);
  await giveTicket(world, sold, 'Eko', { number: 2 });
  expect((await notices.messageOf(ticketId, 'event_moved')).message).toBeUndefined();
});

test('a buyer who got the ticket back is told once, as its buyer', async () => {
  const event = await notices.newEvent(100_000);
  const sold = await notices.paid(event);
  const { ticketId } = await giveTicket(world, sold, 'Fajar');
  await world.db.execute(sql`
    update ticket_transfers set holder_key = (select buyer_keys[1] from orders where id = ${sold.orderId}) where ticket_id = ${ticketId}`);
  await notices.change(event, { venue: 'Balai Tua' });
  await notices.tell(event);
  const told = await rowsOf(world.db, sql`select 1 from deliveries where subject_id = ${ticketId}`);
  expect(told).toEqual([]);
});

test('replies of holders go to the organiser, also those to the mail about the transfer', async () => {
  const event = await notices.newEvent(100_000);
  const sold = await notices.paid(event);
  const { ticketId } = await giveTicket(world, sold, 'Gita');
  await world.db.execute(sql`
    insert into organizer_profiles (organizer_id, contact_email) values (${event.organizer.id}, 'halo@panggung.test')`);
  await notices.change(event, { venue: 'Balai Kota' });
  await notices.tell(event);
  const { claim } = await notices.messageOf(ticketId, 'event_moved');
  for (const [template, version] of [
    ['event_moved', claim.version],
    ['ticket_received', 1],
    ['ticket_given', 1],
  ] as const) {
    const message = await composeMessage(world.deps, { ...claim, template, version });
    if (message?.channel !== 'email') throw new Error(`no ${template}`);
    expect([template, message.mail.replyTo?.address]).toEqual([template, 'halo@panggung.test']);
  }
});
