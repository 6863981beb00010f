import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { beforeEach, describe, expect, test } from 'vitest';
import { makeReminders } from '../../../src/notifications/announcements/make-reminders.ts';
import { remindOfPayments } from '../../../src/notifications/announcements/remind-of-payments.ts';
import { sendDelivery } from '../../../src/notifications/deliveries/send-delivery.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import type { TestEvent } from '../../../testkit/factories.ts';
import { announcing } from '../../../testkit/notifications/announcing.ts';
import { useEventNotices, money, plain, readable } from '../../../testkit/notifications/event-notices.ts';
import { deliveriesOf, inbox } from '../../../testkit/notifications/notification-world.ts';

/**
 * Guards the messages that an event sends by itself: the reminder before it begins, and the one before the time to pay
 * is over.
 */

const { world, notices } = await useEventNotices();
beforeEach(() => world.db.execute(sql`update events set status = 'draft'`));

const beginsIn = (event: TestEvent, hours: number) =>
  world.db.execute(sql`
    update events set starts_at = now() + make_interval(hours => ${hours}), ends_at = now() + make_interval(hours => ${hours + 3}),
      doors_open_at = now() + make_interval(hours => ${hours}), published_at = now() - interval '10 days' where id = ${event.id}`);
const remindersOf = (event: TestEvent) =>
  rowsOf<{ id: string; status: string }>(
    world.db,
    sql`select id, status from announcements where event_id = ${event.id} and kind = 'reminder' order by number`,
  );
async function openEvent(price = 150_000) {
  const event = await notices.newEvent(price);
  return { event, desk: await announcing(world, event) };
}

describe('the reminder of an event', () => {
  test('is made once for a date, even by concurrent runs, and goes out on both channels', async () => {
    const { event, desk } = await openEvent();
    const holder = await notices.paid(event, 'en');
    const hold = await notices.placed(event);
    await desk.aMinuteAgo();
    await beginsIn(event, 25);
    expect(await makeReminders(world.deps)).toBe(0);
    await beginsIn(event, 23);
    await Promise.all([1, 2, 3].map(() => makeReminders(world.deps)));
    await makeReminders(world.deps);
    const reminders = await remindersOf(event);
    expect(reminders).toHaveLength(1);
    expect(
      await rowsOf(
        world.db,
        sql`select payload ->> 'announcementId' as id from outbox where name = 'event.send_announcement'`,
      ),
    ).toEqual([{ id: reminders[0]?.id }]);
    await desk.send(reminders[0]?.id ?? '');
    await desk.deliver();
    expect((await desk.announced()).map(({ told }) => told)).toEqual([
      'event_reminder email accepted',
      expect.stringMatching(/^event_reminder whatsapp (accepted|sent|delivered|read)$/),
    ]);
    expect(await deliveriesOf(world.db, hold.orderId)).toEqual([]);
    const [mail] = await inbox(world.sandbox, holder.buyer.email);
    expect(mail?.subject).toBe('Coming up: Senja di Selatan');
    expect(plain(mail?.text ?? '')).toContain('Where: Lapangan Selatan, Jalan Selatan 1, Jakarta');
    expect((await desk.call('GET', '/announcements')).json).toMatchObject({
      data: [{ kind: 'reminder', content: null }],
    });
  });

  test.each(['id', 'en'] as const)('free tickets: no word about money (%s)', async (locale) => {
    const { event, desk } = await openEvent(0);
    const holder = await notices.placed(event, locale);
    await desk.aMinuteAgo();
    await beginsIn(event, 23);
    await makeReminders(world.deps);
    await desk.send((await remindersOf(event))[0]?.id ?? '');
    const mail = await notices.mailOf(holder.orderId, 'event_reminder');
    expect(readable(mail.text)).not.toMatch(money);
    expect(readable(mail.html)).not.toMatch(money);
  });

  test('nobody is reminded of the old date of an event that moves, is postponed or is called off', async () => {
    const { event, desk } = await openEvent();
    await notices.paid(event);
    await desk.aMinuteAgo();
    await beginsIn(event, 23);
    await makeReminders(world.deps);
    const [reminder] = await remindersOf(event);
    await world.db.execute(sql`update events set postponed_at = now() where id = ${event.id}`);
    await desk.send(reminder?.id ?? '');
    expect(await desk.announced()).toEqual([]);
    expect(await remindersOf(event)).toMatchObject([{ status: 'cancelled' }]);
    // The new date has a reminder of its own.
    await world.db.execute(sql`update events set postponed_at = null where id = ${event.id}`);
    await beginsIn(event, 22);
    await makeReminders(world.deps);
    expect(await remindersOf(event)).toHaveLength(2);
    // Queued, and then it moves: nothing is sent.
    await desk.send((await remindersOf(event))[1]?.id ?? '');
    await beginsIn(event, 40);
    await desk.deliver();
    expect((await desk.announced()).map(({ told }) => told)).toEqual([
      'event_reminder email suppressed',
      'event_reminder whatsapp suppressed',
    ]);
  });

  test('is made for the other events where one of them fails', async () => {
    const [bad, good] = [await openEvent(), await openEvent()];
    await beginsIn(bad.event, 22);
    await beginsIn(good.event, 23);
    const owner = postgres(world.database.directUrl, { max: 1, onnotice: () => {} });
    await owner.unsafe(
      `alter table announcements add constraint none_of_it check (event_id <> '${bad.event.id}') not valid`,
    );
    await expect(makeReminders(world.deps)).rejects.toThrow();
    expect(await remindersOf(good.event)).toHaveLength(1);
    await owner`alter table announcements drop constraint none_of_it`;
    await owner.end();
    expect(await makeReminders(world.deps)).toBe(1);
    expect(await remindersOf(bad.event)).toHaveLength(1);
  });

  test('is not made for an event that was published later or wants none, nor long after its time', async () => {
    const { event, desk } = await openEvent();
    await beginsIn(event, 23);
    await world.db.execute(sql`update events set published_at = now() where id = ${event.id}`);
    expect(await makeReminders(world.deps)).toBe(0);
    await beginsIn(event, 17);
    expect(await makeReminders(world.deps)).toBe(0);
    expect((await desk.call('GET', '/message-settings')).json).toEqual({
      changeNotices: 'automatic',
      reminderHours: 24,
      paymentReminderMinutes: 5,
    });
    const never = { reminderHours: null, paymentReminderMinutes: null, changeNotices: 'automatic' };
    expect((await desk.call('PUT', '/message-settings', never)).json).toEqual(never);
    await beginsIn(event, 23);
    expect(await makeReminders(world.deps)).toBe(0);
    await desk.call('PUT', '/message-settings', { ...never, reminderHours: 3 });
    await beginsIn(event, 2);
    expect(await makeReminders(world.deps)).toBe(1);
    expect((await desk.call('PUT', '/message-settings', { ...never, reminderHours: 0 })).status).toBe(400);
  });
});

