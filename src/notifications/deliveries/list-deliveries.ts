import { sql } from 'drizzle-orm';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { eventIdOf } from '../../platform/ids.ts';
import { orderNotFound } from '../../access/errors.ts';
import type { Channel, DeliveryStatus, SenderKind, Template } from '../tables.ts';

/** Messages of one order that are shown, newest first: far more than an order gets. */
const listedMax = 200;

type Row = {
  readonly id: string;
  readonly template: Template;
  readonly channel: Channel;
  readonly version: number;
  readonly status: DeliveryStatus;
  readonly failure: string | null;
  readonly address: string | null;
  readonly senderKind: SenderKind | null;
  readonly senderName: string | null;
  readonly createdAt: Date;
  readonly acceptedAt: Date | null;
  readonly deliveredAt: Date | null;
};

/**
 * The messages of an order and their states, newest first.
 * @throws DomainError order.not_found
 */
export async function listDeliveries(db: Db, { organizerId, orderId }: { organizerId: string; orderId: string }) {
  const rows = await rowsOf<Row & { readonly orderId: string }>(
    db,
    sql`
      select o.id as "orderId", d.id, d.template, d.channel, d.version, d.status, d.failure,
        -- The address as it is now; a message to an earlier one has none to show.
        case d.recipient_key when o.buyer_keys[1] then o.buyer_email when o.buyer_keys[2] then o.buyer_phone end as address,
        s.kind as "senderKind", case when s.organizer_id = o.organizer_id then s.external_id end as "senderName",
        d.created_at as "createdAt", d.accepted_at as "acceptedAt", d.delivered_at as "deliveredAt"
      from orders o left join deliveries d on d.subject_id = o.id left join senders s on s.id = d.sender_id
      where o.event_id = ${eventIdOf(orderId)} and o.id = ${orderId} and o.organizer_id = ${organizerId}
      order by d.created_at desc, d.id desc limit ${listedMax}`,
  );
  if (rows.length === 0) throw orderNotFound();
  return rows.filter(({ id }) => id !== null).map(presentDelivery);
}

function presentDelivery(row: Row) {
  return {
    id: row.id,
    template: row.template,
    channel: row.channel,
    version: row.version,
    status: row.status,
    failure: row.failure,
    recipient: row.address === null ? null : maskedAddress(row.channel, row.address),
    sender: row.senderKind === null ? null : { kind: row.senderKind, externalId: row.senderName },
    createdAt: new Date(row.createdAt).toISOString(),
    acceptedAt: row.acceptedAt === null ? null : new Date(row.acceptedAt).toISOString(),
    deliveredAt: row.deliveredAt === null ? null : new Date(row.deliveredAt).toISOString(),
  };
}

/** Enough of an address to recognise it: the mailbox's first letter with the domain, or a phone's last three digits. */
export function maskedAddress(channel: Channel, address: string): string {
  if (channel === 'whatsapp') return `${address.slice(0, 3)}•••${address.slice(-3)}`;
  const at = address.lastIndexOf('@');
  return `${address.slice(0, 1)}•••${address.slice(at)}`;
}
