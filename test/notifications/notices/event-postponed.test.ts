import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { tellHoldersOfEvent } from '../../../src/notifications/index.ts';
import { notifyOrder } from '../../../src/notifications/notices/notify.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import {
  useEventNotices,
  money,
  plain,
  readable,
  sequenceOf,
  uidOf,
  unfolded,
} from '../../../testkit/notifications/event-notices.ts';

/** Guards that ticket holders are told once that an event has no date any more, and once of its new date. */

const { world, notices } = await useEventNotices();

const newDate = {
  startsAt: '2027-05-08T12:30:00Z',
  endsAt: '2027-05-08T15:00:00Z',
  doorsOpenAt: '2027-05-08T11:00:00Z',
};

describe('an event that is postponed', () => {
  test('holders are told that it has no date and the entry leaves their calendar; then the new date, and the entry is back', async () => {
    const event = await notices.newEvent(150_000);
    const [holder, hold] = [await notices.paid(event, 'en'), await notices.placed(event)];
    await notifyOrder(world.deps, 'tickets', holder);
    const issued = unfolded(await notices.mailOf(holder.orderId, 'tickets'));
    const postponed = await notices.postpone(event);
    expect(postponed.sales).toBe('closed');
    await notices.tell(event);
    expect(await notices.toldOf(hold.orderId)).toEqual([]);
    expect((await notices.toldOf(holder.orderId)).slice(0, 2)).toEqual([
      'event_postponed email queued',
      'event_postponed whatsapp queued',
    ]);
    const mail = await notices.mailOf(holder.orderId, 'event_postponed');
    expect(mail.subject).toBe('Event postponed: Senja di Selatan');
    expect(plain(mail.text)).toContain('planned for Saturday, 6 March 2027, 19:30 WIB, was postponed');
    expect(plain(mail.text)).toContain('It was to be on: Saturday, 6 March 2027, 19:30 WIB');
    expect(mail.attachments[0]?.contentType).toContain('method=CANCEL');
    const removed = unfolded(mail);
    expect(removed).toContain('METHOD:CANCEL');
    expect(uidOf(removed)).toBe(uidOf(issued));
    expect(sequenceOf(removed)).toBeGreaterThan(sequenceOf(issued));
    const { message } = await notices.messageOf(holder.orderId, 'event_postponed', 'whatsapp');
    expect(message).toMatchObject({
      message: {
        template: 'event_postponed',
        bodyParameters: ['Ayu Lestari', 'Senja di Selatan', 'Saturday, 6 March 2027, 19:30 WIB', expect.any(String)],
      },
    });

    // What is read again meanwhile has no date either.
    const reread = plain((await notices.mailOf(holder.orderId, 'tickets')).text);
    expect(reread).toContain('When: Postponed, new date to come');
    expect(reread).not.toMatch(/6 March|Doors open/);
    expect((await notices.messageOf(holder.orderId, 'tickets', 'whatsapp')).message).toMatchObject({
      message: {
        bodyParameters: [expect.any(String), 'Senja di Selatan', 'Postponed, new date to come', expect.any(String)],
      },
    });

    // A new venue alone causes no message while there is no date.
    await notices.change(event, { venue: 'Stadion Utara' });
    expect(await notices.noticesOf(event)).toHaveLength(1);
    const dated = await notices.change(event, newDate);
    expect(dated.postponedAt).toBeNull();
    await notices.tell(event);
    const again = await notices.mailOf(holder.orderId, 'event_moved');
    expect(again.subject).toBe('A date again: Senja di Selatan');
    expect(plain(again.text)).toContain(
      'has a date: Saturday, 8 May 2027, 19:30 WIB, at Stadion Utara, Jalan Selatan 1, Jakarta',
    );
    const back = unfolded(again);
    expect(back).toContain('METHOD:PUBLISH');
    expect(back).toContain('DTSTART:20270508T123000Z');
    expect(uidOf(back)).toBe(uidOf(issued));
    expect(sequenceOf(back)).toBeGreaterThan(sequenceOf(removed));
  });

  test.each(['id', 'en'] as const)('free tickets: no word about money (%s)', async (locale) => {
    const event = await notices.newEvent(0);
    const holder = await notices.placed(event, locale);
    await notices.postpone(event);
    await notices.tell(event);
    expect(await notices.toldOf(holder.orderId)).toEqual(['event_postponed email queued']);
    const mail = await notices.mailOf(holder.orderId, 'event_postponed');
    expect(readable(mail.text)).not.toMatch(money);
    expect(readable(mail.html)).not.toMatch(money);
  });

  test('holders are told also when the old date has passed meanwhile; control: nobody of a move to a date that has passed', async () => {
    const [postponed, moved] = [await notices.newEvent(0), await notices.newEvent(0)];
    const holders = [await notices.placed(postponed), await notices.placed(moved)];
    await notices.postpone(postponed);
    await notices.change(moved, { venue: 'Stadion Utara' });
    for (const { id } of [postponed, moved]) {
      await world.db.execute(sql`
        update events set doors_open_at = now() - interval '4 hours', starts_at = now() - interval '3 hours',
          ends_at = now() - interval '1 hour' where id = ${id}`);
      await world.db.execute(sql`
        update event_notices set before = jsonb_set(before, '{endsAt}', '"2026-01-01T12:00:00.000Z"') where event_id = ${id}`);
    }
    await notices.tell(postponed);
    await notices.tell(moved);
    const told = await Promise.all(holders.map(({ orderId }) => notices.toldOf(orderId)));
    expect(told).toEqual([['event_postponed email queued'], []]);
  });

  test('nobody is told of a postponement that is undone before the notice went out', async () => {
    const event = await notices.newEvent(0);
    const holder = await notices.placed(event);
    await notices.postpone(event);
    await notices.resume(event);
    await notices.tell(event);
    expect(await notices.toldOf(holder.orderId)).toEqual([]);
  });

  test('a new date before the notice of the postponement went out is a move from the first date', async () => {
    const event = await notices.newEvent(0);
    const holder = await notices.placed(event, 'en');
    await notices.postpone(event);
    await notices.change(event, newDate);
    await notices.tell(event);
    expect(await notices.toldOf(holder.orderId)).toEqual(['event_moved email queued']);
    const mail = await notices.mailOf(holder.orderId, 'event_moved');
    expect(mail.subject).toBe('New time: Senja di Selatan');
    expect(plain(mail.text)).toContain('When before: Saturday, 6 March 2027, 19:30 WIB');
  });

  test('holders who were told of the postponement are told when it takes place at its first date after all', async () => {
    const event = await notices.newEvent(0);
    const holder = await notices.placed(event);
    await notices.postpone(event);
    await notices.tell(event);
    await notices.resume(event);
    await notices.tell(event);
    expect(await notices.toldOf(holder.orderId)).toEqual(['event_moved email queued', 'event_postponed email queued']);
    expect((await notices.mailOf(holder.orderId, 'event_moved')).subject).toBe('Tanggal baru: Senja di Selatan');
  });

  test('a waiting notice of a move is dropped once the event is postponed, and a postponed event can be called off', async () => {
    const event = await notices.newEvent(0);
    const holder = await notices.placed(event);
    await notices.change(event, { venue: 'Stadion Utara' });
    await notices.postpone(event);
    await notices.callOff(event);
    await notices.tell(event);
    expect(await notices.toldOf(holder.orderId)).toEqual(['event_cancelled email queued']);
    const open = await rowsOf(
      world.db,
      sql`select id from event_notices where event_id = ${event.id} and ended_at is null`,
    );
    expect(open).toEqual([]);
  });

  test('a move of which nobody was told is told when the postponement is undone', async () => {
    const event = await notices.newEvent(150_000);
    const holder = await notices.paid(event, 'en');
    await notices.change(event, newDate);
    await notices.postpone(event);
    // The job of the move runs meanwhile, and has nothing to say.
    for (const { id, kind } of await notices.noticesOf(event)) {
      if (kind === 'moved') await tellHoldersOfEvent(world.deps, { noticeId: id });
    }
    await notices.resume(event);
    await notices.tell(event);
    expect(await notices.toldOf(holder.orderId)).toContain('event_moved email queued');
    const mail = await notices.mailOf(holder.orderId, 'event_moved');
    expect(plain(mail.text)).toContain('Saturday, 8 May 2027, 19:30 WIB');
  });
});
