import { sql } from 'drizzle-orm';
import { afterAll, beforeEach } from 'vitest';
import { sendAnnouncement } from '../../src/notifications/announcements/send-announcement.ts';
import { sendDelivery } from '../../src/notifications/deliveries/send-delivery.ts';
import { rowsOf } from '../../src/platform/database/db.ts';
import { RetryLater } from '../../src/platform/jobs/retry-later.ts';
import { newsWordingNow } from '../../src/web/i18n/words/news.ts';
import type { TestEvent } from '../factories.ts';
import { callDesk, signedIn } from './desk.ts';
import { eventNotices } from './event-notices.ts';
import { type Notifications, addSender, openNotifications } from './notification-world.ts';

type Drafted = {
  readonly id: string;
  readonly status: string;
  readonly recipients: { readonly email: number; readonly whatsapp: number };
  readonly previews: readonly {
    readonly locale: string;
    readonly email: { readonly subject: string; readonly text: string; readonly html: string } | null;
    readonly whatsapp: { readonly text: string } | null;
  }[];
  readonly confirmationToken: string;
};

export const someContent = {
  id: {
    subject: 'Pintu dibuka lebih awal',
    text: 'Pintu dibuka pukul 16.00.\n\nBawa payung.',
    shortText: 'Pintu pukul 16.00.',
  },
  en: {
    subject: 'Doors open earlier',
    text: 'Doors open at 16:00.\n\nBring an umbrella.',
    shortText: 'Doors at 16:00.',
  },
};

export const bothChannels = { channels: ['email', 'whatsapp'] };

/** For all tests of a file: notifications with a WhatsApp sender, and events whose organisers announce. Each test begins with an empty outbox. */
export async function useAnnouncements() {
  const world = await openNotifications();
  beforeEach(() => world.db.execute(sql`delete from outbox`));
  afterAll(() => world.close());
  const notices = eventNotices(world);
  await addSender(world.db);
  async function openEvent(price = 150_000, capacity = 100) {
    const event = await notices.newEvent(price, capacity);
    return { event, desk: await announcing(world, event) };
  }
  return { world, notices, openEvent };
}

/** An organiser who announces to the buyers of one event, and the worker's part of it. */
export async function announcing(world: Notifications, event: TestEvent) {
  const manager = await signedIn(world, event.organizer, 'manager');
  const base = `/v1/organizers/${event.organizer.slug}/events/${event.id}`;
  const call = (method: string, path: string, body?: unknown, as = manager) =>
    callDesk(world, method, `${base}${path}`, { as, body });

  /** Everything that has happened so far happened a minute ago, so that it is in the audience. */
  async function aMinuteAgo(): Promise<void> {
    await world.db.execute(
      sql`update orders set paid_at = now() - interval '1 minute' where event_id = ${event.id} and paid_at is not null`,
    );
    await world.db.execute(
      sql`update news_consents set given_at = now() - interval '1 minute' where event_id = ${event.id}`,
    );
  }
  async function draft(input: Record<string, unknown> = {}): Promise<Drafted> {
    await aMinuteAgo();
    const body = { kind: 'practical', channels: ['email'], content: someContent, ...input };
    const { status, json, text } = await call('POST', '/announcements', body);
    if (status !== 201) throw new Error(`no draft: ${status} ${text}`);
    return json as unknown as Drafted;
  }
  const confirm = ({ id }: { id: string }, confirmationToken: string) =>
    call('POST', `/announcements/${id}/confirmation`, { confirmationToken });
  /** Confirms a draft and queues its messages to the end. */
  async function announce(input: Record<string, unknown> = {}): Promise<Drafted> {
    const drafted = await draft(input);
    const { status, text } = await confirm(drafted, drafted.confirmationToken);
    if (status !== 202) throw new Error(`not confirmed: ${status} ${text}`);
    await send(drafted.id);
    return drafted;
  }
  async function send(announcementId: string): Promise<void> {
    for (;;) {
      try {
        return await sendAnnouncement(world.deps, { announcementId });
      } catch (error) {
        if (!(error instanceof RetryLater)) throw error;
      }
    }
  }
  /** Messages of announcements of the event, as `template channel status`, with their ids. */
  const announced = () =>
    rowsOf<{ id: string; orderId: string; told: string }>(
      world.db,
      sql`select id, subject_id as "orderId", template || ' ' || channel || ' ' || status as told from deliveries
          where event_id = ${event.id} and template in ('event_practical', 'event_news', 'event_reminder') order by 3, 1`,
    );
  async function deliver(): Promise<void> {
    for (const { id } of await announced()) {
      await sendDelivery(world.deps, { deliveryId: id }, AbortSignal.timeout(20_000));
    }
  }
  const agree = (orderId: string) =>
    world.db.execute(sql`
      insert into news_consents (event_id, order_id, organizer_id, wording, locale)
      values (${event.id}, ${orderId}, ${event.organizer.id}, ${newsWordingNow}, 'id')`);
  return { base, call, draft, confirm, announce, send, announced, deliver, agree, aMinuteAgo };
}
