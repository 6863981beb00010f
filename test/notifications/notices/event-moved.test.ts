import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import type { ChangeEvent } from '../../../src/catalog/events/schemas.ts';
import { notificationInvariants } from '../../../src/notifications/invariants.ts';
import { notifyOrder } from '../../../src/notifications/notices/notify.ts';
import { recoverDeliveries } from '../../../src/notifications/deliveries/recover-deliveries.ts';
import { tellHoldersOfEvent } from '../../../src/notifications/notices/tell-holders.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { RetryLater } from '../../../src/platform/jobs/retry-later.ts';
import {
  delaySeconds,
  useEventNotices,
  plain,
  sequenceOf,
  uidOf,
  unfolded,
} from '../../../testkit/notifications/event-notices.ts';
import { order, placingDeps } from '../../../testkit/orders/placing.ts';
import { silentLog } from '../../../testkit/processes/worker.ts';

/** Guards that ticket holders are told once about a new time or place, with the old one. */

const { world, notices } = await useEventNotices();

describe('an event that moves', () => {
  test('holders of valid tickets are told the old and the new date, and the entry in their calendar moves', async () => {
    const event = await notices.newEvent(150_000);
    const [holder, hold] = [await notices.paid(event, 'en'), await notices.placed(event)];
    await notifyOrder(world.deps, 'tickets', holder);
    const issued = unfolded(await notices.mailOf(holder.orderId, 'tickets'));
    await notices.change(event, {
      startsAt: '2027-03-13T13:00:00Z',
      endsAt: '2027-03-13T16:00:00Z',
      doorsOpenAt: '2027-03-13T11:30:00Z',
      venue: 'Stadion Utara',
    });
    const [notice] = await notices.noticesOf(event);
    expect(notice?.wait).toBeGreaterThan(delaySeconds - 60);
    await expect(tellHoldersOfEvent(world.deps, { noticeId: notice?.id ?? '' })).rejects.toThrow(RetryLater);
    await notices.tell(event);
    expect(await notices.toldOf(hold.orderId)).toEqual([]);
    expect((await notices.toldOf(holder.orderId)).slice(0, 2)).toEqual([
      'event_moved email queued',
      'event_moved whatsapp queued',
    ]);
    const mail = await notices.mailOf(holder.orderId, 'event_moved');
    expect(mail.subject).toBe('New time and place: Senja di Selatan');
    const text = plain(mail.text);
    expect(text).toContain(
      'When before: Saturday, 6 March 2027, 19:30 WIB When now: Saturday, 13 March 2027, 20:00 WIB',
    );
    expect(text).toContain(
      'Where before: Lapangan Selatan, Jalan Selatan 1, Jakarta Where now: Stadion Utara, Jalan Selatan 1, Jakarta',
    );
    const calendar = unfolded(mail);
    expect(calendar).toContain('METHOD:PUBLISH');
    expect(calendar).toContain('DTSTART:20270313T130000Z');
    expect(uidOf(calendar)).toBe(uidOf(issued));
    expect(sequenceOf(calendar)).toBeGreaterThan(sequenceOf(issued));
    const { message } = await notices.messageOf(holder.orderId, 'event_moved', 'whatsapp');
    expect(message).toMatchObject({
      message: {
        template: 'event_moved',
        bodyParameters: [
          'Ayu Lestari',
          'Senja di Selatan',
          'Saturday, 13 March 2027, 20:00 WIB',
          'Stadion Utara, Jalan Selatan 1, Jakarta',
          expect.any(String),
        ],
      },
    });
  });

  test.each([
    ['the start', { startsAt: '2027-03-06T13:00:00Z' }, 'Waktu berubah: Senja di Selatan'],
    ['the end', { endsAt: '2027-03-06T16:00:00Z' }, 'Waktu berubah: Senja di Selatan'],
    ['the doors', { doorsOpenAt: '2027-03-06T10:00:00Z' }, 'Waktu berubah: Senja di Selatan'],
    ['the zone', { timeZone: 'Asia/Makassar' }, 'Waktu berubah: Senja di Selatan'],
    ['the venue', { venue: 'Stadion Utara' }, 'Tempat berubah: Senja di Selatan'],
    ['the address', { address: 'Jalan Utara 2' }, 'Tempat berubah: Senja di Selatan'],
    ['the city', { city: 'Bandung' }, 'Tempat berubah: Senja di Selatan'],
    ['the summary', { summary: 'Malam musik.' }, undefined],
    ['the fee', { feePerTicket: { amount: 1000, currency: 'IDR' } }, undefined],
  ] satisfies [string, ChangeEvent, string | undefined][])('%s', async (_, values, subject) => {
    const event = await notices.newEvent(0);
    const holder = await notices.placed(event);
    await notices.change(event, values);
    await notices.tell(event);
    if (subject === undefined) {
      expect(await notices.noticesOf(event)).toEqual([]);
      expect(await notices.toldOf(holder.orderId)).toEqual([]);
      return;
    }
    const mail = await notices.mailOf(holder.orderId, 'event_moved');
    expect(mail.subject).toBe(subject);
    expect(mail.text).toMatch(/semula: .*\n.*sekarang: /);
  });

  test('edits in quick succession are one message, compared with the state before the first', async () => {
    const event = await notices.newEvent(0);
    const holder = await notices.placed(event);
    await notices.change(event, { venue: 'Stadion Utara' });
    await notices.change(event, { venue: 'Stadion Barat' });
    await notices.change(event, { startsAt: '2027-03-06T13:00:00Z' });
    expect(await notices.noticesOf(event)).toHaveLength(1);
    expect(await rowsOf(world.db, sql`select 1 from outbox where name = 'event.tell_holders'`)).toHaveLength(1);
    await notices.tell(event);
    await notices.tell(event);
    expect(await notices.toldOf(holder.orderId)).toEqual(['event_moved email queued']);
    const text = plain((await notices.mailOf(holder.orderId, 'event_moved')).text);
    expect(text).toContain('Tempat semula: Lapangan Selatan');
    expect(text).toContain('Tempat sekarang: Stadion Barat');
    expect(text).not.toContain('Utara');
    // Later changes are told separately.
    await notices.change(event, { venue: 'Stadion Timur' });
    await notices.tell(event);
    expect(await notices.toldOf(holder.orderId)).toHaveLength(2);
    expect(plain((await notices.mailOf(holder.orderId, 'event_moved')).text)).toContain('Tempat semula: Stadion Barat');
  });

  test('a notice waits at most half an hour for an organizer who keeps editing', async () => {
    const event = await notices.newEvent(0);
    await notices.placed(event);
    await notices.change(event, { venue: 'Stadion Utara' });
    await world.db.execute(
      sql`update event_notices set created_at = now() - interval '28 minutes' where event_id = ${event.id}`,
    );
    await notices.change(event, { venue: 'Stadion Barat' });
    const [notice] = await notices.noticesOf(event);
    expect(notice?.wait).toBeLessThan(130);
  });

  test('holders of an event that keeps moving are told at most three times an hour, the last time with its final date', async () => {
    const event = await notices.newEvent(0);
    const holder = await notices.placed(event);
    for (const venue of ['Satu', 'Dua', 'Tiga']) {
      await notices.change(event, { venue });
      await notices.tell(event);
    }
    for (const venue of ['Empat', 'Lima']) await notices.change(event, { venue });
    const waiting = (await notices.noticesOf(event)).at(-1);
    expect(waiting?.wait).toBeGreaterThan(3500);
    expect(await notices.toldOf(holder.orderId)).toHaveLength(3);
    await notices.tell(event);
    const text = plain((await notices.mailOf(holder.orderId, 'event_moved')).text);
    expect(text).toContain('Tempat semula: Tiga');
    expect(text).toContain('Tempat sekarang: Lima');
  });

  test('moved and moved back, over, or called off meanwhile: nobody is told of the move', async () => {
    const [back, over, off] = [await notices.newEvent(0), await notices.newEvent(0), await notices.newEvent(0)];
    const holders = [await notices.placed(back), await notices.placed(over), await notices.placed(off)];
    await notices.change(back, { venue: 'Stadion Utara' });
    await notices.change(back, { venue: 'Lapangan Selatan' });
    await notices.change(over, { venue: 'Stadion Utara' });
    await world.db.execute(sql`
      update events set doors_open_at = now() - interval '4 days', starts_at = now() - interval '4 days', ends_at = now() - interval '3 days'
      where id = ${over.id}`);
    await world.db.execute(sql`
      update event_notices set before = jsonb_set(before, '{endsAt}', '"2026-01-01T00:00:00.000Z"') where event_id = ${over.id}`);
    await notices.change(off, { venue: 'Stadion Utara' });
    await notices.callOff(off);
    for (const event of [back, over, off]) await notices.tell(event);
    const told = await Promise.all(holders.map(({ orderId }) => notices.toldOf(orderId)));
    expect(told).toEqual([[], [], ['event_cancelled email queued']]);
    for (const event of [back, over, off])
      expect((await notices.noticesOf(event)).every(({ ended }) => ended)).toBe(true);
  });

  test('buyers who ordered after the last change are not told of it', async () => {
    const event = await notices.newEvent(0);
    const before = await notices.placed(event);
    await notices.change(event, { venue: 'Stadion Utara' });
    const after = await notices.placed(event);
    await notices.tell(event);
    expect(await notices.toldOf(before.orderId)).toHaveLength(1);
    expect(await notices.toldOf(after.orderId)).toEqual([]);
  });

  test('many holders are told page by page, each once, by workers that run the same job, one of which is killed', async () => {
    const crowd = 450;
    const event = await notices.newEvent(0, crowd);
    const placing = placingDeps(world.open);
    await Promise.all(Array.from({ length: crowd }, () => order(placing, event, {})));
    await notices.change(event, { venue: 'Stadion Utara' });
    await world.db.execute(sql`update event_notices set due_at = now() where event_id = ${event.id}`);
    const [notice] = await notices.noticesOf(event);
    const noticeId = notice?.id ?? '';
    // The second page of this run fails; the first one stays told.
    let pages = 0;
    const cutOff = new Proxy(world.deps.clock, {
      get: (clock, name, receiver) => {
        if (name === 'now' && (pages += 1) > 1) throw new Error('cut off');
        return Reflect.get(clock, name, receiver) as unknown;
      },
    });
    await expect(tellHoldersOfEvent({ ...world.deps, clock: cutOff }, { noticeId })).rejects.toThrow('cut off');
    const told = () =>
      rowsOf<{ orders: number; deliveries: number }>(
        world.db,
        sql`select count(distinct subject_id)::int as orders, count(*)::int as deliveries from deliveries where event_id = ${event.id}`,
      );
    expect(await told()).toEqual([{ orders: 200, deliveries: 200 }]);
    await Promise.all([1, 2, 3].map(() => tellHoldersOfEvent(world.deps, { noticeId })));
    expect(await told()).toEqual([{ orders: crowd, deliveries: crowd }]);
  });

  test('a lost job is staged again, and the invariant reports a notice without a job', async () => {
    const event = await notices.newEvent(0);
    await notices.placed(event);
    await notices.change(event, { venue: 'Stadion Utara' });
    await world.db.execute(sql`delete from outbox`);
    await world.db.execute(
      sql`update event_notices set due_at = now() - interval '40 minutes' where event_id = ${event.id}`,
    );
    const [notice] = await notices.noticesOf(event);
    const findings = async () =>
      (await Promise.all(notificationInvariants.map((invariant) => invariant.find(world.db)))).flat();
    expect((await findings()).some((sentence) => sentence.includes(notice?.id ?? '-'))).toBe(true);
    await recoverDeliveries({ db: world.db, log: silentLog });
    const staged = await rowsOf<{ id: string }>(
      world.db,
      sql`select payload ->> 'noticeId' as id from outbox where name = 'event.tell_holders'`,
    );
    expect(staged).toEqual([{ id: notice?.id }]);
    await notices.tell(event);
    expect((await findings()).some((sentence) => sentence.includes(notice?.id ?? '-'))).toBe(false);
  });
});
