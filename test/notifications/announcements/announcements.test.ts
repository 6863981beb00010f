import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { notificationInvariants } from '../../../src/notifications/invariants.ts';
import { sendAnnouncement } from '../../../src/notifications/announcements/send-announcement.ts';
import { recoverDeliveries } from '../../../src/notifications/deliveries/recover-deliveries.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { createOrganizer, someBuyer } from '../../../testkit/factories.ts';
import { announcing, someContent } from '../../../testkit/notifications/announcing.ts';
import { callDesk, signedIn } from '../../../testkit/notifications/desk.ts';
import { eventNotices, money, plain, readable } from '../../../testkit/notifications/event-notices.ts';
import {
  type Notifications,
  addSender,
  inbox,
  openNotifications,
  paidOrder,
  whatsappMessages,
} from '../../../testkit/notifications/notification-world.ts';
import { order, placingDeps } from '../../../testkit/orders/placing.ts';
import { silentLog } from '../../../testkit/processes/worker.ts';

/** Guards that an organiser's words reach the buyers of an event once, and only as they were previewed and confirmed. */

let world: Notifications;
let notices: ReturnType<typeof eventNotices>;
beforeAll(async () => {
  world = await openNotifications();
  notices = eventNotices(world);
  await addSender(world.db);
});
beforeEach(() => world.db.execute(sql`delete from outbox`));
afterAll(() => world.close());

async function openEvent(price = 150_000, capacity = 100) {
  const event = await notices.newEvent(price, capacity);
  return { event, desk: await announcing(world, event) };
}
const bothChannels = { channels: ['email', 'whatsapp'] };
const findings = async () =>
  (await Promise.all(notificationInvariants.map((invariant) => invariant.find(world.db)))).flat();

