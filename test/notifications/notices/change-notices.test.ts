import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { notificationInvariants } from '../../../src/notifications/invariants.ts';
import { recoverDeliveries } from '../../../src/notifications/deliveries/recover-deliveries.ts';
import { tellHoldersOfEvent } from '../../../src/notifications/notices/tell-holders.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { createOrganizer } from '../../../testkit/factories.ts';
import { announcing } from '../../../testkit/notifications/announcing.ts';
import { callDesk, signedIn } from '../../../testkit/notifications/desk.ts';
import { useEventNotices } from '../../../testkit/notifications/event-notices.ts';
import { silentLog } from '../../../testkit/processes/worker.ts';

/** Guards that an organiser can preview what holders are told of a change, confirm exactly this, or cancel it. */

const { world, notices } = await useEventNotices();

type Shown = {
  readonly id: string;
  readonly status: string;
  readonly recipients: { readonly email: number; readonly whatsapp: number };
  readonly previews: readonly {
    readonly email: { readonly subject: string; readonly text: string };
    readonly whatsapp: { readonly text: string };
  }[];
  readonly confirmationToken: string | null;
};

async function openEvent(price = 150_000) {
  const event = await notices.newEvent(price);
  const { call } = await announcing(world, event);
  const confirmed = { reminderHours: 24, paymentReminderMinutes: 5, changeNotices: 'confirmed' };
  expect((await call('PUT', '/message-settings', confirmed)).status).toBe(200);
  const shown = async () => {
    const [row] = await notices.noticesOf(event);
    return (await call('GET', `/change-notices/${row?.id}`)).json as unknown as Shown;
  };
  const confirm = ({ id, confirmationToken }: Shown) =>
    call('POST', `/change-notices/${id}/confirmation`, { confirmationToken: confirmationToken ?? '' });
  return { event, call, shown, confirm };
}
const staged = () => rowsOf(world.db, sql`select id from outbox where name = 'event.tell_holders'`);

