import { type SQL, and, asc, eq, gt, gte, inArray, lt, sql } from 'drizzle-orm';
import { organizers } from '../../access/tables.ts';
import type { Db } from '../../platform/database/db.ts';
import { eventDaysMax } from '../limits.ts';
import { searchedTexts } from '../search/index-events.ts';
import type { ListingFilter } from './listing-filter.ts';
import { events, scheduleItems, ticketCategories } from '../tables.ts';

/** The lowest price that somebody can pay now or later: that of an early bird ends with its sale. */
const priceFrom = sql<string | null>`(
  select min(price) from ticket_categories c
  where c.event_id = ${events.id} and c.status = 'on_sale' and c.sale_closes_at > now())`;

const organizer = { slug: organizers.slug, name: organizers.name };

export type PublicEventRow = {
  readonly event: typeof events.$inferSelect;
  readonly organizer: { readonly slug: string; readonly name: string };
  readonly priceFrom: string | null;
};

/** An event that the public may see: published, or cancelled after publication. */
export async function findPublicEvent(db: Db, eventId: string): Promise<PublicEventRow | undefined> {
  const [row] = await db
    .select({ event: events, organizer, priceFrom })
    .from(events)
    .innerJoin(organizers, eq(organizers.id, events.organizerId))
    .where(and(eq(events.id, eventId), inArray(events.status, ['published', 'cancelled'])))
    .limit(1);
  return row;
}

/** In the order of the day. */
export async function listScheduleItems(db: Db, eventId: string) {
  return db
    .select()
    .from(scheduleItems)
    .where(eq(scheduleItems.eventId, eventId))
    .orderBy(asc(scheduleItems.startsAt), asc(scheduleItems.id));
}

/** In the organiser's order. */
export async function listTicketCategories(db: Db, eventId: string) {
  return db
    .select()
    .from(ticketCategories)
    .where(eq(ticketCategories.eventId, eventId))
    .orderBy(asc(ticketCategories.position), asc(ticketCategories.id));
}

export type ListedEventRow = {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly summary: string;
  readonly nameEn: string | null;
  readonly summaryEn: string | null;
  readonly category: string;
  readonly city: string;
  readonly venue: string;
  readonly timeZone: string;
  readonly currency: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly status: 'draft' | 'published' | 'cancelled';
  readonly postponedAt: Date | null;
  readonly pictureId: string | null;
  readonly pictureAlt: string;
  readonly organizer: { readonly slug: string; readonly name: string };
  readonly priceFrom: string | null;
  /** The sort key to the microsecond, which a Date does not hold. */
  readonly startsAtMicros: string;
};

/**
 * Published events by start, then id; one row more than the limit if there is a next page. Indexes: events_public,
 * events_public_city, events_search.
 */
export async function listPublicEvents(db: Db, filter: ListingFilter, now: Date): Promise<ListedEventRow[]> {
  if (filter.findsNothing) return [];
  return db
    .select({
      ...searchedTexts,
      slug: events.slug,
      timeZone: events.timeZone,
      currency: events.currency,
      startsAt: events.startsAt,
      endsAt: events.endsAt,
      status: events.status,
      postponedAt: events.postponedAt,
      pictureId: events.pictureId,
      pictureAlt: events.pictureAlt,
      organizer,
      priceFrom,
      startsAtMicros: sql<string>`(extract(epoch from ${events.startsAt}) * 1000000)::bigint::text`,
    })
    .from(events)
    .innerJoin(organizers, eq(organizers.id, events.organizerId))
    .where(and(...conditionsOf(filter, now)))
    .orderBy(asc(events.startsAt), asc(events.id))
    .limit(filter.limit + 1);
}

const dayMs = 86_400_000;

/** No time zone is further than this from UTC. */
const zoneMsMax = 15 * 3_600_000;

/** The first moment of a day in an event's time zone. */
const midnightOf = (day: string) => sql`(${day}::date::timestamp at time zone ${events.timeZone})`;

function conditionsOf(filter: ListingFilter, now: Date): SQL[] {
  const { from = { time: now }, to } = filter;
  // As a literal, so that the partial indexes of published events fit.
  const conditions = [
    filter.withCancelled ? inArray(events.status, ['published', 'cancelled']) : sql`${events.status} = 'published'`,
  ];
  // An event that ends exactly at the start of a day is not on that day. The second condition of each pair follows from the
  // first. It lets the index narrow the range in every time zone.
  if ('day' in from) {
    conditions.push(gt(events.endsAt, midnightOf(from.day)), startsAfter(Date.parse(from.day) - zoneMsMax));
  } else conditions.push(gte(events.endsAt, from.time), startsAfter(from.time.getTime()));
  if (to !== undefined && 'day' in to) {
    conditions.push(lt(events.startsAt, midnightOf(to.day)));
    conditions.push(lt(events.startsAt, new Date(Date.parse(to.day) + zoneMsMax)));
  } else if (to !== undefined) conditions.push(lt(events.startsAt, to.time));
  if (filter.cityKey !== undefined) conditions.push(sql`city_key = ${filter.cityKey}`);
  if (filter.categoryKey !== undefined) conditions.push(sql`category_key = ${filter.categoryKey}`);
  if (filter.search !== undefined) conditions.push(sql`search @@ ${filter.search}::tsquery`);
  if (filter.priceMax !== undefined) conditions.push(sql`${priceFrom} <= ${filter.priceMax}`);
  if (filter.currency !== undefined) conditions.push(eq(events.currency, filter.currency));
  if (filter.organizerSlug !== undefined) conditions.push(eq(organizers.slug, filter.organizerSlug));
  if (filter.after !== undefined) {
    const { startsAtMicros, id } = filter.after;
    conditions.push(
      sql`(${events.startsAt}, ${events.id}) >
        (timestamptz 'epoch' + ${startsAtMicros}::bigint * interval '1 microsecond', ${id}::text)`,
    );
  }
  return conditions;
}

/** An event that is not over at this time began at most the longest duration earlier. */
function startsAfter(endsAfterMs: number): SQL {
  return gte(events.startsAt, new Date(endsAfterMs - eventDaysMax * dayMs));
}
