import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { createOrganizer } from '../../../testkit/factories.ts';
import { bothChannels, useAnnouncements, someContent } from '../../../testkit/notifications/announcing.ts';
import { callDesk, signedIn } from '../../../testkit/notifications/desk.ts';
import { money, plain, readable } from '../../../testkit/notifications/event-notices.ts';
import { inbox, paidOrder, whatsappMessages } from '../../../testkit/notifications/notification-world.ts';

/** Guards that an organiser's words reach the buyers of an event only as they were previewed and confirmed. */

const { world, notices, openEvent } = await useAnnouncements();

describe('preview and confirmation', () => {
  test('the preview shows the number of recipients and both languages, and sends nothing', async () => {
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

  test('a confirmed announcement goes out on both channels, once to each address, and its progress is shown', async () => {
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

  test.each(['id', 'en'] as const)('for free tickets the service does not mention money (%s)', async (locale) => {
    const { event, desk } = await openEvent(0);
    const holder = await notices.placed(event, locale);
    await desk.announce(bothChannels);
    expect((await desk.announced()).map(({ told }) => told)).toEqual(['event_practical email queued']);
    const mail = await notices.mailOf(holder.orderId, 'event_practical');
    expect(readable(mail.text)).not.toMatch(money);
    expect(readable(mail.html)).not.toMatch(money);
  });

  test('a preview is stale when its text or recipients would differ, or when it is old; nothing is sent', async () => {
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

  test('is refused without recipients, too often a day, with too many drafts, with bad input, and for others', async () => {
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
