import { availabilityBandOf, saleStateOf } from '../../../../../catalog/index.ts';
import { eventPreviewPage } from '../../../pages/event-page.ts';
import type { Availability, EventFacts, TicketCategories } from '../../../public-documents.ts';
import type { AddPage, Desk, View } from '../../desk.ts';
import { type Category, type Pool, ticketsOf } from '../../tickets/tickets.ts';
import { eventParam, eventView, ownEvent } from '../own-event.ts';
import { roomOf } from '../waiting-room.ts';

/** The event's page as buyers will see it, also for drafts. Only the organiser's staff can open it, and nothing caches it. */
export function previewPage(addPage: AddPage): void {
  addPage('/desk/events/:eventId/preview', showPreview);
}

async function showPreview(desk: Desk): Promise<View> {
  const param = eventParam(desk);
  const { slug } = desk;
  const [event, { pools, categories }, room, schedule, profile] = await Promise.all([
    ownEvent(desk),
    ticketsOf(desk),
    roomOf(desk),
    desk.api.get('/v1/organizers/:slug/events/:eventId/schedule', { param }),
    desk.api.get('/v1/organizers/:slug/profile', { param: { slug } }),
  ]);
  // A draft is rendered as if it were published.
  const status = event.status === 'cancelled' ? ('cancelled' as const) : ('published' as const);
  const facts: EventFacts = {
    event: { ...event, status, priceFrom: null },
    schedule: schedule.data,
    categories: categories.map((category) => asPublished(category, { status, sales: event.sales }, desk.now)),
    availability: categories.map((category) => availabilityIn(pools, category)),
    organizer: { slug, name: event.organizer.name, ...profile },
    room,
    isPublic: event.status !== 'draft',
  };
  return { title: event.name, ...eventView(event), page: (context) => eventPreviewPage(context, facts) };
}

type Published = { readonly status: 'published' | 'cancelled'; readonly sales: 'open' | 'closed' };

function asPublished(category: Category, event: Published, now: Date): TicketCategories[number] {
  const { status, saleOpensAt, saleClosesAt } = category;
  const window = { saleOpensAt: new Date(saleOpensAt), saleClosesAt: new Date(saleClosesAt) };
  return { ...category, saleState: saleStateOf({ status, ...window, event }, now) };
}

function availabilityIn(pools: readonly Pool[], { id, poolId }: Category): Availability[number] {
  const pool = pools.find((one) => one.id === poolId);
  return { ticketCategoryId: id, band: availabilityBandOf(pool ?? { available: 0, capacity: 0 }) };
}
