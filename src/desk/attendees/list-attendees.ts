import { sql } from 'drizzle-orm';
import { type Actor, atLeast } from '../../access/actor.ts';
import { type Db, rowsOf, transaction } from '../../platform/database/db.ts';
import { inIndexOrder } from '../../platform/database/in-index-order.ts';
import { orderCode } from '../../platform/ids.ts';
import { ownEvent } from '../../orders/index.ts';

export const presences = ['in', 'out', 'not_yet'] as const;

export type AttendeesInput = {
  readonly eventId: string;
  readonly orderId?: string | undefined;
  readonly ticketCategoryId?: string | undefined;
  /** `in`: inside now. `out`: was inside. `not_yet`: has not entered. */
  readonly presence?: (typeof presences)[number] | undefined;
  /** The last ticket of the previous page. */
  readonly after?: string | undefined;
  readonly limit: number;
};

type Row = {
  readonly id: string;
  readonly order_id: string;
  readonly category_id: string;
  readonly category: string;
  readonly status: 'live' | 'revoked';
  readonly name: string;
  readonly holder_name: string | null;
  readonly email: string;
  readonly phone: string;
  readonly inside: boolean | null;
  readonly admitted_at: string | Date | null;
  readonly gate: string | null;
  readonly entries: number | null;
  readonly answers: readonly { readonly question: string; readonly value: string }[];
};

/** Flags of the ticket and of its order; an order has a few. */
const answersOf = sql`(
  select coalesce(json_agg(json_build_object('question', q.text, 'value', w.value) order by q.position, q.id), '[]')
  from answers w join questions q on q.event_id = w.event_id and q.id = w.question_id
  where w.event_id = t.event_id and w.order_id = t.order_id and w.subject_id in (t.id, t.order_id))`;

const ofPresence = {
  in: sql`and a.inside`,
  out: sql`and not a.inside`,
  not_yet: sql`and a.inside is null and t.status = 'live'`,
} as const;

/** Looks up one ticket after the other until the page is full. */
const admissionOfTicket = sql`left join lateral (
  select inside from admissions where event_id = t.event_id and ticket_id = t.id offset 0) a on true`;

/**
 * Everybody with a ticket and whether they are inside, sorted by order; one row more than `limit` if there is a next page. The role door
 * sees no email, phone or answers. The page is chosen before anything is joined: Postgres expects a few rows of a join, and would join and
 * sort all tickets of the event.
 * @throws DomainError event.not_found
 */
export async function listAttendees(deps: { readonly db: Db }, actor: Actor, input: AttendeesInput) {
  const event = await ownEvent(deps.db, actor, input.eventId);
  const rows = await transaction(deps.db, async (tx) => {
    await tx.execute(inIndexOrder);
    return rowsOf<Row>(
      tx,
      sql`
      with page as materialized (
        select t.* from tickets t ${input.presence === undefined ? sql`` : admissionOfTicket}
        where t.event_id = ${event.id}
          ${input.after === undefined ? sql`` : sql`and t.id > ${input.after}`}
          ${input.orderId === undefined ? sql`` : sql`and t.order_id = ${input.orderId}`}
          ${input.ticketCategoryId === undefined ? sql`` : sql`and t.ticket_category_id = ${input.ticketCategoryId}`}
          ${input.presence === undefined ? sql`` : ofPresence[input.presence]}
        order by t.id limit ${input.limit + 1}
      )
      select t.id, t.order_id, c.id as category_id, c.name as category, t.status, t.holder_name, o.buyer_name as name, o.buyer_email as email,
        o.buyer_phone as phone, a.inside, a.admitted_at, a.gate, a.entries, ${answersOf} as answers
      from page t
      join orders o on o.event_id = t.event_id and o.id = t.order_id
      join ticket_categories c on c.event_id = t.event_id and c.id = t.ticket_category_id
      left join admissions a on a.event_id = t.event_id and a.ticket_id = t.id
      order by t.id`,
    );
  });
  const seesContact = atLeast(actor, 'manager');
  return rows.map((row) => presentAttendee(row, seesContact));
}

function presentAttendee(row: Row, seesContact: boolean) {
  return {
    ticketId: row.id,
    orderId: row.order_id,
    orderCode: orderCode(row.order_id),
    ticketCategoryId: row.category_id,
    ticketCategory: row.category,
    status: row.status,
    name: row.name,
    holderName: row.holder_name,
    ...(seesContact ? { email: row.email, phone: row.phone, answers: [...row.answers] } : {}),
    presence: presenceOf(row.inside),
    ...(row.admitted_at === null
      ? {}
      : { admittedAt: new Date(row.admitted_at).toISOString(), gate: row.gate, entries: row.entries ?? 0 }),
  };
}

function presenceOf(inside: boolean | null): (typeof presences)[number] {
  if (inside === null) return 'not_yet';
  return inside ? 'in' : 'out';
}
