import { sql } from 'drizzle-orm';
import { type Invariant, invariantOf } from '../platform/invariant.ts';

const stockConserved = invariantOf(
  'orders.stock_conserved',
  'In every pool, sold, held, free and blocked places add up to its capacity, and none is below zero.',
  sql`
    select format('pool %s of %s: available %s + held %s + sold %s + blocked %s is not capacity %s',
             pool_id, event_id, available, held, sold, blocked, capacity) as sentence
    from stock
    where available + held + sold + blocked <> capacity or least(available, held, sold, blocked) < 0`,
);

const stockEqualsRows = invariantOf(
  'orders.stock_equals_rows',
  'What a pool counts as held and sold is what its open orders and valid tickets say.',
  sql`
    with held as (
      select l.event_id, l.pool_id, sum(l.quantity) as quantity
      from orders o join order_lines l on l.event_id = o.event_id and l.order_id = o.id
      where o.status in ('pending_payment', 'closing')
      group by 1, 2
    ), sold as (
      select l.event_id, l.pool_id, count(*) as quantity
      from tickets t
      join order_lines l
        on l.event_id = t.event_id and l.order_id = t.order_id and l.ticket_category_id = t.ticket_category_id
      where t.status = 'live'
      group by 1, 2
    )
    select format('pool %s of %s: counts %s held and %s sold, its rows say %s and %s', s.pool_id, s.event_id, s.held,
             s.sold, coalesce(held.quantity, 0), coalesce(sold.quantity, 0)) as sentence
    from stock s
    left join held on held.event_id = s.event_id and held.pool_id = s.pool_id
    left join sold on sold.event_id = s.event_id and sold.pool_id = s.pool_id
    where s.held <> coalesce(held.quantity, 0) or s.sold <> coalesce(sold.quantity, 0)`,
);

const ticketsMatchOrder = invariantOf(
  'orders.tickets_match_order',
  'A paid order has exactly the tickets it paid for, a partly refunded one at most those, every other order none.',
  sql`
    with live as (
      select event_id, order_id, ticket_category_id, count(*) as quantity
      from tickets where status = 'live' group by 1, 2, 3
    )
    select format('order %s is %s, bought %s of %s and has %s valid tickets',
             coalesce(o.id, live.order_id), coalesce(o.status, 'missing'), coalesce(l.quantity, 0),
             coalesce(l.ticket_category_id, live.ticket_category_id), coalesce(live.quantity, 0)) as sentence
    from order_lines l
    full join live
      on live.event_id = l.event_id and live.order_id = l.order_id and live.ticket_category_id = l.ticket_category_id
    left join orders o
      on o.event_id = coalesce(l.event_id, live.event_id) and o.id = coalesce(l.order_id, live.order_id)
    where case coalesce(o.status, 'missing')
      when 'paid' then coalesce(live.quantity, 0) <> coalesce(l.quantity, 0)
      when 'partially_refunded' then coalesce(live.quantity, 0) > coalesce(l.quantity, 0)
      else coalesce(live.quantity, 0) > 0
    end`,
);

const orderAddsUp = invariantOf(
  'orders.order_adds_up',
  'The price and the number of tickets of an order are those of its lines, and its discount is that of its promo code.',
  sql`
    select format('order %s: %s tickets for %s less %s, its lines say %s for %s, its promo code %s', o.id, o.quantity, o.subtotal,
             o.discount, coalesce(lines.quantity, 0), coalesce(lines.subtotal, 0), coalesce(promo.value || ' ' || promo.kind, 'none')) as sentence
    from orders o
    left join (
      select event_id, order_id, sum(quantity) as quantity, sum(quantity * unit_price) as subtotal
      from order_lines group by 1, 2
    ) lines on lines.event_id = o.event_id and lines.order_id = o.id
    left join promo_codes promo on promo.event_id = o.event_id and promo.id = o.promo_code_id
    where o.quantity <> coalesce(lines.quantity, 0) or o.subtotal <> coalesce(lines.subtotal, 0)
       or o.total <> o.subtotal - o.discount + o.fees
       or o.discount <> case
         when promo.kind = 'percent' then o.subtotal * promo.value / 100
         when promo.kind = 'amount' then least(promo.value, o.subtotal)
         -- An order that the desk gives away has its whole price as discount, and no code.
         when o.total = 0 and o.promo_code_id is null then o.subtotal
         else 0 end`,
);

