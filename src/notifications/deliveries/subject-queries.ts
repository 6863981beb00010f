import { and, eq, sql } from 'drizzle-orm';
import { organizers, staff } from '../../access/tables.ts';
import { events, organizerProfiles } from '../../catalog/tables.ts';
import { orders } from '../../orders/tables.ts';
import { arrayText } from '../../platform/database/array-text.ts';
import { builtOnce } from '../../platform/database/built-once.ts';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { returned } from '../../platform/database/prepared.ts';
import { orderPaid, ordersPaid } from '../../orders/jobs.ts';
import { eventIdOf } from '../../platform/ids.ts';
import { idsWithJob, stagedJobs } from '../../platform/jobs/staged-jobs.ts';
import { money } from '../../platform/text/money.ts';
import type { PaidBack } from '../templates/refund-done.ts';
import type { PaidRange } from './paid-looks.ts';
import { sellerColumns } from './seller.ts';

/** The subjects of deliveries, read when messages are made; deliveries themselves keep no address. */

const orderColumns = {
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
    paidAt: orders.paidAt,
    linkVersion: orders.linkVersion,
    expiresAt: orders.expiresAt,
  },
  lines: sql<readonly { readonly name: string; readonly quantity: number; readonly unitPrice: number }[]>`lines`,
  tickets: sql<readonly SubjectTicket[]>`own_tickets`,
  liveTickets: sql<number>`live_tickets`,
};

type SubjectTicket = { readonly codeHex: string; readonly codesBefore: number; readonly categoryName: string };

const eventColumns = {
  event: {
    id: events.id,
    slug: events.slug,
    name: events.name,
    summary: events.summary,
    nameEn: events.nameEn,
    summaryEn: events.summaryEn,
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
    postponedAt: events.postponedAt,
  },
  organizerName: organizers.name,
  seller: sellerColumns,
};

/** Orders as messages tell of them (`read_order_subjects`). Events are read apart, because the orders of one call mostly have one. */
export async function findOrderSubjects(db: Db, refs: readonly OrderRef[]) {
  const abouts = await eventsStatement(db).execute({
    eventIds: arrayText([...new Set(refs.map(({ eventId }) => eventId))]),
  });
  const aboutOf = new Map(abouts.map((about) => [about.event.id, about]));
  const found = await ordersStatement(db).execute({
    eventIds: arrayText(refs.map((ref) => ref.eventId)),
    orderIds: arrayText(refs.map((ref) => ref.orderId)),
  });
  return found.flatMap((order) => {
    const about = aboutOf.get(eventIdOf(order.order.id));
    return about === undefined ? [] : [{ ...order, ...about }];
  });
}

const ordersStatement = builtOnce((db) =>
  db
    .select(orderColumns)
    .from(
      returned(
        'orders',
        sql`select (found.whole).*, lines, own_tickets, live_tickets
          from read_order_subjects(${sql.placeholder('eventIds')}::text[], ${sql.placeholder('orderIds')}::text[]) as found`,
      ),
    )
    .prepare('read_order_subjects'),
);

const eventsStatement = builtOnce((db) =>
  db
    .select(eventColumns)
    .from(events)
    .innerJoin(organizers, eq(organizers.id, events.organizerId))
    .leftJoin(organizerProfiles, eq(organizerProfiles.organizerId, events.organizerId))
    .where(sql`${events.id} = any(${sql.placeholder('eventIds')}::text[])`)
    .prepare('event_subjects'),
);

export type OrderRef = { readonly eventId: string; readonly orderId: string };
export type OrderSubject = Awaited<ReturnType<typeof findOrderSubjects>>[number];

/** The zone of an event; undefined without one. */
export async function findTimeZone(db: Db, eventId: string | undefined): Promise<string | undefined> {
  if (eventId === undefined) return undefined;
  const [row] = await db.select({ timeZone: events.timeZone }).from(events).where(eq(events.id, eventId));
  return row?.timeZone;
}

/** Orders, paid in these ranges, without a tickets delivery or a job that will make it: the fact was lost or given up. */
export async function paidOrdersWithoutDelivery(
  db: Db,
  ranges: readonly PaidRange[],
  limit: number,
): Promise<{ eventId: string; orderId: string }[]> {
  // One by one: joined to a list of ranges, all orders would be read.
  const ages = ranges.map(
    ({ fromSeconds, toSeconds }) =>
      sql`o.paid_at > now() - make_interval(secs => ${fromSeconds}) and o.paid_at <= now() - make_interval(secs => ${toSeconds})`,
  );
  return rowsOf<{ eventId: string; orderId: string }>(
    db,
    sql`
      select o.event_id as "eventId", o.id as "orderId" from orders o
      where (${sql.join(ages, sql` or `)}) and o.status in ('paid', 'partially_refunded')
        and not exists (select from deliveries d where d.subject_id = o.id and d.template = 'tickets')
        and o.id not in ${idsWithJob([orderPaid], 'orderId')} and o.id not in (
          select jsonb_array_elements_text(staged.payload -> 'orderIds') from ${stagedJobs([ordersPaid])} staged)
      limit ${limit}`,
  );
}

/** The last repayment of an order: the sum of its finished refunds for that reason; undefined if there is none. */
export async function findPaidBack(db: Db, { eventId, orderId }: OrderRef): Promise<PaidBack | undefined> {
  const [row] = await rowsOf<{ amount: string; currency: string; reason: string }>(
    db,
    sql`
      select sum(r.amount) over (partition by r.currency, r.reason) as amount, r.currency, r.reason from refunds r
      where r.event_id = ${eventId} and r.order_id = ${orderId} and r.status = 'done'
      order by r.done_at desc, r.id desc limit 1`,
  );
  if (row === undefined) return undefined;
  return { amount: money(Number(row.amount), row.currency), why: whyOf[row.reason] ?? 'asked' };
}

const whyOf: Readonly<Record<string, PaidBack['why']>> = {
  external: 'by_gateway',
  double_payment: 'paid_twice',
  late_payment: 'too_late',
  underpaid: 'too_much',
  surplus: 'too_much',
  wrong_facts: 'too_much',
};

/** The address of a member of staff who may sign in. */
export async function findStaffEmail(db: Db, staffId: string) {
  const [member] = await db
    .select({ email: staff.email, name: staff.name, locale: staff.locale, organizerName: organizers.name })
    .from(staff)
    .innerJoin(organizers, eq(organizers.id, staff.organizerId))
    .where(and(eq(staff.id, staffId), eq(staff.status, 'active')));
  return member;
}
