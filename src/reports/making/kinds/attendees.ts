import { sql } from 'drizzle-orm';
import { type ReportKind, numberColumn, orderCodeOf, textColumn, timeColumn } from './kind.ts';

/** Everybody with a ticket. The ticket's code is left out, because it opens the door. */
export const attendees: ReportKind = {
  from: sql`tickets t
    join orders o on o.event_id = t.event_id and o.id = t.order_id
    join ticket_categories c on c.event_id = t.event_id and c.id = t.ticket_category_id
    left join admissions a on a.event_id = t.event_id and a.ticket_id = t.id`,
  eventId: sql`t.event_id`,
  key: [sql`t.id`],
  time: sql`t.issued_at`,
  status: sql`t.status`,
  statuses: ['live', 'revoked'],
  columns: [
    textColumn('ticket_id', sql`t.id`),
    textColumn('order_code', orderCodeOf(sql`o.id`)),
    textColumn('order_id', sql`o.id`),
    textColumn('ticket_category', sql`c.name`),
    textColumn('status', sql`t.status`),
    textColumn('holder_name', sql`t.holder_name`),
    textColumn('name', sql`o.buyer_name`),
    textColumn('email', sql`o.buyer_email`),
    textColumn('phone', sql`o.buyer_phone`),
    textColumn(
      'answers',
      sql`(select string_agg(q.text || ': ' || w.value, ' | ' order by q.position, q.id)
        from answers w join questions q on q.event_id = w.event_id and q.id = w.question_id
        where w.event_id = t.event_id and w.order_id = t.order_id and w.subject_id in (t.id, t.order_id))`,
    ),
    timeColumn('issued_at', sql`t.issued_at`),
    timeColumn('revoked_at', sql`t.revoked_at`),
    textColumn('revoked_reason', sql`t.revoked_reason`),
    timeColumn('admitted_at', sql`a.admitted_at`),
    textColumn('gate', sql`a.gate`),
    numberColumn('entries', sql`coalesce(a.entries, 0)`),
  ],
};
