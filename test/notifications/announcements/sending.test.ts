import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { notificationInvariants } from '../../../src/notifications/invariants.ts';
import { sendAnnouncement } from '../../../src/notifications/announcements/send-announcement.ts';
import { recoverDeliveries } from '../../../src/notifications/deliveries/recover-deliveries.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { createOrganizer, someBuyer } from '../../../testkit/factories.ts';
import { bothChannels, useAnnouncements } from '../../../testkit/notifications/announcing.ts';
import { callDesk, signedIn } from '../../../testkit/notifications/desk.ts';
import { inbox } from '../../../testkit/notifications/notification-world.ts';
import { order, placingDeps } from '../../../testkit/orders/placing.ts';
import { silentLog } from '../../../testkit/processes/worker.ts';

/** Guards that a confirmed announcement reaches each buyer of its audience once, whatever happens while it is sent. */

const { world, notices, openEvent } = await useAnnouncements();

const findings = async () =>
  (await Promise.all(notificationInvariants.map((invariant) => invariant.find(world.db)))).flat();

describe('audience', () => {
  test('is the buyers of chosen categories, by whether one of their tickets has entered', async () => {
    const { event, desk } = await openEvent();
    const [inside, outside] = [await notices.paid(event), await notices.paid(event)];
    await world.db.execute(sql`
      insert into admissions (event_id, ticket_id, admitted_at, actor_id, device_id, scan_id)
      select event_id, id, now(), 'a', 'd', 's' || id from tickets where order_id = ${inside.orderId} limit 1`);
    const toldBy = async (audience: Record<string, unknown>) => {
      const before = new Set((await desk.announced()).map(({ id }) => id));
      await desk.announce({ audience });
      return (await desk.announced()).filter(({ id }) => !before.has(id)).map(({ orderId }) => orderId);
    };
    expect(await toldBy({ checkedIn: true })).toEqual([inside.orderId]);
    expect(await toldBy({ checkedIn: false })).toEqual([outside.orderId]);
    const [category] = event.categories;
    expect(await toldBy({ ticketCategoryIds: [category?.id] })).toHaveLength(2);
    await world.db.execute(
      sql`update tickets set ticket_category_id = 'cat_other' where order_id = ${outside.orderId}`,
    );
    expect(await toldBy({ ticketCategoryIds: [category?.id] })).toEqual([inside.orderId]);
  });
});

describe('sending', () => {
  test('many buyers are told page by page, each once, by concurrent workers, one of which is killed', async () => {
    const crowd = 450;
    const { event, desk } = await openEvent(0, crowd + 1);
    const placing = placingDeps(world.open);
    const buyer = someBuyer();
    await order(placing, event, { buyer });
    await Promise.all(Array.from({ length: crowd - 1 }, () => order(placing, event, {})));
    // One person with two orders, of which the pages see the first and the last.
    await order(placing, event, { buyer });
    const drafted = await desk.draft();
    expect(drafted.recipients.email).toBe(crowd);
    await desk.confirm(drafted, drafted.confirmationToken);
    let pages = 0;
    const cutOff = new Proxy(world.deps.clock, {
      get: (clock, name, receiver) => {
        if (name === 'now' && (pages += 1) > 1) throw new Error('cut off');
        return Reflect.get(clock, name, receiver) as unknown;
      },
    });
    const announcementId = drafted.id;
    await expect(sendAnnouncement({ ...world.deps, clock: cutOff }, { announcementId })).rejects.toThrow('cut off');
    expect(await desk.announced()).toHaveLength(200);
    await Promise.all([1, 2, 3].map(() => sendAnnouncement(world.deps, { announcementId })));
    expect(await desk.announced()).toHaveLength(crowd);
    expect(await findings()).toEqual([]);
  });

  test('cancelling during the sending: the rest is not queued, and queued messages are not sent', async () => {
    const { event, desk } = await openEvent();
    const holder = await notices.paid(event);
    const drafted = await desk.announce();
    await world.db.execute(sql`update announcements set status = 'sending', ended_at = null where id = ${drafted.id}`);
    expect((await desk.call('POST', `/announcements/${drafted.id}/cancellation`)).json).toMatchObject({
      status: 'cancelled',
    });
    await notices.paid(event);
    await desk.send(drafted.id);
    await desk.deliver();
    expect((await desk.announced()).map(({ told }) => told)).toEqual(['event_practical email suppressed']);
    expect(await inbox(world.sandbox, holder.buyer.email)).toEqual([]);
    expect((await desk.call('POST', `/announcements/${drafted.id}/cancellation`)).status).toBe(200);
    const sent = await desk.announce();
    const answer = await desk.call('POST', `/announcements/${sent.id}/cancellation`);
    expect([answer.status, answer.json['code']]).toEqual([409, 'announcement.ended']);
  });

  test('the figures of the event have one row for each template and channel', async () => {
    const { event, desk } = await openEvent();
    await notices.paid(event);
    await notices.paid(event);
    await desk.announce(bothChannels);
    const nothing = { queued: 0, sent: 0, delivered: 0, failed: 0, heldBack: 0 };
    expect((await desk.call('GET', '/deliveries/summary')).json['data']).toEqual([
      { ...nothing, template: 'event_practical', channel: 'email', queued: 2 },
      { ...nothing, template: 'event_practical', channel: 'whatsapp', queued: 2 },
    ]);
    const stranger = await createOrganizer(world.db);
    const as = await signedIn(world, stranger, 'owner');
    const path = `/v1/organizers/${stranger.slug}/events/${event.id}/deliveries/summary`;
    expect((await callDesk(world, 'GET', path, { as })).json['code']).toBe('event.not_found');
  });

  test('an order that was refunded meanwhile gets nothing', async () => {
    const { event, desk } = await openEvent();
    const holder = await notices.paid(event);
    await desk.announce();
    await world.db.execute(
      sql`update tickets set status = 'revoked', revoked_at = now() where order_id = ${holder.orderId}`,
    );
    await desk.deliver();
    expect((await desk.announced()).map(({ told }) => told)).toEqual(['event_practical email suppressed']);
  });

  test('a lost job is staged again; the invariants report an announcement without a job and a buyer without a message', async () => {
    const { event, desk } = await openEvent();
    await notices.paid(event);
    const drafted = await desk.draft();
    await desk.confirm(drafted, drafted.confirmationToken);
    await world.db.execute(sql`delete from outbox`);
    await world.db.execute(
      sql`update announcements set confirmed_at = now() - interval '40 minutes' where id = ${drafted.id}`,
    );
    const isNamed = async () => (await findings()).some((sentence) => sentence.includes(drafted.id));
    expect(await isNamed()).toBe(true);
    await recoverDeliveries({ db: world.db, log: silentLog });
    const staged = await rowsOf<{ id: string }>(
      world.db,
      sql`select payload ->> 'announcementId' as id from outbox where name = 'event.send_announcement'`,
    );
    expect(staged).toEqual([{ id: drafted.id }]);
    await desk.send(drafted.id);
    expect(await isNamed()).toBe(false);
    await world.db.execute(sql`delete from deliveries where event_id = ${event.id} and template = 'event_practical'`);
    expect(await isNamed()).toBe(true);
    await world.db.execute(sql`delete from announcements where id = ${drafted.id}`);
  });
});
