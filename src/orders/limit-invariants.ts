import { sql } from 'drizzle-orm';

/** The counters that limits are decided by, against the rows that they count. Keys are keyed hashes: they name nobody. */

export const networkHoldsRecounted = sql`
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
 * By asker, open orders count with what they ask for and paid ones with their valid tickets; by email and phone, only valid
 * tickets that were paid for. Only limits that are set have counters that are kept.
 */
export const buyerLimitsRecounted = sql`
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

export const promoRedemptionsRecounted = sql`
  select format('promo code %s of %s was redeemed %s times of %s, its orders say %s', m.id, m.event_id, m.redemptions,
           coalesce(m.redemptions_max::text, 'any'), coalesce(live.orders, 0)) as sentence
  from promo_codes m
  left join (
    select event_id, promo_code_id, count(*) as orders
    from orders
    where promo_code_id is not null and status in ('pending_payment', 'closing', 'paid', 'partially_refunded')
    group by 1, 2
  ) live on live.event_id = m.event_id and live.promo_code_id = m.id
  where m.redemptions <> coalesce(live.orders, 0) or m.redemptions > m.redemptions_max`;
