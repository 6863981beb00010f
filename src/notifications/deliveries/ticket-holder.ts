import { sql } from 'drizzle-orm';
import { ticketAccessToken } from '../../access/buyers/ticket-token.ts';
import { eventIn, isOffCalendar } from '../../catalog/index.ts';
import type { Config } from '../../config.ts';
import { eventCalendar } from '../../orders/index.ts';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { eventIdOf, orderIdOf } from '../../platform/ids.ts';
import { greetingName } from '../../platform/text/person-name.ts';
import type { HolderMailData } from '../templates/holder-mail.ts';
import type { Deliveries } from './deliveries.ts';
import type { OrderSubject } from './subject-queries.ts';

/**
 * The person to whom a ticket was given, as recipient of mails. They read in the language of the order, and learn
 * nothing else about the order or about money.
 */
export type HolderSubject = {
  readonly subject: OrderSubject;
  readonly isLive: boolean;
  readonly to: { readonly name: string; readonly address: string };
  readonly data: HolderMailData;
};

export type HolderDeps = {
  readonly db: Db;
  readonly deliveries: Pick<Deliveries, 'orderSubject'>;
  readonly config: Pick<Config, 'ORDER_TOKEN_SECRET' | 'PUBLIC_URL'>;
};

/** @returns undefined when the ticket is no longer this person's */
export async function findHolderSubject(
  deps: HolderDeps,
  { ticketId, holderKey }: { readonly ticketId: string; readonly holderKey: string },
): Promise<HolderSubject | undefined> {
  const [subject, holder] = await Promise.all([
    deps.deliveries.orderSubject(eventIdOf(ticketId), orderIdOf(ticketId)),
    findHolder(deps.db, ticketId, holderKey),
  ]);
  if (subject === undefined || holder === undefined) return undefined;
  const { name, email, number, isLive, category } = holder;
  const greeted = greetingName(name);
  return {
    subject,
    isLive,
    to: { name: greeted ?? '', address: email },
    data: holderMailData(deps.config, subject, { ticketId, number, name: greeted, category }),
  };
}

export function holderMailData(
  { ORDER_TOKEN_SECRET, PUBLIC_URL }: HolderDeps['config'],
  { order, event, organizerName, seller }: OrderSubject,
  ticket: {
    readonly ticketId: string;
    /** The number of the transfer that made this person its holder. */
    readonly number: number;
    readonly name: string | undefined;
    readonly category: string;
  },
): HolderMailData {
  const shown = eventIn(order.locale, event);
  return {
    locale: order.locale,
    event: shown,
    organizerName,
    name: ticket.name,
    tickets: ticket.category,
    link: `${PUBLIC_URL}/tickets/${ticket.ticketId}#${ticketAccessToken(ORDER_TOKEN_SECRET, ticket.ticketId, ticket.number)}`,
    calendar: {
      text: eventCalendar({
        event: shown,
        order,
        givenTicketId: ticket.ticketId,
        organizer: { name: organizerName, email: seller.email },
        publicUrl: PUBLIC_URL,
      }),
      method: isOffCalendar(event) ? 'CANCEL' : 'PUBLISH',
    },
  };
}

type Holder = {
  readonly name: string;
  readonly email: string;
  readonly number: number;
  readonly category: string;
  readonly isLive: boolean;
};

/** The holder of the ticket, if it is still this person. */
async function findHolder(db: Db, ticketId: string, holderKey: string): Promise<Holder | undefined> {
  const [row] = await rowsOf<Holder>(
    db,
    sql`
      select h.holder_name as name, h.holder_email as email, h.number, t.status = 'live' as "isLive",
        case when o.locale = 'en' then coalesce(c.name_en, c.name) else c.name end as category
      from tickets t
      join ticket_transfers h on h.event_id = t.event_id and h.ticket_id = t.id and h.number = t.times_transferred
      join orders o on o.event_id = t.event_id and o.id = t.order_id
      join ticket_categories c on c.event_id = t.event_id and c.id = t.ticket_category_id
      where t.event_id = ${eventIdOf(ticketId)} and t.id = ${ticketId} and h.holder_key = ${holderKey}`,
  );
  return row;
}
