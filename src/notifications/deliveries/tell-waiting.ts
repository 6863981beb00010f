import { eq, sql } from 'drizzle-orm';
import { orderAccessToken, waitingAccessToken } from '../../access/index.ts';
import { organizers } from '../../access/tables.ts';
import { eventIn } from '../../catalog/index.ts';
import { events, organizerProfiles } from '../../catalog/tables.ts';
import type { TellWaiting } from '../../orders/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { eventIdOf, newId } from '../../platform/ids.ts';
import { greetingName } from '../../platform/text/person-name.ts';
import type { Composed } from '../channel.ts';
import { sendable } from '../metrics.ts';
import { placesOfferedMail, waitingConfirmMail } from '../templates/waiting-list.ts';
import type { Config } from '../../config.ts';
import type { Deliveries } from './deliveries.ts';
import type { Claim } from './queries.ts';
import { queueDeliveries } from './queue-queries.ts';
import { sellerColumns, withReplyTo } from './seller.ts';

/** A person is asked to confirm once within this many seconds, however often the form is sent. */
const confirmOnceSeconds = 300;
/** Enough digits for a person to recognise the own number, and too few to call it. */
const phoneDigitsShown = 4;

/** The port of the room orders: mails people who wait for places. */
export function createTellWaiting({ clock }: { readonly clock: Clock }): TellWaiting {
  return async (tx, { template, eventId, organizerId, entryId, recipientKey }) => {
    const isConfirm = template === 'waiting_confirm';
    const added = await queueDeliveries(
      tx,
      template,
      sql`
        select ${newId('dlv', clock.now())}::text as id, ${organizerId}::text as organizer_id, ${eventId}::text as event_id,
          ${entryId}::text as subject_id, ${template}::text as template, 'email'::text as channel, ${recipientKey}::text as recipient_key,
          ${isConfirm ? sql`floor(extract(epoch from now()) / ${confirmOnceSeconds})::integer` : sql`1`} as version,
          ${isConfirm ? 'waiting_confirms' : 'place_offers'}::text as share`,
    );
    sendable(added);
    return added.every(({ cappedBy }) => cappedBy === null);
  };
}

type Row = {
  readonly status: string;
  readonly name: string;
  readonly email: string;
  readonly phone: string;
  readonly locale: 'id' | 'en';
  readonly quantity: number;
  readonly category: string;
  readonly orderId: string | null;
};

/** The message about an entry of a waiting list; undefined if it was confirmed, left or used since. */
export async function composeWaiting(
  deps: {
    readonly db: Db;
    readonly deliveries: Deliveries;
    readonly config: Pick<Config, 'PUBLIC_URL' | 'ORDER_TOKEN_SECRET'>;
  },
  { subject_id: entryId, template }: Pick<Claim, 'subject_id' | 'template'>,
): Promise<Composed | undefined> {
  const eventId = eventIdOf(entryId);
  const row = await findEntry(deps.db, entryId);
  if (row === undefined) return undefined;
  const [found] = await deps.db
    .select({ event: events, organizerName: organizers.name, seller: { email: sellerColumns.email } })
    .from(events)
    .innerJoin(organizers, eq(organizers.id, events.organizerId))
    .leftJoin(organizerProfiles, eq(organizerProfiles.organizerId, events.organizerId))
    .where(eq(events.id, eventId));
  if (found === undefined) return undefined;
  const name = greetingName(row.name);
  const event = eventIn(row.locale, found.event);
  const data = { ...found, event, locale: row.locale, name, tickets: `${row.quantity} × ${row.category}` };
  const to = { name: name ?? '', address: row.email };
  const { PUBLIC_URL, ORDER_TOKEN_SECRET } = deps.config;
  if (template === 'waiting_confirm') {
    if (row.status !== 'unconfirmed') return undefined;
    const url = `${PUBLIC_URL}/waiting-list/${entryId}#${waitingAccessToken(ORDER_TOKEN_SECRET, entryId)}`;
    return withReplyTo(
      { channel: 'email', to, mail: waitingConfirmMail(data, url, row.phone.slice(-phoneDigitsShown)) },
      found,
    );
  }
  const subject = row.orderId === null ? undefined : await deps.deliveries.orderSubject(eventId, row.orderId);
  if (subject === undefined) return undefined;
  const { order } = subject;
  const isPending = order.status === 'pending_payment';
  if (!isPending && order.paidAt === null) return undefined;
  const url = `${PUBLIC_URL}/orders/${order.id}#${orderAccessToken(ORDER_TOKEN_SECRET, order.id, order.linkVersion)}`;
  const mail = placesOfferedMail(data, url, isPending ? order.expiresAt : undefined);
  return withReplyTo({ channel: 'email', to, mail }, found);
}

async function findEntry(db: Db, entryId: string): Promise<Row | undefined> {
  const [row] = await rowsOf<Row>(
    db,
    sql`
      select w.status, w.name, w.email, w.phone, w.locale, w.quantity, w.order_id as "orderId",
        case when w.locale = 'en' then coalesce(c.name_en, c.name) else c.name end as category
      from waiting_entries w
      join ticket_categories c on c.event_id = w.event_id and c.id = w.ticket_category_id
      where w.event_id = ${eventIdOf(entryId)} and w.id = ${entryId}`,
  );
  return row;
}