describe('preview and confirmation', () => {
  test('the preview says whom it reaches and how it reads in both languages, and sends nothing', async () => {
    const { event, desk } = await openEvent();
    await notices.paid(event);
    await notices.placed(event);
    const drafted = await desk.draft(bothChannels);
    expect(drafted).toMatchObject({ status: 'draft', recipients: { email: 1, whatsapp: 1 } });
    const [id, en] = drafted.previews;
    expect(id?.email?.subject).toBe('Pintu dibuka lebih awal');
    expect(plain(en?.email?.text ?? '')).toContain('Hello Ayu Lestari,  Doors open at 16:00.  Bring an umbrella.');
    expect(en?.email?.html).toContain('Bring an umbrella.');
    expect(en?.whatsapp?.text).toContain('a message from the organiser of *Senja di Selatan*:\n\nDoors at 16:00.');
    expect(
      await rowsOf(
        world.db,
        sql`select id from outbox where name in ('event.send_announcement', 'delivery.send_announcement')`,
      ),
    ).toEqual([]);
    await desk.send(drafted.id);
    expect(await desk.announced()).toEqual([]);
  });

  test('what was confirmed goes out on both channels, once to each address, and its progress is shown', async () => {
    const { event, desk } = await openEvent();
    const holder = await notices.paid(event, 'en');
    await paidOrder(world, { event, buyer: holder.buyer });
    const other = await notices.paid(event);
    const drafted = await desk.draft(bothChannels);
    expect(drafted.recipients).toEqual({ email: 2, whatsapp: 2 });
    expect((await desk.confirm(drafted, drafted.confirmationToken)).json).toMatchObject({ status: 'sending' });
    expect(await rowsOf(world.db, sql`select name from outbox where name = 'event.send_announcement'`)).toHaveLength(1);
    expect((await desk.call('GET', `/announcements/${drafted.id}`)).json['progress']).toMatchObject({
      email: { waiting: 2, queued: 0 },
    });
    await desk.send(drafted.id);
    expect((await desk.announced()).map(({ told }) => told)).toEqual([
      'event_practical email queued',
      'event_practical email queued',
      'event_practical whatsapp queued',
      'event_practical whatsapp queued',
    ]);
    expect(await rowsOf(world.db, sql`select id from outbox where name = 'delivery.send_announcement'`)).toHaveLength(
      4,
    );
    await desk.deliver();
    const [mail] = await inbox(world.sandbox, holder.buyer.email);
    expect(mail?.subject).toBe('Doors open earlier');
    expect(plain(mail?.text ?? '')).toContain('Bring an umbrella.');
    expect(mail?.headers.some(({ key }) => key === 'list-unsubscribe')).toBe(false);
    const [message] = await whatsappMessages(world.sandbox, other.buyer.phone.replace('+', ''));
    expect(message).toMatchObject({ template: 'event_practical', language: 'id' });
    expect(message?.components[0]?.parameters.map(({ text }) => text)).toEqual([
      'Ayu Lestari',
      'Senja di Selatan',
      'Pintu pukul 16.00.',
      expect.stringMatching(/^[0-9A-Z]{5}-[0-9A-Z]{5}$/),
    ]);
    const shown = await desk.call('GET', `/announcements/${drafted.id}`);
    expect(shown.json).toMatchObject({
      status: 'sent',
      progress: { email: { waiting: 0, queued: 0, sent: 2, delivered: 0, failed: 0, heldBack: 0 } },
    });
    // The same confirmation again changes nothing.
    expect((await desk.confirm(drafted, drafted.confirmationToken)).status).toBe(202);
    await desk.send(drafted.id);
    expect(await desk.announced()).toHaveLength(4);
    expect((await desk.call('GET', '/announcements')).json).toMatchObject({ data: [{ id: drafted.id }] });
  });

  test.each(['id', 'en'] as const)('free tickets: not a word of money beside the organiser’s (%s)', async (locale) => {
    const { event, desk } = await openEvent(0);
    const holder = await notices.placed(event, locale);
    await desk.announce(bothChannels);
    expect((await desk.announced()).map(({ told }) => told)).toEqual(['event_practical email queued']);
    const mail = await notices.mailOf(holder.orderId, 'event_practical');
    expect(readable(mail.text)).not.toMatch(money);
    expect(readable(mail.html)).not.toMatch(money);
  });

  test('a preview is stale once it would read otherwise, reach others, or is old; nothing is sent', async () => {
    const { event, desk } = await openEvent();
    const holder = await notices.paid(event);
    await notices.paid(event);
    const staleAfter = async (change: () => Promise<unknown>) => {
      const drafted = await desk.draft(bothChannels);
      await change();
      const answer = await desk.confirm(drafted, drafted.confirmationToken);
      return [answer.status, answer.json['code']];
    };
    const stale = [409, 'announcement.preview_stale'];
    expect(await staleAfter(() => notices.change(event, { venue: 'Stadion Utara' }))).toEqual(stale);
    const revoke = sql`update tickets set status = 'revoked', revoked_at = now() where order_id = ${holder.orderId}`;
    expect(await staleAfter(() => world.db.execute(revoke))).toEqual(stale);
    const age = sql`update announcements set created_at = now() - interval '31 minutes' where event_id = ${event.id}`;
    expect(await staleAfter(() => world.db.execute(age))).toEqual(stale);
    const [one, two] = [await desk.draft(), await desk.draft()];
    expect((await desk.confirm(one, two.confirmationToken)).json['code']).toBe('announcement.preview_stale');
    // Orders that are paid later do not change the audience.
    expect(await staleAfter(() => notices.paid(event))).toEqual([202, undefined]);
    expect(await rowsOf(world.db, sql`select name from outbox where name = 'event.send_announcement'`)).toHaveLength(1);
  });

  test('refusals: nobody to tell, too many in a day, too many drafts, bad input, others', async () => {
    const { event, desk } = await openEvent();
    const nobody = await desk.draft();
    expect(nobody.recipients).toEqual({ email: 0, whatsapp: 0 });
    expect((await desk.confirm(nobody, nobody.confirmationToken)).json['code']).toBe('announcement.reaches_nobody');
    await notices.paid(event);
    for (let index = 0; index < 6; index += 1) await desk.announce();
    const seventh = await desk.draft();
    const refused = await desk.confirm(seventh, seventh.confirmationToken);
    expect([refused.status, refused.json['code']]).toEqual([429, 'announcement.limited']);
    const good = { kind: 'practical', channels: ['email'], content: someContent };
    const { shortText: _, ...short } = someContent.en;
    for (const [field, bad] of [
      ['content.en.shortText', { ...good, channels: ['whatsapp'], content: { ...someContent, en: short } }],
      ['audience.ticketCategoryIds.0', { ...good, audience: { ticketCategoryIds: ['cat_00000000000000000000'] } }],
      ['channels', { ...good, channels: ['email', 'email'] }],
      ['kind', { ...good, kind: 'reminder' }],
    ] as const) {
      const { status, json } = await desk.call('POST', '/announcements', bad);
      expect([status, JSON.stringify(json['errors'])]).toEqual([400, expect.stringContaining(field)]);
    }
    const left = 20 - 2;
    for (let index = 0; index < left; index += 1) await desk.draft();
    const { status, json } = await desk.call('POST', '/announcements', good);
    expect([status, json['code']]).toEqual([409, 'announcement.limit_reached']);
    const door = await signedIn(world, event.organizer, 'door');
    expect((await desk.call('POST', '/announcements', good, door)).status).toBe(403);
    const stranger = await createOrganizer(world.db);
    const as = await signedIn(world, stranger, 'owner');
    const paths = ['', `/${seventh.id}`].map(
      (path) => `/v1/organizers/${stranger.slug}/events/${event.id}/announcements${path}`,
    );
    for (const path of paths) {
      expect((await callDesk(world, 'GET', path, { as })).json['code']).toBe('event.not_found');
    }
    const missing = await desk.call('GET', '/announcements/ann_00000000000000000000');
    expect([missing.status, missing.json['code']]).toEqual([404, 'announcement.not_found']);
  });
});

describe('audience', () => {
  test('buyers of chosen categories, and whether one of their tickets has entered', async () => {
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
  test('a crowd is told page by page, each once, over workers that run the same job and one that is cut off', async () => {
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

  test('cancelled while it is sent: what is left is not queued, and what is queued is not sent', async () => {
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

  test('a job that was lost is staged again; the invariants name what nobody sends and whom nobody told', async () => {
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
