import { sql } from 'drizzle-orm';
import { afterAll, beforeEach } from 'vitest';
import type { Actor } from '../../src/access/actor.ts';
import { cancelEvent } from '../../src/catalog/events/cancel-event.ts';
import { postponeEvent, resumeEvent } from '../../src/catalog/events/postpone-event.ts';
import { changeEvent } from '../../src/catalog/events/change-event.ts';
import type { ChangeEvent } from '../../src/catalog/events/schemas.ts';
import type { Mail } from '../../src/notifications/channel.ts';
import { composeMessage } from '../../src/notifications/deliveries/compose-message.ts';
import { moveGates } from '../../src/check-in/index.ts';
import { createNoteEventChange } from '../../src/notifications/notices/note-event-change.ts';
import type { Channel, Template } from '../../src/notifications/tables.ts';
import { tellHoldersOfEvent } from '../../src/notifications/notices/tell-holders.ts';
import { availabilityOf } from '../../src/orders/pools/queries.ts';
import { limitsChanged } from '../../src/orders/placement/catalog-changes.ts';
import { unpayableSale } from '../../src/payments/index.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { rowsOf } from '../../src/platform/database/db.ts';
import { type TestEvent, createEvent, createPaymentAccount, someBuyer } from '../factories.ts';
import { type Notifications, addSender, deliveriesOf, openNotifications, paidOrder } from './notification-world.ts';
import { order, placingDeps } from '../orders/placing.ts';

/** How long edits of an event are collected in the tests of notices. */
export const delaySeconds = 300;

/** A world for all tests of a file, with a sender of WhatsApp messages. Each test begins with an empty outbox. */
export async function useEventNotices() {
  const world = await openNotifications();
  await addSender(world.db);
  beforeEach(() => world.db.execute(sql`delete from outbox`));
  afterAll(() => world.close());
  return { world, notices: eventNotices(world) };
}

/** Events that change, their ticket holders, and the messages to them. */
export function eventNotices(world: Notifications) {
  const deps = () => ({
    db: world.db,
    clock: systemClock,
    cachedReads: { changed: () => Promise.resolve() },
    stagePurge: () => Promise.resolve(),
    availabilityOf,
    unpayableSale,
    limitsChanged,
    moveGates,
    eventChanged: createNoteEventChange({ clock: systemClock, config: { EVENT_NOTICE_DELAY_SECONDS: delaySeconds } }),
  });
  const actorOf = (event: TestEvent): Actor => ({
    kind: 'staff',
    id: 'stf_00000000000000000000',
    sessionId: 'ses_00000000000000000000',
    organizerId: event.organizer.id,
    organizerSlug: event.organizer.slug,
    role: 'owner',
  });

  const newEvent = async (price: number, capacity = 100) => {
    const event = await createEvent(world.db, {
      event: {
        startsAt: new Date('2027-03-06T12:30:00Z'),
        endsAt: new Date('2027-03-06T15:00:00Z'),
        doorsOpenAt: new Date('2027-03-06T11:00:00Z'),
        address: 'Jalan Selatan 1',
      },
      categories: [{ price, capacity }],
    });
    await createPaymentAccount(world.db, event.organizer);
    return event;
  };
  const callOff = (event: TestEvent) => cancelEvent(deps(), { actor: actorOf(event), eventId: event.id });
  const postpone = (event: TestEvent) => postponeEvent(deps(), { actor: actorOf(event), eventId: event.id });
  const resume = (event: TestEvent) => resumeEvent(deps(), { actor: actorOf(event), eventId: event.id });
  async function change(event: TestEvent, values: ChangeEvent) {
    const [row] = await rowsOf<{ version: number }>(world.db, sql`select version from events where id = ${event.id}`);
    return changeEvent(deps(), { actor: actorOf(event), eventId: event.id, version: row?.version ?? 0, values });
  }
  async function placed(event: TestEvent, locale: 'id' | 'en' = 'id', buyer = someBuyer()) {
    const { order: made } = await order(placingDeps(world.open), event, { buyer });
    await world.db.execute(sql`update orders set locale = ${locale} where event_id = ${event.id} and id = ${made.id}`);
    return { eventId: event.id, orderId: made.id, buyer };
  }
  async function paid(event: TestEvent, locale: 'id' | 'en' = 'id', quantity = 1) {
    const buyer = someBuyer();
    const { orderId } = await paidOrder(world, { event, buyer, quantity });
    await world.db.execute(sql`update orders set locale = ${locale} where event_id = ${event.id} and id = ${orderId}`);
    return { eventId: event.id, orderId, buyer };
  }

  const noticesOf = (event: TestEvent) =>
    rowsOf<{ id: string; kind: string; ended: boolean; wait: number }>(
      world.db,
      sql`select id, kind, ended_at is not null as ended, extract(epoch from due_at - now())::float8 as wait from event_notices
          where event_id = ${event.id} order by created_at`,
    );
  /** Makes all notices of the event due. */
  async function tell(event: TestEvent) {
    await world.db.execute(
      sql`update event_notices set due_at = now() where event_id = ${event.id} and ended_at is null`,
    );
    for (const { id } of await noticesOf(event)) await tellHoldersOfEvent(world.deps, { noticeId: id });
  }
  const toldOf = async (orderId: string) =>
    (await deliveriesOf(world.db, orderId))
      .map(({ template, channel, status }) => `${template} ${channel} ${status}`)
      .toSorted();
  async function messageOf(orderId: string, template: Template, channel: Channel = 'email') {
    const [claim] = await rowsOf<{
      id: string;
      subject_id: string;
      template: Template;
      channel: Channel;
      version: number;
      recipient_key: string;
    }>(
      world.db,
      sql`select id, subject_id, template, channel, version, recipient_key from deliveries
          where subject_id = ${orderId} and template = ${template} and channel = ${channel} order by version desc limit 1`,
    );
    if (claim === undefined) throw new Error(`no ${template} for ${orderId}`);
    return { claim, message: await composeMessage(world.deps, claim) };
  }
  async function mailOf(orderId: string, template: Template): Promise<Mail> {
    const { message } = await messageOf(orderId, template);
    if (message?.channel !== 'email') throw new Error('no mail');
    return message.mail;
  }
  return {
    newEvent,
    actorOf,
    callOff,
    postpone,
    resume,
    change,
    placed,
    paid,
    noticesOf,
    tell,
    toldOf,
    messageOf,
    mailOf,
  };
}

export const plain = (text: string) => text.replace(/\s/gu, ' ');
export const unfolded = (mail: Mail): string => {
  const calendar = mail.attachments.find(({ filename }) => filename === 'event.ics');
  return String(calendar?.content ?? '').replaceAll('\r\n ', '');
};
export const sequenceOf = (calendar: string) => Number(/SEQUENCE:(\d+)/.exec(calendar)?.[1]);
export const uidOf = (calendar: string) => /UID:(.*)/.exec(calendar)?.[1]?.trim();
export const money = /\b(?:uang|dana|\w*bayar\w*|money|refund\w*|paid|pay|payments?)\b|Rp\s/i;
/** The text that people read, without addresses and order numbers, which may contain any letters. */
export const readable = (text: string) =>
  text.replaceAll(/<style>[\s\S]*?<\/style>|https:[^\s"]+|\b[0-9A-Z]{5}-[0-9A-Z]{5}\b/g, '');
