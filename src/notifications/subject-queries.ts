import { and, asc, eq, sql } from 'drizzle-orm';
import { organizers } from '../access/tables.ts';
import { events, ticketCategories } from '../catalog/tables.ts';
import { orders, tickets } from '../orders/tables.ts';
import { type Db, rowsOf } from '../platform/db.ts';
import type { Template } from './tables.ts';

/** What deliveries are about, read when they are made; deliveries themselves keep no address. */

export type OrderSubject = {
  readonly order: typeof orders.$inferSelect;
  readonly event: typeof events.$inferSelect;
  readonly organizerName: string;
  readonly lines: readonly { readonly name: string; readonly quantity: number; readonly unitPrice: number }[];
  readonly tickets: readonly { readonly id: string; readonly code: Buffer; readonly categoryName: string }[];
};

/** One order with its event, its lines in the order of the categories, and its live tickets. */
export async function findOrderSubject(
  db: Db,
  { eventId, orderId, withTickets }: { eventId: string; orderId: string; withTickets: boolean },
): Promise<OrderSubject | undefined> {
  const [row] = await db
    .select({
      order: orders,
      event: events,
      organizerName: organizers.name,
      lines: sql<OrderSubject['lines']>`(
        select coalesce(json_agg(json_build_object('name', c.name, 'quantity', l.quantity, 'unitPrice', l.unit_price)
          order by c.position, c.id), '[]')
        from order_lines l join ticket_categories c on c.event_id = l.event_id and c.id = l.ticket_category_id
        where l.event_id = ${orders.eventId} and l.order_id = ${orders.id})`,
    })
    .from(orders)
    .innerJoin(events, eq(events.id, orders.eventId))
    .innerJoin(organizers, eq(organizers.id, orders.organizerId))
    .where(and(eq(orders.eventId, eventId), eq(orders.id, orderId)))
    .limit(1);
  if (row === undefined) return undefined;
  return { ...row, tickets: withTickets ? await liveTickets(db, eventId, orderId) : [] };
}

async function liveTickets(db: Db, eventId: string, orderId: string): Promise<OrderSubject['tickets']> {
  return db
    .select({ id: tickets.id, code: tickets.code, categoryName: ticketCategories.name })
    .from(tickets)
    .innerJoin(
      ticketCategories,
      and(eq(ticketCategories.eventId, tickets.eventId), eq(ticketCategories.id, tickets.ticketCategoryId)),
    )
    .where(and(eq(tickets.eventId, eventId), eq(tickets.orderId, orderId), eq(tickets.status, 'live')))
    .orderBy(asc(tickets.id));
}

/** Seconds within which a link is mailed once, however often it is asked for. */
const linkOnceSeconds = 300;

/**
 * Which orders a fact is worth a message for, and its version: a version that exists is not sent again. A refund's
 * version is the number of tickets taken back so far, so each partial refund is told once.
 */
const orderRules: Readonly<
  Record<
    string,
    { readonly when: ReturnType<typeof sql>; readonly version: ReturnType<typeof sql>; readonly whatsapp: boolean }
  >
> = {
  tickets: { when: sql`o.status in ('paid', 'partially_refunded')`, version: sql`1`, whatsapp: true },
  order_cancelled: { when: sql`o.status = 'cancelled'`, version: sql`1`, whatsapp: true },
  order_refunded: {
    when: sql`o.status in ('refunded', 'partially_refunded')`,
    version: sql`1 + (select count(*)::int from tickets t where t.event_id = o.event_id and t.order_id = o.id and t.status = 'revoked')`,
    whatsapp: true,
  },
  order_link: {
    when: sql`true`,
    version: sql`floor(extract(epoch from now()) / ${linkOnceSeconds})::int`,
    whatsapp: false,
  },
};

export type OrderTemplate = Extract<Template, 'tickets' | 'order_cancelled' | 'order_refunded' | 'order_link'>;

/**
 * Records the deliveries of a fact about an order and stages their sending, in one statement; gives the ids that are
 * new. Email always; WhatsApp too where the buyer gave a phone and a number exists that may send.
 * @param resend makes the next version instead of the fact's own
 */
export async function queueOrderDeliveries(
  db: Db,
  input: {
    template: OrderTemplate;
    eventId: string;
    orderId: string;
    deliveryIds: { email: string; whatsapp: string };
    resend?: boolean;
  },
): Promise<string[]> {
  const rule = orderRules[input.template];
  if (rule === undefined) return [];
  const version =
    input.resend === true
      ? sql`(select coalesce(max(x.version), 0) + 1 from deliveries x where x.subject_id = o.id and x.template = ${input.template})`
      : rule.version;
  const rows = await rowsOf<{ id: string }>(
    db,
    sql`
      with subject as (
        select o.id, o.event_id, o.organizer_id, o.buyer_keys, o.buyer_phone, ${version} as version
        from orders o where o.event_id = ${input.eventId} and o.id = ${input.orderId} and ${rule.when}
      ), added as (
        insert into deliveries (id, organizer_id, event_id, subject_id, template, channel, recipient_key, version)
        select ${input.deliveryIds.email}::text, organizer_id, event_id, id, ${input.template}::text, 'email', buyer_keys[1], version from subject
        union all
        select ${input.deliveryIds.whatsapp}::text, organizer_id, event_id, id, ${input.template}::text, 'whatsapp', buyer_keys[2], version from subject
        where ${rule.whatsapp} and buyer_phone <> '' and exists (
          select from senders s where s.status <> 'disabled' and (s.organizer_id = subject.organizer_id or s.organizer_id is null))
        on conflict (subject_id, template, channel, recipient_key, version) do nothing
        returning id
      ), staged as (
        insert into outbox (name, payload) select 'delivery.send', jsonb_build_object('deliveryId', id) from added
      )
      select id from added`,
  );
  return rows.map((row) => row.id);
}

/** The same for a one-time link of a staff member; always by email. */
export async function queueStaffDelivery(
  db: Db,
  input: {
    template: Extract<Template, 'staff_invitation' | 'staff_password_reset'>;
    tokenId: string;
    deliveryId: string;
  },
): Promise<string[]> {
  const rows = await rowsOf<{ id: string }>(
    db,
    sql`
      with added as (
        insert into deliveries (id, organizer_id, subject_id, template, channel, recipient_key)
        select ${input.deliveryId}::text, m.organizer_id, t.id, ${input.template}::text, 'email', m.id
        from staff_tokens t join staff m on m.id = t.staff_id where t.id = ${input.tokenId}
        on conflict (subject_id, template, channel, recipient_key, version) do nothing
        returning id
      ), staged as (
        insert into outbox (name, payload) select 'delivery.send', jsonb_build_object('deliveryId', id) from added
      )
      select id from added`,
  );
  return rows.map((row) => row.id);
}

/** Orders paid within the window that have no tickets delivery at all: the fact was lost or given up. */
export async function paidOrdersWithoutDelivery(
  db: Db,
  { fromMinutes, toMinutes, limit }: { fromMinutes: number; toMinutes: number; limit: number },
): Promise<{ eventId: string; orderId: string }[]> {
  return rowsOf<{ eventId: string; orderId: string }>(
    db,
    sql`
      select o.event_id as "eventId", o.id as "orderId" from orders o
      where o.paid_at > now() - make_interval(mins => ${fromMinutes}) and o.paid_at <= now() - make_interval(mins => ${toMinutes})
        and o.status in ('paid', 'partially_refunded')
        and not exists (select from deliveries d where d.subject_id = o.id and d.template = 'tickets')
      limit ${limit}`,
  );
}
