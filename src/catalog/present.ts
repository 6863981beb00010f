import { page } from '../http/contract/pagination.ts';
import { contractCurrency, contractMoney } from '../platform/text/money.ts';
import { availabilityBandOf } from './public/availability-band.ts';
import type { Availability } from './ports.ts';
import type { EventRow, ScheduleItemRow, TicketCategoryRow } from './queries.ts';
import type { ListedEventRow, PublicEventRow } from './public/queries.ts';
import { focusOf, picturePath } from './media/sizes.ts';
import { saleStateOf } from './public/sale-state.ts';

type OrganizerName = { readonly slug: string; readonly name: string };

const timeOf = (time: Date | null) => (time === null ? null : time.toISOString());

type Listed = Omit<ListedEventRow, 'startsAtMicros'>;

function presentListedEvent(row: Listed) {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    nameEn: row.nameEn,
    summary: row.summary,
    summaryEn: row.summaryEn,
    category: row.category,
    city: row.city,
    venue: row.venue,
    timeZone: row.timeZone,
    startsAt: row.startsAt.toISOString(),
    endsAt: row.endsAt.toISOString(),
    status: row.status,
    isPostponed: row.postponedAt !== null,
    priceFrom: row.priceFrom === null ? null : contractMoney(row.priceFrom, row.currency),
    organizer: { slug: row.organizer.slug, name: row.organizer.name },
    picture: row.pictureId === null ? null : { path: picturePath(row.pictureId), alt: row.pictureAlt },
  };
}

export function presentListing(rows: readonly ListedEventRow[], limit: number) {
  return page(rows, limit, presentListedEvent, (row) => [row.startsAtMicros, row.id]);
}

function presentEventFields(event: EventRow) {
  return {
    description: event.description,
    descriptionEn: event.descriptionEn,
    address: event.address,
    currency: contractCurrency(event.currency),
    country: event.country,
    doorsOpenAt: event.doorsOpenAt.toISOString(),
    sales: event.sales,
    ticketsPerOrderMax: event.ticketsPerOrderMax,
    ticketsPerBuyerMax: event.ticketsPerBuyerMax,
    feePerTicket: contractMoney(event.feePerTicket, event.currency),
    refundableUntilHours: event.refundableUntilHours,
    transfersAllowed: event.transfersAllowed,
    hasWaitingList: event.hasWaitingList,
    detailsUntilHours: event.detailsUntilHours,
  };
}

export function presentPublicEvent({ event, organizer, priceFrom }: PublicEventRow) {
  return { ...presentListedEvent({ ...event, organizer, priceFrom }), ...presentEventFields(event) };
}

export function presentOrganizerEvent(event: EventRow, organizer: OrganizerName) {
  const { priceFrom: _, ...listed } = presentListedEvent({ ...event, organizer, priceFrom: null });
  return {
    ...listed,
    ...presentEventFields(event),
    pictureFocus: event.pictureId === null ? null : focusOf(event),
    holdSeconds: event.holdSeconds,
    version: event.version,
    createdAt: event.createdAt.toISOString(),
    publishedAt: timeOf(event.publishedAt),
  };
}

export function presentScheduleItem(item: ScheduleItemRow) {
  return {
    id: item.id,
    title: item.title,
    titleEn: item.titleEn,
    stage: item.stage,
    stageEn: item.stageEn,
    description: item.description,
    descriptionEn: item.descriptionEn,
    startsAt: item.startsAt.toISOString(),
    endsAt: item.endsAt.toISOString(),
  };
}

type EventOfCategory = Pick<EventRow, 'status' | 'sales' | 'currency'>;

export function presentTicketCategory(category: TicketCategoryRow, event: EventOfCategory, now: Date) {
  return {
    id: category.id,
    name: category.name,
    nameEn: category.nameEn,
    description: category.description,
    descriptionEn: category.descriptionEn,
    price: contractMoney(category.price, event.currency),
    saleOpensAt: category.saleOpensAt.toISOString(),
    saleClosesAt: category.saleClosesAt.toISOString(),
    saleState: saleStateOf({ ...category, event }, now),
    perOrderMin: category.perOrderMin,
    perOrderMax: category.perOrderMax,
    perBuyerMax: category.perBuyerMax,
    hasHolderNames: category.hasHolderNames,
  };
}

export function presentOrganizerTicketCategory(category: TicketCategoryRow, event: EventOfCategory, now: Date) {
  return {
    ...presentTicketCategory(category, event, now),
    poolId: category.poolId,
    entryOpensAt: timeOf(category.entryOpensAt),
    entryClosesAt: timeOf(category.entryClosesAt),
    position: category.position,
    status: category.status,
  };
}

/** A complete list. It needs no pages, because its length is bounded. */
export function presentAll<Row, Item>(rows: readonly Row[], present: (row: Row) => Item) {
  return { data: rows.map(present), nextCursor: null };
}

/** A cancelled event has nothing available; neither has a category without stock. */
export function presentAvailability(
  categories: readonly TicketCategoryRow[],
  stock: readonly Availability[],
  isCancelled: boolean,
) {
  const byCategory = new Map(stock.map((row) => [row.ticketCategoryId, row]));
  return presentAll(categories, ({ id }) => ({
    ticketCategoryId: id,
    band: availabilityBandOf(isCancelled ? nothing : (byCategory.get(id) ?? nothing)),
  }));
}

const nothing = { available: 0, capacity: 0 };
