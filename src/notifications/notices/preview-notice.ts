import { eq, max } from 'drizzle-orm';
import { organizers } from '../../access/tables.ts';
import { requireEventTimes } from '../../catalog/index.ts';
import { events, organizerProfiles, ticketCategories } from '../../catalog/tables.ts';
import type { Clock } from '../../platform/clock.ts';
import { hmacSha256Text } from '../../platform/crypto.ts';
import { money } from '../../platform/text/money.ts';
import { ownInvalidations } from '../../platform/invalidation/invalidations.ts';
import { type Preview, type PreviewDeps, digestOf, sampleData } from '../announcements/preview.ts';
import { requireOwnEvent } from '../announcements/show-announcements.ts';
import type { Mail } from '../channel.ts';
import { type SellerRow, sellerColumns } from '../deliveries/seller.ts';
import { noticeNotFound } from '../errors.ts';
import { createRenderText } from '../message-texts/render-text.ts';
import { eventCancelledMail, eventMovedMail, eventPostponedMail } from '../templates/event-notice.ts';
import type { OrderMailData } from '../templates/order-mail.ts';
import { whatsappMessage } from '../templates/whatsapp.ts';
import { isMoved, planOf } from './event-plan.ts';
import { countHolders } from './queries.ts';
import type { EventNotice, NoticeKind } from './tables.ts';
import { isStillSo, noticeTemplates } from './tell-holders.ts';

/** The messages about a change of an event, and the number of orders that get them. */
export type PreviewedChange = {
  readonly recipients: { readonly email: number; readonly whatsapp: number };
  readonly previews: readonly Preview[];
};

/** A notice as it would be told now. */
export type PreviewedNotice = PreviewedChange & {
  readonly notice: EventNotice;
  /** The token that confirms exactly this; null once nothing waits. */
  readonly confirmationToken: string | null;
};

/** A change of an event that is not made yet. */
export type PlannedChange = {
  readonly kind: NoticeKind;
  readonly startsAt?: Date | undefined;
  readonly endsAt?: Date | undefined;
  readonly doorsOpenAt?: Date | undefined;
  readonly timeZone?: string | undefined;
  readonly venue?: string | undefined;
  readonly address?: string | undefined;
  readonly city?: string | undefined;
};

/** The present messages of a notice, and the token that confirms them. */
export async function previewNotice(deps: PreviewDeps, notice: EventNotice): Promise<PreviewedNotice> {
  const row = await findEvent(deps, notice.eventId);
  const { fingerprint, ...recipients } = await countHolders(deps.db, notice);
  const previews = await previewsOf(deps, notice, row);
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

/**
 * The messages about a change if it were made now. Nothing is written. A change that nobody is told of (of an
 * unpublished event, or of nothing that holders plan by) has no previews.
 * @throws DomainError event.not_found, request.invalid for times that no event may have
 */
export async function previewChange(
  deps: PreviewDeps & { readonly clock: Clock },
  { change, ...of }: { organizerId: string; eventId: string; change: PlannedChange },
): Promise<PreviewedChange> {
  await requireOwnEvent(deps.db, of);
  const { eventId } = of;
  const row = await findEvent(deps, eventId);
  const event = changedEvent(row.event, change);
  requireEventTimes(event);
  const before = planOf(row.event);
  const isTold =
    row.event.status === 'published' &&
    (change.kind !== 'postponed' || !before.isPostponed) &&
    (change.kind !== 'moved' || (event.postponedAt === null && isMoved(before, planOf(event))));
  if (!isTold) return { recipients: { email: 0, whatsapp: 0 }, previews: [] };
  const now = deps.clock.now();
  const notice = { eventId, kind: change.kind, before, createdAt: now, changedAt: now };
  const { email, whatsapp } = await countHolders(deps.db, notice);
  return { recipients: { email, whatsapp }, previews: await previewsOf(deps, notice, { ...row, event }) };
}

type EventRow = typeof events.$inferSelect;
type FoundEvent = {
  readonly event: EventRow;
  readonly organizerName: string;
  readonly seller: SellerRow;
  readonly price: number | null;
};

/** With the price that decides whether the messages speak of money. */
async function findEvent(deps: PreviewDeps, eventId: string): Promise<FoundEvent> {
  const [row] = await deps.db
    .select({
      event: events,
      organizerName: organizers.name,
      seller: sellerColumns,
      price: max(ticketCategories.price),
    })
    .from(events)
    .innerJoin(organizers, eq(organizers.id, events.organizerId))
    .leftJoin(organizerProfiles, eq(organizerProfiles.organizerId, events.organizerId))
    .leftJoin(ticketCategories, eq(ticketCategories.eventId, events.id))
    .where(eq(events.id, eventId))
    .groupBy(events.id, organizers.id, organizerProfiles.organizerId);
  if (row === undefined) throw noticeNotFound();
  return row;
}

/** A new start gives a postponed event its date. */
function changedEvent(event: EventRow, { kind, ...given }: PlannedChange): EventRow {
  if (kind !== 'moved') return event;
  const startsAt = given.startsAt ?? event.startsAt;
  return {
    ...event,
    startsAt,
    endsAt: given.endsAt ?? event.endsAt,
    doorsOpenAt: given.doorsOpenAt ?? event.doorsOpenAt,
    timeZone: given.timeZone ?? event.timeZone,
    venue: given.venue ?? event.venue,
    address: given.address ?? event.address,
    city: given.city ?? event.city,
    postponedAt: startsAt.getTime() === event.startsAt.getTime() ? event.postponedAt : null,
  };
}

type ToldNotice = Pick<EventNotice, 'kind' | 'before'>;

async function previewsOf(deps: PreviewDeps, notice: ToldNotice, row: FoundEvent): Promise<Preview[]> {
  const renderText = createRenderText({
    db: deps.db,
    publicUrl: deps.config.PUBLIC_URL,
    invalidations: ownInvalidations(),
  });
  const price = row.price ?? 0;
  return Promise.all(
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
}

function noticeMailOf({ kind, before }: ToldNotice, data: OrderMailData): Mail {
  if (kind === 'moved') return eventMovedMail(data, before);
  return kind === 'cancelled' ? eventCancelledMail(data) : eventPostponedMail(data);
}
