import { eventIn, isOffCalendar } from '../../catalog/index.ts';
import { eq } from 'drizzle-orm';
import { organizers } from '../../access/tables.ts';
import { organizerProfiles } from '../../catalog/tables.ts';
import type { Config } from '../../config.ts';
import type { Db } from '../../platform/database/db.ts';
import { eventIdOf, orderCode, orderIdOf } from '../../platform/ids.ts';
import { placeLine } from '../../platform/text/place-line.ts';
import { writeCalendarFile } from '../../platform/text/icalendar.ts';
import { findOrder } from '../buyer/queries.ts';
import { type EventOfOrder, findEvent, findHeldTicket } from './queries.ts';
import { orderNotFound } from '../../access/errors.ts';
import { ticketNotFound } from '../errors.ts';

/** What a calendar entry shows of an event. */
export type CalendarEvent = Pick<
  EventOfOrder,
  | 'id'
  | 'name'
  | 'summary'
  | 'venue'
  | 'address'
  | 'city'
  | 'startsAt'
  | 'endsAt'
  | 'status'
  | 'postponedAt'
  | 'version'
  | 'createdAt'
  | 'publishedAt'
>;

/** An entry for the buyer of an order, or for the holder of one ticket that was given on. */
export type CalendarEntry = {
  readonly event: CalendarEvent;
  readonly order: { readonly id: string; readonly locale: 'id' | 'en' };
  /** The holder is told nothing about the order. */
  readonly givenTicketId?: string | undefined;
  /** `email`: its contact, null if it has given none. */
  readonly organizer: { readonly name: string; readonly email: string | null };
  readonly publicUrl: string;
};

const orderWords = { id: 'Kode pesanan', en: 'Order code' } as const;

const reminderMinutes = 180;

/**
 * The event as an iCalendar file. The UID is stable per order, or per ticket that was given on, and the sequence rises with each change of
 * the event.
 *
 * People share their calendars, so the entry links to the page of the order or ticket without the secret that opens it: the page opens in
 * the browser that has opened it before, and the page of an order sends the link again in others.
 */
export function eventCalendar({ event, order, givenTicketId, organizer, publicUrl }: CalendarEntry): string {
  const [url, about] =
    givenTicketId === undefined
      ? [`${publicUrl}/orders/${order.id}`, `${orderWords[order.locale]}: ${orderCode(order.id)}\n`]
      : [`${publicUrl}/tickets/${givenTicketId}`, ''];
  return writeCalendarFile({
    uid: `${(givenTicketId ?? order.id).toLowerCase()}@antre`,
    stamp: event.publishedAt ?? event.createdAt,
    sequence: event.version,
    isOff: isOffCalendar(event),
    startsAt: event.startsAt,
    endsAt: event.endsAt,
    summary: event.name,
    description: [...(event.summary === '' ? [] : [`${event.summary}\n\n`]), about, url].join(''),
    url,
    organizer,
    place: placeLine(event),
    reminderMinutes,
  });
}

type Deps = { readonly db: Db; readonly config: Pick<Config, 'PUBLIC_URL'> };

/**
 * The calendar file of an order.
 * @throws DomainError order.not_found
 */
export async function calendar({ db, config }: Deps, orderId: string): Promise<string> {
  const eventId = eventIdOf(orderId);
  const [event, facts] = await Promise.all([findEvent(db, eventId), findOrder(db, orderId)]);
  if (event === undefined || facts === undefined) throw orderNotFound();
  return eventCalendar({
    event: eventIn(facts.order.locale, event),
    order: facts.order,
    organizer: await findOrganizer(db, event.organizerId),
    publicUrl: config.PUBLIC_URL,
  });
}

/**
 * The calendar file of a ticket that was given on, for its holder.
 * @throws DomainError ticket.not_found
 */
export async function heldTicketCalendar(
  { db, config }: Deps,
  held: { readonly ticketId: string; readonly transfer: number },
): Promise<string> {
  const found = await findHeldTicket(db, held);
  if (found === undefined) throw ticketNotFound();
  const { event, locale } = found;
  return eventCalendar({
    event: eventIn(locale, event),
    order: { id: orderIdOf(held.ticketId), locale },
    givenTicketId: held.ticketId,
    organizer: await findOrganizer(db, event.organizerId),
    publicUrl: config.PUBLIC_URL,
  });
}

async function findOrganizer(db: Db, organizerId: string): Promise<CalendarEntry['organizer']> {
  const [row] = await db
    .select({ name: organizers.name, email: organizerProfiles.contactEmail })
    .from(organizers)
    .leftJoin(organizerProfiles, eq(organizerProfiles.organizerId, organizers.id))
    .where(eq(organizers.id, organizerId))
    .limit(1);
  if (row === undefined) throw orderNotFound();
  return row;
}
