import { type SQL, sql } from 'drizzle-orm';
import { type Db, rowsOf } from '../platform/database/db.ts';
import { type Invariant, invariantSampleMax } from '../platform/invariant.ts';

function rule(name: string, promise: string, statement: SQL): Invariant {
  return {
    name,
    promise,
    find: async (db: Db) => {
      const rows = await rowsOf<{ sentence: string }>(db, sql`${statement} limit ${invariantSampleMax}`);
      return rows.map(({ sentence }) => sentence);
    },
  };
}

/** The amount that an order has earned by the ledger, in its own currency. */
const orderMoney = sql`
  select o.event_id, o.id, o.status, o.total,
    -coalesce(sum(l.amount) filter (where l.account in ('sales', 'fees', 'discounts', 'chargebacks')), 0)::bigint as earned
  from orders o left join ledger_entries l on l.event_id = o.event_id and l.order_id = o.id and l.currency = o.currency
  group by o.event_id, o.id`;

/** The amount that an order owes back by the ledger, in each currency in which money came for it. */
const owedMoney = sql`
  select l.event_id, l.order_id, l.currency, -sum(l.amount)::bigint as owed
  from ledger_entries l where l.account = 'refunds_due' group by l.event_id, l.order_id, l.currency`;

/**
 * The invariants of money, as far as our own rows can tell: equations E7 and E8. `compareWithSandbox` asks the other
 * side.
 */
export const paymentInvariants: readonly Invariant[] = [
  rule(
    'payments.postings_balance',
    'Every posting of the ledger adds up to zero.',
    sql`
      select 'posting ' || posting || ' adds up to ' || sum(amount) as sentence
      from ledger_entries group by event_id, posting, currency having sum(amount) <> 0`,
  ),
  rule(
    'payments.attempt_money',
    'What an attempt received and gave back is what the ledger holds of it.',
    sql`
      select 'attempt ' || a.id || ' says ' || (a.received - a.refunded) || ', the ledger ' || coalesce(l.held, 0) as sentence
      from payment_attempts a
      left join (
        select event_id, attempt_id, currency, sum(amount) filter (where account in ('gateway', 'bank')) as held
        from ledger_entries group by event_id, attempt_id, currency
      ) l on l.event_id = a.event_id and l.attempt_id = a.id and l.currency = a.currency
      where a.received - a.refunded <> coalesce(l.held, 0)
        and not exists (
          -- A chargeback after a refund by hand: the loss stands in chargebacks.
          select 1 from ledger_entries c where c.event_id = a.event_id and c.order_id = a.order_id
            and c.attempt_id = a.id and c.account = 'chargebacks')`,
  ),
  rule(
    'payments.gateway_fees',
    'What the gateway keeps of an attempt is what the ledger holds for it, and never more than is left.',
    sql`
      select 'attempt ' || a.id || ' says a fee of ' || a.gateway_fee || ', the ledger ' || coalesce(l.kept, 0) as sentence
      from payment_attempts a
      left join (
        select event_id, attempt_id, currency, -sum(amount) as kept
        from ledger_entries where account = 'gateway_fees' group by event_id, attempt_id, currency
      ) l on l.event_id = a.event_id and l.attempt_id = a.id and l.currency = a.currency
      where a.gateway_fee <> coalesce(l.kept, 0)
         or (a.gateway_fee > a.received - a.refunded and a.status <> 'charged_back')`,
  ),
  rule(
    'payments.paid_has_money',
    'A paid order has exactly its price; an order that is not paid has kept nothing.',
    sql`
      select 'order ' || m.id || ' is ' || m.status || ' at ' || m.total || ' and has earned ' || m.earned as sentence
      from (${orderMoney}) m
      where case m.status
          when 'paid' then m.earned <> m.total
          when 'partially_refunded' then m.earned < 0 or m.earned > m.total
          else m.earned > 0 end`,
  ),
  rule(
    'payments.owed_is_on_its_way',
    'Money without a ticket has a refund on its way, or a task for a person.',
    sql`
      select 'order ' || coalesce(m.order_id, r.order_id) || ' owes ' || coalesce(m.owed, 0) || ' '
        || coalesce(m.currency, r.currency) || ', its open refunds are ' || coalesce(r.amount, 0) as sentence
      from (${owedMoney}) m
      full join (
        select event_id, order_id, currency, sum(amount) as amount from refunds
        where status in ('requested', 'manual_required') group by event_id, order_id, currency
      ) r on r.event_id = m.event_id and r.order_id = m.order_id and r.currency = m.currency
      where coalesce(m.owed, 0) <> coalesce(r.amount, 0)`,
  ),
  rule(
    'payments.manual_refund_has_task',
    'A refund that a person must pay has an open task.',
    sql`
      select 'refund ' || r.id || ' waits for a person, and no task says so' as sentence
      from refunds r
      where r.status = 'manual_required' and not exists (
        select 1 from tasks t where t.event_id = r.event_id and t.kind in ('refund_manual', 'money_taken') and t.subject_id = r.id
          and t.resolved_at is null)`,
  ),
  rule(
    'payments.one_open_attempt',
    'An order has at most one open payment attempt.',
    sql`
      select 'order ' || order_id || ' has ' || count(*) || ' open attempts' as sentence
      from payment_attempts where status in ('creating', 'unknown', 'pending', 'review', 'authorized')
      group by event_id, order_id having count(*) > 1`,
  ),
  rule(
    'payments.ended_has_no_open_attempt',
    'Nobody can pay for an order that has ended.',
    sql`
      select 'order ' || o.id || ' is ' || o.status || ' and attempt ' || a.id || ' is ' || a.status as sentence
      from payment_attempts a join orders o on o.event_id = a.event_id and o.id = a.order_id
      where a.status in ('creating', 'unknown', 'pending', 'review', 'authorized') and o.status in ('expired', 'cancelled')`,
  ),
];