const belongToTheirOrganizer = invariantOf(
  'orders.belong_to_their_organizer',
  'An order belongs to the organiser of its event, and is in the currency of its event.',
  sql`
    select format('order %s is in %s for %s, its event in %s for %s', o.id, o.currency, o.organizer_id,
             coalesce(e.currency, 'nothing'), coalesce(e.organizer_id, 'nobody')) as sentence
    from orders o left join events e on e.id = o.event_id
    where (o.organizer_id, o.currency) is distinct from (e.organizer_id, e.currency)`,
);

const ticketCodesUnique = invariantOf(
  'orders.ticket_codes_unique',
  'No two tickets carry the same code, in any event.',
  sql`
    select format('tickets %s carry one code', string_agg(id, ', ' order by id)) as sentence
    from tickets group by code having count(*) > 1`,
);

const idsNameTheirEvent = invariantOf(
  'orders.ids_name_their_event',
  'An order belongs to the event that its id names, a ticket to the order that its id names.',
  sql`
    select sentence from (
      select format('order %s stands under %s', id, event_id) as sentence
      from orders where substr(id, 5, 8) <> substr(event_id, 5)
      union all
      select format('ticket %s stands under %s', id, order_id) as sentence
      from tickets where substr(id, 5, 28) <> substr(order_id, 5) or substr(id, 5, 8) <> substr(event_id, 5)
    ) strays`,
);

/** Longer than one round of the sweeper, so that a hold that is about to end is not a fault. */
const sweepGraceSeconds = 5;

/** A hold is closing for at most ten minutes by design; the rest is for retries of the gateway. */
const closingMaxMinutes = 15;

const holdsEnd = invariantOf(
  'orders.holds_end',
  'No hold lives longer than its time, nor closes without end.',
  sql`
    select format('order %s is %s, and its hold ended at %s', id, status, expires_at) as sentence
    from orders
    -- As the two partial indexes of these orders name the status: otherwise all orders are read.
    where (status || '' = 'pending_payment' and expires_at < now() - make_interval(secs => ${sweepGraceSeconds}))
       or (status || '' = 'closing' and expires_at < now() - make_interval(mins => ${closingMaxMinutes}))`,
);

const endedOrdersSayWhen = invariantOf(
  'orders.ended_orders_say_when',
  'An order that ended says when, and one that is paid says when it was.',
  sql`
    select format('order %s is %s without its time', id, status) as sentence
    from orders
    where (status in ('expired', 'cancelled', 'refunded') and closed_at is null)
       or (status in ('paid', 'partially_refunded', 'refunded') and paid_at is null)
       or (status = 'closing' and close_reason is null)`,
);

const networkHoldsRecounted = sql`
  with held as (
    select event_id, 'n:' || network_key as counter_key, sum(quantity) as quantity
    from orders where status in ('pending_payment', 'closing') group by 1, 2
  ), counted as (
    select event_id, counter_key, quantity from limit_counters where counter_key like 'n:%'
  )
  select format('counter %s of %s is %s, its orders hold %s', coalesce(counted.counter_key, held.counter_key),
           coalesce(counted.event_id, held.event_id), coalesce(counted.quantity, 0), coalesce(held.quantity, 0)) as sentence
  from counted
  full join held on held.event_id = counted.event_id and held.counter_key = counted.counter_key
  where coalesce(counted.quantity, 0) <> coalesce(held.quantity, 0)`;

/**
 * Per asker, open orders count with the tickets they ask for, and paid orders with their valid tickets. Per email and
 * phone, only valid tickets that were paid for count. Counters are kept only for limits that are set.
 */