describe('a change that the organiser confirms', () => {
  test('reaches nobody before it was previewed and confirmed, and then everybody', async () => {
    const { event, call, shown, confirm } = await openEvent();
    const holder = await notices.paid(event, 'en');
    await notices.change(event, { venue: 'Stadion Utara' });
    await notices.tell(event);
    await world.db.execute(
      sql`update event_notices set due_at = now() - interval '2 hours' where event_id = ${event.id}`,
    );
    await recoverDeliveries({ db: world.db, log: silentLog });
    expect([await staged(), await notices.toldOf(holder.orderId)]).toEqual([[], []]);
    const found = await Promise.all(notificationInvariants.map((invariant) => invariant.find(world.db)));
    expect(found.flat().filter((sentence) => sentence.includes('ntc_'))).toEqual([]);

    const preview = await shown();
    expect(preview).toMatchObject({ status: 'held', recipients: { email: 1, whatsapp: 1 } });
    expect(preview.previews.map(({ email }) => email.subject)).toEqual([
      'Tempat berubah: Senja di Selatan',
      'New place: Senja di Selatan',
    ]);
    expect(preview.previews[1]?.email.text).toContain('Where before: Lapangan Selatan');
    expect(preview.previews[1]?.whatsapp.text).toContain('Place: Stadion Utara');
    expect((await confirm(preview)).json).toMatchObject({ status: 'waiting' });
    expect(await staged()).toHaveLength(1);
    expect((await confirm(preview)).status).toBe(202);
    await tellHoldersOfEvent(world.deps, { noticeId: preview.id });
    expect(await notices.toldOf(holder.orderId)).toEqual(['event_moved email queued', 'event_moved whatsapp queued']);
    expect(await shown()).toMatchObject({
      status: 'ended',
      confirmationToken: null,
      progress: { email: { queued: 1, sent: 0 }, whatsapp: { queued: 1 } },
    });
    expect((await call('GET', '/change-notices')).json).toMatchObject({ data: [{ id: preview.id, kind: 'moved' }] });
  });

  test('a preview is stale after another change, or when other orders are affected', async () => {
    const { event, shown, confirm } = await openEvent();
    const [holder] = [await notices.paid(event), await notices.paid(event)];
    await notices.change(event, { venue: 'Stadion Utara' });
    const first = await shown();
    await notices.change(event, { venue: 'Stadion Barat' });
    const stale = await confirm(first);
    expect([stale.status, stale.json['code']]).toEqual([409, 'announcement.preview_stale']);
    const second = await shown();
    await world.db.execute(
      sql`update tickets set status = 'revoked', revoked_at = now() where order_id = ${holder.orderId}`,
    );
    expect((await confirm(second)).json['code']).toBe('announcement.preview_stale');
    expect((await confirm(await shown())).status).toBe(202);
    // A change after the confirmation waits for another one.
    await notices.change(event, { venue: 'Stadion Timur' });
    expect(await shown()).toMatchObject({ status: 'held', confirmedAt: null });
  });

  test.each([
    ['called off', 'event_cancelled', 'Acara dibatalkan'],
    ['postponed', 'event_postponed', 'Acara ditunda'],
  ] as const)('an event that is %s', async (_, template, subject) => {
    const { event, shown, confirm } = await openEvent(0);
    const holder = await notices.placed(event);
    await (template === 'event_cancelled' ? notices.callOff(event) : notices.postpone(event));
    const preview = await shown();
    expect(preview.previews[0]?.email.subject).toBe(`${subject}: Senja di Selatan`);
    expect(preview.recipients).toEqual({ email: 1, whatsapp: 0 });
    await confirm(preview);
    await tellHoldersOfEvent(world.deps, { noticeId: preview.id });
    expect(await notices.toldOf(holder.orderId)).toEqual([`${template} email queued`]);
  });

  test('nobody is told of a cancelled notice, or of a change that was undone', async () => {
    const { event, call, shown, confirm } = await openEvent();
    const holder = await notices.paid(event);
    await notices.change(event, { venue: 'Stadion Utara' });
    const preview = await shown();
    expect((await call('POST', `/change-notices/${preview.id}/cancellation`)).json).toMatchObject({ status: 'ended' });
    expect((await call('POST', `/change-notices/${preview.id}/cancellation`)).status).toBe(200);
    const late = await confirm(preview);
    expect([late.status, late.json['code']]).toEqual([409, 'notice.ended']);
    await tellHoldersOfEvent(world.deps, { noticeId: preview.id });
    expect(await notices.toldOf(holder.orderId)).toEqual([]);
    // The cancelled notice does not stand in the way of the next change.
    await notices.change(event, { venue: 'Lapangan Selatan' });
    const [row] = await rowsOf<{ id: string }>(
      world.db,
      sql`select id from event_notices where event_id = ${event.id} and ended_at is null`,
    );
    const next = (await call('GET', `/change-notices/${row?.id}`)).json as unknown as Shown;
    expect(next.id).not.toBe(preview.id);
    await confirm(next);
    await tellHoldersOfEvent(world.deps, { noticeId: next.id });
    expect(await notices.toldOf(holder.orderId)).toContain('event_moved email queued');
    const back = await openEvent();
    await notices.change(back.event, { venue: 'Stadion Utara' });
    await notices.change(back.event, { venue: 'Lapangan Selatan' });
    expect(await back.shown()).toMatchObject({ confirmationToken: null });
  });

  test('an automatic notice can be previewed and sent at once; other organisers cannot see it', async () => {
    const event = await notices.newEvent(150_000);
    const { call } = await announcing(world, event);
    const holder = await notices.paid(event);
    await notices.change(event, { venue: 'Stadion Utara' });
    const [notice] = await notices.noticesOf(event);
    const { json } = await call('GET', `/change-notices/${notice?.id}`);
    expect(json).toMatchObject({ status: 'waiting' });
    const { confirmationToken } = json;
    expect((await call('POST', `/change-notices/${notice?.id}/confirmation`, { confirmationToken })).status).toBe(202);
    await tellHoldersOfEvent(world.deps, { noticeId: notice?.id ?? '' });
    expect(await notices.toldOf(holder.orderId)).toHaveLength(2);
    const ended = await call('POST', `/change-notices/${notice?.id}/cancellation`);
    expect([ended.status, ended.json['code']]).toEqual([409, 'notice.ended']);
    expect((await call('GET', '/change-notices/ntc_00000000000000000000')).json['code']).toBe('notice.not_found');
    const stranger = await createOrganizer(world.db);
    const as = await signedIn(world, stranger, 'owner');
    const path = `/v1/organizers/${stranger.slug}/events/${event.id}/change-notices/${notice?.id}`;
    expect((await callDesk(world, 'GET', path, { as })).json['code']).toBe('event.not_found');
  });
});

