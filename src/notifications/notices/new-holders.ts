import { sql } from 'drizzle-orm';
import { ticketAccessToken } from '../../access/buyers/ticket-token.ts';
import { eventIn } from '../../catalog/index.ts';
import type { Config } from '../../config.ts';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { eventIdOf, newId, orderIdOf } from '../../platform/ids.ts';
import { greetingName } from '../../platform/text/person-name.ts';
import type { Composed } from '../channel.ts';
import type { Deliveries } from '../deliveries/deliveries.ts';
import { isPaid } from '../deliveries/order-rules.ts';
import type { Claim } from '../deliveries/queries.ts';
import { type NewDelivery, queueDeliveries } from '../deliveries/queue-queries.ts';
import { withReplyTo } from '../deliveries/seller.ts';
import { textArray } from '../deliveries/subject-queries.ts';
import { type HolderNoticeTemplate, holderNoticeMail } from '../templates/holder-notice.ts';
import { findNewHolders, findPlanBefore } from './queries.ts';
import type { EventNotice } from './tables.ts';

/**
 * The people to whom tickets were given are told what happens to the event, as their buyers are: by mail, once per order whose tickets
 * they hold. They learn nothing of the order or of money.
 */

/** Queues the mails to new holders of tickets of these orders. */
export async function queueHolderNotices(
  tx: Db,
  notice: EventNotice,
  {
    orderIds,
    template,
    version,
    now,
  }: { orderIds: readonly string[]; template: HolderNoticeTemplate; version: number; now: Date },
): Promise<NewDelivery[]> {
  const found = await findNewHolders(tx, notice, orderIds);
  if (found.length === 0) return [];
  return queueDeliveries(
    tx,
    template,
    sql`
      select g.id, o.organizer_id, o.event_id, g.ticket_id as subject_id, ${template}::text as template, 'email'::text as channel,
        g.holder_key as recipient_key, ${version}::integer as version,
        case when ${isPaid} then null else 'events' end as share
      from unnest(${textArray(found.map(() => newId('dlv', now)))}, ${textArray(found.map(({ ticketId }) => orderIdOf(ticketId)))},
        ${textArray(found.map(({ ticketId }) => ticketId))}, ${textArray(found.map(({ holderKey }) => holderKey))})
        as g (id, order_id, ticket_id, holder_key)
      join orders o on o.event_id = ${notice.eventId} and o.id = g.order_id`,
  );
}

type Holder = {
  readonly name: string;
  readonly email: string;
  readonly number: number;
  readonly category: string;
  readonly isLive: boolean;
};

/** The notice for the holder of a ticket; undefined when it is not true any more, or the ticket was given on or taken back since. */
export async function composeHolderNotice(
  deps: {
    readonly db: Db;
    readonly deliveries: Pick<Deliveries, 'orderSubject'>;
    readonly config: Pick<Config, 'ORDER_TOKEN_SECRET' | 'PUBLIC_URL'>;
  },
  claim: Pick<Claim, 'subject_id' | 'recipient_key' | 'version'> & { readonly template: HolderNoticeTemplate },
): Promise<Composed | undefined> {
  const { subject_id: ticketId, template } = claim;
  const eventId = eventIdOf(ticketId);
  const [subject, holder] = await Promise.all([
    deps.deliveries.orderSubject(eventId, orderIdOf(ticketId)),
    findHolder(deps.db, ticketId, claim.recipient_key),
  ]);
  if (subject === undefined || holder === undefined) return undefined;
  const isPostponed = subject.event.postponedAt !== null;
  const isTrue =
    template === 'event_cancelled'
      ? subject.event.status === 'cancelled'
      : subject.event.status === 'published' && holder.isLive && isPostponed === (template === 'event_postponed');
  if (!isTrue) return undefined;
  const before = template === 'event_moved' ? await findPlanBefore(deps.db, eventId, claim.version) : undefined;
  if (template === 'event_moved' && before === undefined) return undefined;
  const { locale } = subject.order;
  const name = greetingName(holder.name);
  const token = ticketAccessToken(deps.config.ORDER_TOKEN_SECRET, ticketId, holder.number);
  const composed: Composed = {
    channel: 'email',
    to: { name: name ?? '', address: holder.email },
    mail: holderNoticeMail(
      {
        locale,
        event: eventIn(locale, subject.event),
        organizerName: subject.organizerName,
        name,
        tickets: holder.category,
      },
      { template, before, link: `${deps.config.PUBLIC_URL}/tickets/${ticketId}#${token}` },
    ),
  };
  return withReplyTo(composed, subject);
}

/** Who holds the ticket now, if it is still this person. */
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
