import { and, desc, eq, max, sql } from 'drizzle-orm';
import { organizers } from '../../access/tables.ts';
import { events, ticketCategories } from '../../catalog/tables.ts';
import { type Preview, type PreviewDeps, digestOf, sampleData } from '../announcements/preview.ts';
import { countStates, requireOwnEvent } from '../announcements/show-announcements.ts';
import { hmacSha256Text } from '../../platform/crypto.ts';
import type { Db } from '../../platform/database/db.ts';
import { money } from '../../platform/text/money.ts';
import type { Mail } from '../channel.ts';
import { noticeNotFound } from '../errors.ts';
import { createRenderText } from '../message-texts/render-text.ts';
import { eventCancelledMail, eventMovedMail, eventPostponedMail } from '../templates/event-notice.ts';
import type { OrderMailData } from '../templates/order-mail.ts';
import { whatsappMessage } from '../templates/whatsapp.ts';
import { countHolders } from './queries.ts';
import { type EventNotice, eventNotices } from './tables.ts';
import { isStillSo, noticeTemplates } from './tell-holders.ts';

type OfEvent = { readonly organizerId: string; readonly eventId: string };
/** A notice as it would be told now. */
export type PreviewedNotice = {
  readonly notice: EventNotice;
  readonly recipients: { readonly email: number; readonly whatsapp: number };
  readonly previews: readonly Preview[];
  /** What confirms exactly this; null once nothing waits. */
  readonly confirmationToken: string | null;
};

/** Far more than an event changes. */
const listedMax = 100;

/** The notices of an event, newest first. @throws DomainError event.not_found */
export async function listNotices(db: Db, of: OfEvent): Promise<EventNotice[]> {
  await requireOwnEvent(db, of);
  return db
    .select()
    .from(eventNotices)
    .where(eq(eventNotices.eventId, of.eventId))
    .orderBy(desc(eventNotices.createdAt), desc(eventNotices.id))
    .limit(listedMax);
}

/**
 * A notice, whom it is told to, how it reads in both languages, and what became of its messages (index: deliveries_of_changes).
 * @throws DomainError event.not_found, notice.not_found
 */
export async function showNotice(
  deps: PreviewDeps,
  { noticeId, ...of }: OfEvent & { readonly noticeId: string },
): Promise<PreviewedNotice & { readonly progress: Awaited<ReturnType<typeof countStates>> }> {
  await requireOwnEvent(deps.db, of);
  const [notice] = await deps.db.select().from(eventNotices).where(isNotice(of.eventId, noticeId));
  if (notice === undefined) throw noticeNotFound();
  const progress = await countStates(
    deps.db,
    sql`event_id = ${of.eventId} and version = ${notice.eventVersion} and template = ${noticeTemplates[notice.kind]}
      and template in ('event_cancelled', 'event_moved', 'event_postponed')`,
  );
  return { ...(await previewNotice(deps, notice)), progress };
}

export const isNotice = (eventId: string, noticeId: string) =>
  and(eq(eventNotices.id, noticeId), eq(eventNotices.eventId, eventId));

/** How a notice reads now, and what confirms it. */
export async function previewNotice(deps: PreviewDeps, notice: EventNotice): Promise<PreviewedNotice> {
  const [row] = await deps.db
    .select({
      event: events,
      organizerName: organizers.name,
      price: max(ticketCategories.price),
    })
    .from(events)
    .innerJoin(organizers, eq(organizers.id, events.organizerId))
    .leftJoin(ticketCategories, eq(ticketCategories.eventId, events.id))
    .where(eq(events.id, notice.eventId))
    .groupBy(events.id, organizers.id);
  if (row === undefined) throw noticeNotFound();
  const { fingerprint, ...recipients } = await countHolders(deps.db, notice);
  const renderText = createRenderText({ db: deps.db, publicUrl: deps.config.PUBLIC_URL });
  const price = row.price ?? 0;
  const previews = await Promise.all(
    (['id', 'en'] as const).map(async (locale): Promise<Preview> => {
      const data: OrderMailData = {
        ...sampleData(deps.config, { ...row, locale }),
        isPaid: price > 0,
        total: money(price, row.event.currency),
      };
      const { subject, text, html } = noticeMailOf(notice, data);
      const message = whatsappMessage(noticeTemplates[notice.kind], data);
      return {
        locale,
        email: { subject, text, html },
        whatsapp: { text: await renderText(row.event.organizerId, message) },
      };
    }),
  );
  const isWaiting =
    notice.startedAt === null &&
    notice.endedAt === null &&
    (notice.kind === 'cancelled' || isStillSo(notice, row.event));
  const digest = digestOf(previews, { ...recipients, fingerprint });
  return {
    notice,
    recipients,
    previews,
    confirmationToken: isWaiting ? hmacSha256Text(deps.config.HASH_SECRET, `notice.v1\0${notice.id}\0${digest}`) : null,
  };
}

function noticeMailOf({ kind, before }: EventNotice, data: OrderMailData): Mail {
  if (kind === 'moved') return eventMovedMail(data, before);
  return kind === 'cancelled' ? eventCancelledMail(data) : eventPostponedMail(data);
}