describe('a change that is not made yet', () => {
  test('is previewed as it would read, and changes nothing', async () => {
    const { event, call } = await openEvent();
    await notices.paid(event, 'en');
    const look = async (change: unknown) => (await call('POST', '/change-previews', change)).json as unknown as Shown;
    const moved = await look({ kind: 'moved', venue: 'Stadion Utara' });
    expect(moved.recipients).toEqual({ email: 1, whatsapp: 1 });
    expect(moved.previews.map(({ email }) => email.subject)).toEqual([
      'Tempat berubah: Senja di Selatan',
      'New place: Senja di Selatan',
    ]);
    expect(moved.previews[1]?.email.text).toContain('Where before: Lapangan Selatan');
    for (const kind of ['cancelled', 'postponed']) {
      const { recipients, previews } = await look({ kind });
      expect([recipients.email, previews.length], kind).toEqual([1, 2]);
    }
    expect(await look({ kind: 'moved' })).toEqual({ recipients: { email: 0, whatsapp: 0 }, previews: [] });
    expect([await staged(), await notices.noticesOf(event)]).toEqual([[], []]);

    await notices.change(event, { venue: 'Stadion Utara' });
    const [row] = await notices.noticesOf(event);
    const told = (await call('GET', `/change-notices/${row?.id}`)).json as unknown as Shown;
    expect(told.previews).toEqual(moved.previews);
  });

  test('names the event in the language of each message', async () => {
    const { event, call } = await openEvent();
    await world.db.execute(sql`update events set name_en = 'Southern Dusk' where id = ${event.id}`);
    const { json } = await call('POST', '/change-previews', { kind: 'cancelled' });
    const [indonesian, english] = (json as unknown as Shown).previews;
    expect([indonesian?.email.text, indonesian?.whatsapp.text].join()).not.toContain('Southern Dusk');
    expect([english?.email.text, english?.whatsapp.text].join()).not.toContain('Senja di Selatan');
    expect(english?.email.subject).toContain('Southern Dusk');
    const holder = await notices.paid(event, 'en');
    await world.db.execute(sql`update ticket_categories set name_en = 'Standing' where event_id = ${event.id}`);
    await notices.change(event, { venue: 'Stadion Utara' });
    const held = await rowsOf<{ id: string }>(world.db, sql`select id from event_notices where event_id = ${event.id}`);
    const shown = (await call('GET', `/change-notices/${held[0]?.id}`)).json as unknown as Shown;
    await call('POST', `/change-notices/${shown.id}/confirmation`, { confirmationToken: shown.confirmationToken });
    await tellHoldersOfEvent(world.deps, { noticeId: shown.id });
    const mail = await notices.mailOf(holder.orderId, 'event_moved');
    expect(mail.subject).toContain('Southern Dusk');
    expect(mail.attachments?.map(({ content }) => String(content)).join()).toContain('SUMMARY:Southern Dusk');
  });

  test("is refused with invalid times, and for another organiser's event", async () => {
    const { event, call } = await openEvent();
    const late = await call('POST', '/change-previews', { kind: 'moved', startsAt: '2027-03-06T23:00:00Z' });
    expect([late.status, late.json['code']]).toEqual([400, 'request.invalid']);
    const stranger = await createOrganizer(world.db);
    const as = await signedIn(world, stranger, 'owner');
    const path = `/v1/organizers/${stranger.slug}/events/${event.id}/change-previews`;
    expect((await callDesk(world, 'POST', path, { as, body: { kind: 'cancelled' } })).status).toBe(404);
  });
});
