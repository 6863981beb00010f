import { sql } from 'drizzle-orm';
import { eventIn } from '../../catalog/index.ts';
import type { TicketKeys, TicketTransferred } from '../../orders/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { eventIdOf, newId, orderIdOf } from '../../platform/ids.ts';
import { greetingName } from '../../platform/text/person-name.ts';
import type { Composed } from '../channel.ts';
import { sendable } from '../metrics.ts';
import { ticketGivenMail, ticketReceivedMail } from '../templates/ticket-transfer.ts';
import type { Claim } from './queries.ts';
import { isPaid } from './order-rules.ts';
import { queueDeliveries } from './queue-queries.ts';
import { withReplyTo } from './seller.ts';
import { type HolderDeps, holderMailData } from './ticket-holder.ts';

/**
 * Mails the new holder the link to the ticket, and tells the giver. Messages about free tickets, which anybody can get,
 * cannot use up the share of paid ones.
 */
export function createTellTransfer({ clock }: { readonly clock: Clock }): TicketTransferred {
  return async (tx, { eventId, organizerId, ticketId, number, holderKey, giverKey }) => {
    const now = clock.now();
    const receivedId = newId('dlv', now);
    const row = (id: string, template: string, key: string, share: string) => sql`
      select ${id}::text as id, ${organizerId}::text as organizer_id, ${eventId}::text as event_id, ${ticketId}::text as subject_id,
        ${template}::text as template, 'email'::text as channel, ${key}::text as recipient_key, ${number}::integer as version,
        case when ${isPaid} then null else ${share}::text end as share
      from orders o where o.event_id = ${eventId} and o.id = ${orderIdOf(ticketId)}`;
    const added = await queueDeliveries(
      tx,
      'ticket_received',
      sql`${row(receivedId, 'ticket_received', holderKey, 'transfers')}
        union all ${row(newId('dlv', now), 'ticket_given', giverKey, 'transfer_receipts')}`,
    );
    return sendable(added).includes(receivedId);
  };
}

type Row = {
  readonly holderName: string;
  readonly holderEmail: string;
  readonly giverName: string;
  readonly giverEmail: string;
  readonly category: string;
  readonly isLive: boolean;
  readonly timesTransferred: number;
  readonly codeHex: string;
  readonly codesBefore: number;
};

/** The message about one transfer of a ticket; undefined if the ticket was given on or revoked since. */
export async function composeTransfer(
  deps: HolderDeps & { readonly ticketKeys: TicketKeys },
  { subject_id: ticketId, template, version }: Pick<Claim, 'subject_id' | 'template' | 'version'>,
): Promise<Composed | undefined> {
  const eventId = eventIdOf(ticketId);
  const [subject, row] = await Promise.all([
    deps.deliveries.orderSubject(eventId, orderIdOf(ticketId)),
    findTransfer(deps.db, ticketId, version),
  ]);
  if (subject === undefined || row === undefined) return undefined;
  const { order, event, organizerName } = subject;
  const [giver, name] = [greetingName(row.giverName), greetingName(row.holderName)];
  if (template === 'ticket_given') {
    const about = { locale: order.locale, event: eventIn(order.locale, event), organizerName, tickets: row.category };
    const mail = ticketGivenMail({ ...about, name: giver, other: name });
    return withReplyTo({ channel: 'email', to: { name: giver ?? '', address: row.giverEmail }, mail }, subject);
  }
  if (!row.isLive || row.timesTransferred !== version) return undefined;
  const writeCode = await deps.ticketKeys.writerOf(eventId);
  const code = writeCode({ code: Buffer.from(row.codeHex, 'hex'), codesBefore: row.codesBefore });
  const data = holderMailData(deps.config, subject, { ticketId, number: version, name, category: row.category });
  const mail = ticketReceivedMail({ ...data, other: giver }, { ...code, categoryName: row.category });
  return withReplyTo({ channel: 'email', to: { name: name ?? '', address: row.holderEmail }, mail }, subject);
}

async function findTransfer(db: Db, ticketId: string, number: number): Promise<Row | undefined> {
  const [row] = await rowsOf<Row>(
    db,
    sql`
      select g.holder_name as "holderName", g.holder_email as "holderEmail", coalesce(b.holder_name, o.buyer_name) as "giverName",
        coalesce(b.holder_email, o.buyer_email) as "giverEmail", t.status = 'live' as "isLive", t.times_transferred as "timesTransferred",
        case when o.locale = 'en' then coalesce(c.name_en, c.name) else c.name end as category,
        encode(t.code, 'hex') as "codeHex", t.codes_before as "codesBefore"
      from ticket_transfers g
      join tickets t on t.event_id = g.event_id and t.id = g.ticket_id
      join orders o on o.event_id = t.event_id and o.id = t.order_id
      join ticket_categories c on c.event_id = t.event_id and c.id = t.ticket_category_id
      left join ticket_transfers b on b.event_id = g.event_id and b.ticket_id = g.ticket_id and b.number = g.number - 1
      where g.event_id = ${eventIdOf(ticketId)} and g.ticket_id = ${ticketId} and g.number = ${number}`,
  );
  return row;
}