describe('the time to pay', () => {
  const expiresIn = (orderId: string, minutes: number, wholeMinutes = 30) =>
    world.db.execute(sql`
      update orders set expires_at = now() + make_interval(mins => ${minutes}),
        placed_at = now() - make_interval(mins => ${wholeMinutes - minutes}) where id = ${orderId}`);

  test('is followed by one reminder by mail while the order can still be paid', async () => {
    const { event } = await openEvent();
    const [soon, later, short, paid] = [
      await notices.placed(event, 'en'),
      await notices.placed(event),
      await notices.placed(event),
      await notices.paid(event),
    ];
    await expiresIn(soon.orderId, 4);
    await expiresIn(later.orderId, 10);
    await expiresIn(short.orderId, 4, 6);
    await expiresIn(paid.orderId, 4);
    await Promise.all([1, 2, 3].map(() => remindOfPayments(world.deps)));
    expect(await remindOfPayments(world.deps)).toBe(0);
    const counts = await Promise.all([soon, later, short].map(({ orderId }) => deliveriesOf(world.db, orderId)));
    expect(counts.map((rows) => rows.map(({ template, channel }) => `${template} ${channel}`))).toEqual([
      ['payment_expiring email'],
      [],
      [],
    ]);
    expect((await notices.toldOf(paid.orderId)).some((told) => told.startsWith('payment_expiring'))).toBe(false);
    const { claim } = await notices.messageOf(soon.orderId, 'payment_expiring');
    await sendDelivery(world.deps, { deliveryId: claim.id }, AbortSignal.timeout(20_000));
    const [mail] = await inbox(world.sandbox, soon.buyer.email);
    expect(mail?.subject).toBe('Complete your payment: Senja di Selatan');
    expect(plain(mail?.text ?? '')).toMatch(/waits for its payment until .*, \d\d:\d\d WIB/);
  });

  test('an order that was paid meanwhile gets no reminder', async () => {
    const { event } = await openEvent();
    const holder = await notices.placed(event);
    await expiresIn(holder.orderId, 4);
    await remindOfPayments(world.deps);
    await world.db.execute(
      sql`update orders set status = 'paid', paid_at = now() where id = ${holder.orderId} and event_id = ${event.id}`,
    );
    const { message } = await notices.messageOf(holder.orderId, 'payment_expiring');
    expect(message).toBeUndefined();
  });

  test('of an event that cannot be reminded keeps no other event from its reminders', async () => {
    const [bad, good] = [await openEvent(), await openEvent()];
    const holders = [await notices.placed(bad.event), await notices.placed(good.event)];
    for (const { orderId } of holders) await expiresIn(orderId, 4);
    const told = () => Promise.all(holders.map(async ({ orderId }) => (await deliveriesOf(world.db, orderId)).length));
    const owner = postgres(world.database.directUrl, { max: 1, onnotice: () => {} });
    await owner.unsafe(
      `alter table deliveries add constraint none_of_it check (event_id <> '${bad.event.id}') not valid`,
    );
    await expect(remindOfPayments(world.deps)).rejects.toThrow();
    expect(await told()).toEqual([0, 1]);
    await owner`alter table deliveries drop constraint none_of_it`;
    await owner.end();
    await remindOfPayments(world.deps);
    expect(await told()).toEqual([1, 1]);
  });
});
