import { type SQL, eq, sql } from 'drizzle-orm';
import { organizers } from '../access/tables.ts';
import { events } from '../catalog/tables.ts';
import { orders } from '../orders/tables.ts';
import { type Db, rowsOf } from '../platform/db.ts';
import { orderPaid } from '../orders/jobs.ts';
import { stagedIds } from '../platform/outbox.ts';
import { deliveryJobOf } from './jobs.ts';
import type { Template } from './tables.ts';

/** What deliveries are about, read when they are made; deliveries themselves keep no address. */

const subjectColumns = {
  order: {
    id: orders.id,
    status: orders.status,
    buyerName: orders.buyerName,
    buyerEmail: orders.buyerEmail,
    buyerPhone: orders.buyerPhone,
    locale: orders.locale,
    currency: orders.currency,
    discount: orders.discount,
    fees: orders.fees,
    total: orders.total,
  },
  event: {
    id: events.id,
    name: events.name,
    summary: events.summary,
    venue: events.venue,
    address: events.address,
    city: events.city,
    timeZone: events.timeZone,
    startsAt: events.startsAt,
    endsAt: events.endsAt,
    doorsOpenAt: events.doorsOpenAt,
    status: events.status,
    version: events.version,
    createdAt: events.createdAt,
    publishedAt: events.publishedAt,
  },
  organizerName: organizers.name,
  lines: sql<readonly { readonly name: string; readonly quantity: number; readonly unitPrice: number }[]>`(
    select coalesce(json_agg(json_build_object('name', c.name, 'quantity', l.quantity, 'unitPrice', l.unit_price)
      order by c.position, c.id), '[]')
    from order_lines l join ticket_categories c on c.event_id = l.event_id and c.id = l.ticket_category_id
    where l.event_id = ${orders.eventId} and l.order_id = ${orders.id})`,
  // Bytes have no form of their own in JSON.
  tickets: sql<readonly { readonly codeHex: string; readonly categoryName: string }[]>`(
    select coalesce(json_agg(json_build_object('codeHex', encode(t.code, 'hex'), 'categoryName', c.name) order by t.id), '[]')
    from tickets t join ticket_categories c on c.event_id = t.event_id and c.id = t.ticket_category_id
    where t.event_id = ${orders.eventId} and t.order_id = ${orders.id} and t.status = 'live')`,
};

/** Orders with their event, their lines in the order of the categories, and their live tickets; those that are found. */
export async function findOrderSubjects(db: Db, refs: readonly OrderRef[]) {
  return db
    .select(subjectColumns)
    .from(orders)
    .innerJoin(events, eq(events.id, orders.eventId))
    .innerJoin(organizers, eq(organizers.id, orders.organizerId))
    .where(
      sql`(${orders.eventId}, ${orders.id}) in (select * from unnest(
        ${textArray(refs.map((ref) => ref.eventId))}, ${textArray(refs.map((ref) => ref.orderId))}))`,
    );
}

export type OrderRef = { readonly eventId: string; readonly orderId: string };
export type OrderSubject = Awaited<ReturnType<typeof findOrderSubjects>>[number];

/** The zone of an event; undefined without one. */
export async function findTimeZone(db: Db, eventId: string | undefined): Promise<string | undefined> {
  if (eventId === undefined) return undefined;
  const [row] = await db.select({ timeZone: events.timeZone }).from(events).where(eq(events.id, eventId));
  return row?.timeZone;
}

/** Ids as one parameter; they hold nothing that an array's text would have to escape. */
const textArray = (ids: readonly string[]) => sql`${sql.param(`{${ids.join(',')}}`)}::text[]`;

/** Seconds within which a link is mailed once, however often it is asked for. */
const linkOnceSeconds = 300;

export type OrderTemplate = Extract<Template, 'tickets' | 'order_cancelled' | 'order_refunded' | 'order_link'>;

type OrderRule = { readonly when: SQL; readonly version: SQL; readonly whatsapp: boolean };

/**
 * Which orders a fact is worth a message for, and its version: a version that exists is not sent again. A refund's
 * version is the number of tickets taken back so far, so each partial refund is told once.
 */
const orderRules: Readonly<Record<OrderTemplate, OrderRule>> = {
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

export type OrderNotice = OrderRef & { readonly emailId: string; readonly whatsappId: string };

/**
 * Records the deliveries of facts about orders and stages their sending, in one statement; gives the ids that are new.
 * Email always; WhatsApp too where the buyer gave a phone and a number exists that may send.
 * @param options.resend makes the next version instead of the fact's own
 */
export async function queueOrderDeliveries(
  db: Db,
  template: OrderTemplate,
  notices: readonly OrderNotice[],
  options: { resend: boolean } = { resend: false },
): Promise<Set<string>> {
  const rule = orderRules[template];
  const version = options.resend
    ? sql`(select coalesce(max(x.version), 0) + 1 from deliveries x where x.subject_id = o.id and x.template = ${template})`
    : rule.version;
  const rows = await rowsOf<{ id: string }>(
    db,
    sql`
      with subject as (
        select o.id, o.event_id, o.organizer_id, o.buyer_keys, o.buyer_phone, a.email_id, a.whatsapp_id, ${version} as version
        from unnest(${textArray(notices.map((notice) => notice.eventId))}, ${textArray(notices.map((notice) => notice.orderId))},
          ${textArray(notices.map((notice) => notice.emailId))}, ${textArray(notices.map((notice) => notice.whatsappId))})
          as a (event_id, order_id, email_id, whatsapp_id)
        join orders o on o.event_id = a.event_id and o.id = a.order_id
        where ${rule.when}
      ), added as (
        insert into deliveries (id, organizer_id, event_id, subject_id, template, channel, recipient_key, version)
        select email_id, organizer_id, event_id, id, ${template}::text, 'email', buyer_keys[1], version from subject
        union all
        select whatsapp_id, organizer_id, event_id, id, ${template}::text, 'whatsapp', buyer_keys[2], version from subject
        where ${rule.whatsapp} and buyer_phone <> '' and exists (
          select from senders s where s.status <> 'disabled' and (s.organizer_id = subject.organizer_id or s.organizer_id is null))
        on conflict (subject_id, template, channel, recipient_key, version) do nothing
        returning id, event_id
      ), staged as (
        insert into outbox (name, payload)
        select ${deliveryJobOf(template).name}::text, jsonb_build_object('deliveryId', id, 'eventId', event_id) from added
      )
      select id from added`,
  );
  return new Set(rows.map((row) => row.id));
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

/** The same for a code that a buyer asked for, on the channel of the address. */
export async function queueVerificationDelivery(
  db: Db,
  input: { verificationId: string; deliveryId: string },
): Promise<string[]> {
  const rows = await rowsOf<{ id: string }>(
    db,
    sql`
      with added as (
        insert into deliveries (id, organizer_id, event_id, subject_id, template, channel, recipient_key)
        select ${input.deliveryId}::text, organizer_id, event_id, id, 'buyer_code', channel, account_key
        from buyer_verifications where id = ${input.verificationId}
        on conflict (subject_id, template, channel, recipient_key, version) do nothing
        returning id, event_id
      ), staged as (
        insert into outbox (name, payload)
        select 'delivery.send', jsonb_strip_nulls(jsonb_build_object('deliveryId', id, 'eventId', event_id)) from added
      )
      select id from added`,
  );
  return rows.map((row) => row.id);
}

/** Orders paid within the window that have no tickets delivery, nor a job that will make it: the fact was lost or given up. */
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
        and o.id not in ${stagedIds([orderPaid], 'orderId')}
      limit ${limit}`,
  );
}
