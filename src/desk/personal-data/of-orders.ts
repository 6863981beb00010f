import { type SQL, sql } from 'drizzle-orm';
import { ordersOfPersonMax, rowsOfPersonMax } from './limits.ts';
import type { Person } from './person.ts';

/** An array of objects, one for each row of `rows`, whose columns are the fields. */
export const listOfRows = (rows: SQL): SQL =>
  sql`(select coalesce(jsonb_agg(to_jsonb(r)), '[]') from (${rows} limit ${rowsOfPersonMax + 1}) r)`;

/** A time as the whole API writes it. */
export const at = (column: string): SQL => sql.raw(`iso_time(${column})`);

const money = (amount: string) => sql.raw(`jsonb_build_object('amount', ${amount}, 'currency', o.currency)`);

export const messagesOf = (subject: SQL, recipient: SQL): SQL =>
  listOfRows(sql`
    select d.template, d.channel, d.status, ${at('d.created_at')} as "createdAt", ${at('d.accepted_at')} as "acceptedAt",
      ${at('d.delivered_at')} as "deliveredAt"
    from deliveries d where d.subject_id = ${subject} and ${recipient} order by d.created_at`);

/**
 * The orders of a person, newest first; one more than fits if there are more. Paid orders are found by the keyed hash of the address,
 * others by the address as it was typed, for which alone there is an index. Each is compared by the hash in the end.
 */
export function ordersOf({ organizerId, emailKey, phoneKey, email, digits }: Person): SQL {
  const branches = [
    ...(emailKey === null ? [] : [paidBy(sql`(p.buyer_keys[1])`, emailKey, organizerId)]),
    ...(phoneKey === null ? [] : [paidBy(sql`(p.buyer_keys[2])`, phoneKey, organizerId)]),
    ...(email === null
      ? []
      : [
          sql`select s.event_id, s.order_id as id from order_searches s
            where s.organizer_id = ${organizerId} and s.contact like ${`% ${email.replace(/[\\%_]/g, String.raw`\$&`)} %`}`,
        ]),
    ...(digits === null
      ? []
      : [
          sql`select s.event_id, s.order_id as id from order_searches s
            where s.organizer_id = ${organizerId} and substring(s.contact from '[0-9]*$') = ${digits}`,
        ]),
  ];
  return sql`
    select o.* from (${sql.join(branches, sql` union `)}) f join orders o on o.event_id = f.event_id and o.id = f.id
    where o.organizer_id = ${organizerId} and (o.buyer_keys[1] = ${emailKey}::text or o.buyer_keys[2] = ${phoneKey}::text)
    order by right(o.id, 20) desc limit ${ordersOfPersonMax + 1}`;
}

const paidBy = (key: SQL, value: string, organizerId: string): SQL =>
  sql`select p.event_id, p.id from orders p
    where ${key} = ${value} and p.paid_at is not null and p.organizer_id = ${organizerId}`;

const scans = listOfRows(sql`
  select ${at('s.scanned_at')} as at, s.direction, s.result, s.gate from scans s
  where s.ticket_id = t.id and s.event_id = t.event_id order by s.scanned_at`);

const transfers = listOfRows(sql`
  select ${at('g.transferred_at')} as at, left(g.holder_email, 1) || '•••' || substring(g.holder_email from '@[^@]*$') as recipient
  from ticket_transfers g where g.event_id = t.event_id and g.ticket_id = t.id order by g.number`);

/** The name on a ticket that was given on is of another person. */
const tickets = listOfRows(sql`
  select t.id, c.name as category, t.status, case when t.times_transferred = 0 then t.holder_name end as "holderName",
    ${at('t.issued_at')} as "issuedAt", ${scans} as scans, ${transfers} as transfers
  from tickets t join ticket_categories c on c.event_id = t.event_id and c.id = t.ticket_category_id
  where t.order_id = o.id and t.event_id = o.event_id order by t.id`);

const answers = listOfRows(sql`
  select q.text as question, w.value, ${at('w.answered_at')} as "answeredAt"
  from answers w join questions q on q.event_id = w.event_id and q.id = w.question_id
  where w.event_id = o.event_id and w.order_id = o.id order by q.position, q.id, w.subject_id`);

const notes = listOfRows(sql`
  select n.text, ${at('n.created_at')} as "createdAt" from order_notes n
  where n.order_id = o.id and n.event_id = o.event_id order by n.id`);

const payments = listOfRows(sql`
  select a.gateway, a.method, a.status, ${money('a.amount')} as amount, ${at('a.created_at')} as "createdAt"
  from payment_attempts a where a.order_id = o.id and a.event_id = o.event_id order by a.number`);

const refunds = listOfRows(sql`
  select r.reason, r.status, ${money('r.amount')} as amount, ${at('r.created_at')} as "createdAt"
  from refunds r where r.order_id = o.id and r.event_id = o.event_id order by r.id`);

const changes = listOfRows(sql`
  select l.act, ${at('l.at')} as at from audit_log l
  where l.subject_id = o.id and l.organizer_id = o.organizer_id order by l.id`);

const newsConsent = sql`(
  select jsonb_build_object('wording', n.wording, 'locale', n.locale, 'givenAt', ${at('n.given_at')}, 'withdrawnAt', ${at('n.withdrawn_at')})
  from news_consents n where n.event_id = o.event_id and n.order_id = o.id)`;

/** Everything of each order in `o`, the rows of `ordersOf`. */
export const orderParts: SQL = sql`
  select o.id, left(right(o.id, 10), 5) || '-' || right(o.id, 5) as code, o.event_id as "eventId", e.name as event, o.status,
    jsonb_build_object('locale', o.locale, 'placedAt', ${at('o.placed_at')}, 'paidAt', ${at('o.paid_at')}, 'closedAt', ${at('o.closed_at')},
      'total', ${money('o.total')}, 'newsConsent', ${newsConsent}) as facts,
    jsonb_build_object('name', o.buyer_name, 'email', o.buyer_email, 'phone', o.buyer_phone) as buyer,
    ${tickets} as tickets, ${answers} as answers, ${notes} as notes, ${payments} as payments, ${refunds} as refunds,
    ${messagesOf(sql`o.id`, sql`true`)} as messages, ${changes} as changes
  from o join events e on e.id = o.event_id order by right(o.id, 20) desc`;