const buyerLimitsRecounted = sql`
  with live as (
    select event_id, order_id, ticket_category_id, count(*) as quantity
    from tickets where status = 'live' group by 1, 2, 3
  ), lines as (
    select o.event_id, l.ticket_category_id, e.tickets_per_buyer_max, c.per_buyer_max,
           asker_key(o.confirmed_key, o.buyer_keys[1], o.buyer_keys[2], o.network_key) as asker,
           case when o.total > 0 and o.status in ('paid', 'partially_refunded') then o.buyer_keys end as paid_by,
           case when o.status in ('pending_payment', 'closing') then l.quantity else coalesce(live.quantity, 0) end as quantity
    from orders o
    join events e on e.id = o.event_id
    join order_lines l on l.event_id = o.event_id and l.order_id = o.id
    join ticket_categories c on c.event_id = l.event_id and c.id = l.ticket_category_id
    left join live
      on live.event_id = l.event_id and live.order_id = l.order_id and live.ticket_category_id = l.ticket_category_id
    where o.status in ('pending_payment', 'closing', 'paid', 'partially_refunded')
      and (e.tickets_per_buyer_max is not null or c.per_buyer_max is not null)
  ), keyed as (
    select event_id, name || suffix as counter_key, quantity
    from lines
    cross join lateral (select asker union all select 'b:' || buyer.key from unnest(paid_by) as buyer(key)) as named(name)
    cross join lateral (
      select '' where tickets_per_buyer_max is not null
      union all select ':' || ticket_category_id where per_buyer_max is not null) as part(suffix)
  ), recounted as (
    select event_id, counter_key, sum(quantity) as quantity from keyed group by 1, 2
  ), counted as (
    select l.event_id, l.counter_key, l.quantity
    from limit_counters l
    join events e on e.id = l.event_id
    left join ticket_categories c on c.event_id = l.event_id and c.id = nullif(split_part(l.counter_key, ':', 3), '')
    where (l.counter_key like 'b:%' or l.counter_key like 'o:%')
      and case when c.id is null then e.tickets_per_buyer_max else c.per_buyer_max end is not null
  )
  select format('counter %s of %s is %s, its orders say %s', coalesce(counted.counter_key, recounted.counter_key),
           coalesce(counted.event_id, recounted.event_id), coalesce(counted.quantity, 0),
           coalesce(recounted.quantity, 0)) as sentence
  from counted
  full join recounted on recounted.event_id = counted.event_id and recounted.counter_key = counted.counter_key
  where coalesce(counted.quantity, 0) <> coalesce(recounted.quantity, 0)`;

const promoRedemptionsRecounted = sql`
  select format('promo code %s of %s was redeemed %s times of %s, its orders say %s', promo.id, promo.event_id, promo.redemptions,
           coalesce(promo.redemptions_max::text, 'any'), coalesce(live.orders, 0)) as sentence
  from promo_codes promo
  left join (
    select event_id, promo_code_id, count(*) as orders
    from orders
    where promo_code_id is not null and status in ('pending_payment', 'closing', 'paid', 'partially_refunded')
    group by 1, 2
  ) live on live.event_id = promo.event_id and live.promo_code_id = promo.id
  where promo.redemptions <> coalesce(live.orders, 0) or promo.redemptions > promo.redemptions_max`;

/** The invariants of stock, orders and tickets. */
export const orderInvariants: readonly Invariant[] = [
  stockConserved,
  stockEqualsRows,
  ticketsMatchOrder,
  orderAddsUp,
  belongToTheirOrganizer,
  ticketCodesUnique,
  idsNameTheirEvent,
  holdsEnd,
  endedOrdersSayWhen,
  invariantOf(
    'orders.network_holds_recounted',
    'What a network holds is counted as its open orders say.',
    networkHoldsRecounted,
  ),
  invariantOf(
    'orders.buyer_limits_recounted',
    'What a buyer has is counted as their orders say, wherever a limit per buyer is set.',
    buyerLimitsRecounted,
  ),
  invariantOf(
    'orders.promo_redemptions_recounted',
    'A promo code was redeemed as often as live orders carry it, and never more often than it may be.',
    promoRedemptionsRecounted,
  ),
];
