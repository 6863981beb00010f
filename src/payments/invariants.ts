import { sql } from 'drizzle-orm';
import { type Invariant, invariantOf } from '../platform/invariant.ts';

/** The amount that an order has earned by the ledger, in its own currency. */
const orderMoney = sql`
  select o.event_id, o.id, o.status, o.total,
    -coalesce(sum(l.amount) filter (where l.account in ('sales', 'fees', 'discounts', 'chargebacks')), 0)::bigint as earned,
    coalesce(sum(l.amount) filter (where l.account = 'chargebacks'), 0)::bigint as lost
  from orders o left join ledger_entries l on l.event_id = o.event_id and l.order_id = o.id and l.currency = o.currency
  group by o.event_id, o.id`;

/** The amount that an order owes back by the ledger, in each currency in which money came for it. */
const owedMoney = sql`
  select l.event_id, l.order_id, l.currency, -sum(l.amount)::bigint as owed
  from ledger_entries l where l.account = 'refunds_due' group by l.event_id, l.order_id, l.currency`;

/**
 * The invariants of money that our own rows can show. `npm run audit` also compares them with the gateway's side, which
 * the sandbox keeps (`testkit/payments/compare-with-sandbox.ts`).
 */
export const paymentInvariants: readonly Invariant[] = [
  invariantOf(
    'payments.postings_balance',
    'Every posting of the ledger adds up to zero.',
    sql`
      select 'posting ' || posting || ' adds up to ' || sum(amount) as sentence
      from ledger_entries group by event_id, posting, currency having sum(amount) <> 0`,
  ),
  invariantOf(
    'payments.attempt_money',
    'What an attempt received, and what it gave back, is what the ledger holds of it.',
    sql`
      select 'attempt ' || a.id || ' received ' || a.received || ' and gave back ' || a.refunded || ', the ledger says '
        || coalesce(l.came, 0) || ' and ' || coalesce(l.went, 0) as sentence
      from payment_attempts a
      left join (
        select event_id, order_id, attempt_id, currency, sum(amount) filter (where account = 'gateway' and amount > 0) as came,
          -coalesce(sum(amount) filter (where account = 'bank' or (account = 'gateway' and amount < 0)), 0) as went
        from ledger_entries group by event_id, order_id, attempt_id, currency
      ) l on l.event_id = a.event_id and l.order_id = a.order_id and l.attempt_id = a.id and l.currency = a.currency
      -- More than it received goes only if what a person had paid back by hand goes back at the gateway as well.
      where a.received <> coalesce(l.came, 0) or a.refunded <> least(coalesce(l.came, 0), coalesce(l.went, 0))
      union all
      select 'posting ' || l.posting || ' names attempt ' || l.attempt_id || ', which does not exist'
      from ledger_entries l
      where not exists (
        select from payment_attempts a where a.event_id = l.event_id and a.id = l.attempt_id and a.order_id = l.order_id)`,
  ),
  invariantOf(
    'payments.money_has_its_status',
    'An attempt with money says so, and one without money does not.',
    sql`
      select 'attempt ' || a.id || ' is ' || a.status || ' and received ' || a.received as sentence
      from payment_attempts a
      where (a.received > 0) <> (a.status in (
          'captured', 'settled', 'voided', 'reversed', 'refunded', 'partially_refunded', 'charged_back'))
        -- What came in another currency is not counted in the currency of the order.
        and not (a.received = 0 and a.failure is not distinct from 'wrong_currency')`,
  ),
  invariantOf(
    'payments.sales_as_priced',
    'A payment is booked as the order was priced: its price, its fees and its discount.',
    sql`
      select 'posting ' || l.posting || ' books ' || l.sales || ', ' || l.fees || ' and ' || l.discounts || ', the order says '
        || o.subtotal || ', ' || o.fees || ' and ' || o.discount as sentence
      from (
        select event_id, order_id, posting, -coalesce(sum(amount) filter (where account = 'sales'), 0) as sales,
          -coalesce(sum(amount) filter (where account = 'fees'), 0) as fees,
          coalesce(sum(amount) filter (where account = 'discounts'), 0) as discounts
        from ledger_entries where posting like '%:capture:%'
        group by event_id, order_id, posting having bool_or(account in ('sales', 'fees', 'discounts'))
      ) l join orders o on o.event_id = l.event_id and o.id = l.order_id
      where l.sales <> o.subtotal or l.fees <> o.fees or l.discounts <> o.discount`,
  ),
  invariantOf(
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
  invariantOf(
    'payments.paid_has_money',
    'A paid order has exactly its price; an order that is not paid has kept nothing.',
    sql`
      select 'order ' || m.id || ' is ' || m.status || ' at ' || m.total || ' and has earned ' || m.earned as sentence
      from (${orderMoney}) m
      where case m.status
          -- A bank may have taken a part back. The tickets stay, and the price was paid.
          when 'paid' then m.earned + m.lost <> m.total
          when 'partially_refunded' then m.earned < 0 or m.earned > m.total
          -- Less than nothing is earned only by a loss: a chargeback takes the fee, and what was paid back by hand, as well.
          else m.earned > 0 or (m.earned < 0 and m.lost = 0) end`,
  ),
  invariantOf(
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
  invariantOf(
    'payments.refunds_as_booked',
    'A refund that was paid is in the ledger once, with its amount; one that was not paid is not.',
    sql`
      select 'refund ' || r.id || ' of ' || r.amount || ' ' || r.currency || ' is ' || r.status || ', the ledger says '
        || coalesce(l.amount, 0) || ' were paid' as sentence
      from refunds r
      left join ledger_entries l on l.event_id = r.event_id and l.posting = r.id || ':paid' and l.account = 'refunds_due'
        and l.order_id = r.order_id and l.attempt_id = r.attempt_id and l.currency = r.currency
      where coalesce(l.amount, 0) <> case when r.status in ('processing', 'done') then r.amount else 0 end`,
  ),
  invariantOf(
    'payments.nothing_forgotten',
    'Whatever waits for the gateway has a time at which it is asked, or a task for a person.',
    sql`
      select waiting.what || ' ' || waiting.id || ' is ' || waiting.status || ', and nobody asks about it' as sentence
      from (
        select 'refund' as what, event_id, id, status from refunds
        where status in ('requested', 'processing') and next_check_at is null
        union all
        select 'attempt', event_id, id, status from payment_attempts
        where status in ('creating', 'unknown', 'pending', 'review', 'authorized', 'captured') and next_check_at is null
      ) waiting
      where not exists (
        select from tasks t where t.event_id = waiting.event_id and t.kind = 'gateway_silent' and t.subject_id = waiting.id
          and t.resolved_at is null)`,
  ),
  invariantOf(
    'payments.manual_refund_has_task',
    'A refund that a person must pay has an open task.',
    sql`
      select 'refund ' || r.id || ' waits for a person, and no task says so' as sentence
      from refunds r
      where r.status = 'manual_required' and not exists (
        select 1 from tasks t where t.event_id = r.event_id and t.kind in ('refund_manual', 'money_taken') and t.subject_id = r.id
          and t.resolved_at is null)`,
  ),
  invariantOf(
    'payments.attempts_ask_the_price',
    'An attempt asks for the price of its order, in its currency, for its organiser.',
    sql`
      select 'attempt ' || a.id || ' asks for ' || a.amount || ' ' || a.currency || ' for ' || a.organizer_id || ', order '
        || coalesce(o.id || ' costs ' || o.total || ' ' || o.currency || ' at ' || o.organizer_id, a.order_id || ' is missing') as sentence
      from payment_attempts a
      left join orders o on o.event_id = a.event_id and o.id = a.order_id
        and a.id = 'pay_' || substr(o.id, 5) || lpad(a.number::text, 2, '0')
      where (a.amount, a.currency, a.organizer_id) is distinct from (o.total, o.currency, o.organizer_id)`,
  ),
  invariantOf(
    'payments.refunds_name_their_payment',
    'A refund belongs to the order and the organiser whose payment it gives back.',
    sql`
      select 'refund ' || r.id || ' names attempt ' || r.attempt_id || ', order ' || r.order_id || ' and ' || r.organizer_id as sentence
      from refunds r
      where not exists (
        select from payment_attempts a where a.event_id = r.event_id and a.id = r.attempt_id and a.order_id = r.order_id
          and a.organizer_id = r.organizer_id)`,
  ),
  invariantOf(
    'payments.one_open_attempt',
    'An order has at most one open payment attempt.',
    sql`
      select 'order ' || order_id || ' has ' || count(*) || ' open attempts' as sentence
      from payment_attempts where status in ('creating', 'unknown', 'pending', 'review', 'authorized')
      group by event_id, order_id having count(*) > 1`,
  ),
  invariantOf(
    'payments.ended_has_no_open_attempt',
    'Nobody can pay for an order that has ended.',
    sql`
      select 'order ' || o.id || ' is ' || o.status || ' and attempt ' || a.id || ' is ' || a.status as sentence
      from payment_attempts a join orders o on o.event_id = a.event_id and o.id = a.order_id
      where a.status in ('creating', 'unknown', 'pending', 'review', 'authorized') and o.status in ('expired', 'cancelled')`,
  ),
  invariantOf(
    'payments.called_off_keeps_nothing',
    'No order of a cancelled event keeps its tickets or its money once the refunds have begun.',
    sql`
      select 'order ' || o.id || ' is ' || o.status || ' although its event was cancelled' as sentence
      from events e join orders o on o.event_id = e.id
      where e.status = 'cancelled' and o.status in ('paid', 'partially_refunded') and not exists (
        select from outbox staged where staged.name = 'event.cancelled' and staged.event_id = e.id)`,
  ),
];
