-- The steps of an order's life after placement. Each locks the order first, then stock by pool, then counters, then
-- promo codes; each states the status it expects, and does nothing to an order that has moved on.

-- Moves the places of orders between two counters of the stock: held -> sold, held -> available, sold -> available ...
create function move_stock(p_event_ids text[], p_pool_ids text[], p_quantities integer[], p_from text, p_to text) returns void
language plpgsql as $$
begin
  perform 1 from stock s
    join (select distinct m.event_id, m.pool_id from unnest(p_event_ids, p_pool_ids) as m(event_id, pool_id)) d
      on d.event_id = s.event_id and d.pool_id = s.pool_id
    order by s.event_id, s.pool_id for update of s;
  update stock s set
      available = s.available + case when p_to = 'available' then d.quantity when p_from = 'available' then -d.quantity else 0 end,
      held = s.held + case when p_to = 'held' then d.quantity when p_from = 'held' then -d.quantity else 0 end,
      sold = s.sold + case when p_to = 'sold' then d.quantity when p_from = 'sold' then -d.quantity else 0 end,
      blocked = s.blocked + case when p_to = 'blocked' then d.quantity when p_from = 'blocked' then -d.quantity else 0 end
    from (
      select m.event_id, m.pool_id, sum(m.quantity)::integer as quantity
      from unnest(p_event_ids, p_pool_ids, p_quantities) as m(event_id, pool_id, quantity) group by 1, 2) d
    where s.event_id = d.event_id and s.pool_id = d.pool_id;
end $$;

-- Adds to or takes from limit counters that exist. A counter that does not exist belongs to a limit that is not set.
create function change_counters(p_event_ids text[], p_keys text[], p_changes integer[]) returns void
language plpgsql as $$
begin
  perform 1 from limit_counters l
    join (select distinct c.event_id, c.key from unnest(p_event_ids, p_keys) as c(event_id, key)) d
      on d.event_id = l.event_id and d.key = l.counter_key
    order by l.event_id, l.counter_key for update of l;
  update limit_counters l set quantity = greatest(0, l.quantity + d.change)
    from (select c.event_id, c.key, sum(c.change)::integer as change
          from unnest(p_event_ids, p_keys, p_changes) as c(event_id, key, change) group by 1, 2) d
    where l.event_id = d.event_id and l.counter_key = d.key;
end $$;

-- What the orders count against their buyers' limits, as (event_id, key, quantity).
create function buyer_counts(p_event_ids text[], p_order_ids text[])
returns table (event_id text, key text, quantity integer)
language sql stable as $$
  select o.event_id, 'b:' || buyer.key, o.quantity
  from unnest(p_event_ids, p_order_ids) as p(event_id, id)
  join orders o on o.event_id = p.event_id and o.id = p.id
  cross join unnest(o.buyer_keys) as buyer(key)
  union all
  select o.event_id, 'b:' || buyer.key || ':' || l.ticket_category_id, l.quantity
  from unnest(p_event_ids, p_order_ids) as p(event_id, id)
  join orders o on o.event_id = p.event_id and o.id = p.id
  join order_lines l on l.event_id = o.event_id and l.order_id = o.id
  cross join unnest(o.buyer_keys) as buyer(key)
$$;

-- Ends holds that are already locked and have no open attempt: everything they held is given back, once.
create function release_holds(p_event_ids text[], p_order_ids text[]) returns void
language plpgsql as $$
declare
  v_events text[]; v_orders text[]; v_keys text[]; v_changes integer[]; v_pools text[]; v_quantities integer[]; v_key_events text[];
  v_line_events text[]; v_promo_events text[]; v_promos text[];
begin
  with ended as (
    update orders o
      set status = coalesce(o.close_reason, 'expired'), close_reason = coalesce(o.close_reason, 'expired'), closed_at = clock_timestamp()
      from unnest(p_event_ids, p_order_ids) as p(event_id, id)
      where o.event_id = p.event_id and o.id = p.id and o.status in ('pending_payment', 'closing')
      returning o.event_id, o.id)
  select array_agg(event_id), array_agg(id) into v_events, v_orders from ended;
  if v_orders is null then
    return;
  end if;

  select array_agg(l.event_id), array_agg(l.pool_id), array_agg(l.quantity) into v_line_events, v_pools, v_quantities
    from unnest(v_events, v_orders) as p(event_id, id)
    join order_lines l on l.event_id = p.event_id and l.order_id = p.id;
  perform move_stock(v_line_events, v_pools, v_quantities, 'held', 'available');

  select array_agg(c.event_id), array_agg(c.key), array_agg(-c.quantity) into v_key_events, v_keys, v_changes
    from (select * from buyer_counts(v_events, v_orders)
          union all
          select o.event_id, 'n:' || o.network_key, o.quantity
          from unnest(v_events, v_orders) as p(event_id, id) join orders o on o.event_id = p.event_id and o.id = p.id) c;
  perform change_counters(v_key_events, v_keys, v_changes);

  select array_agg(o.event_id), array_agg(o.promo_code_id) into v_promo_events, v_promos
    from unnest(v_events, v_orders) as p(event_id, id)
    join orders o on o.event_id = p.event_id and o.id = p.id where o.promo_code_id is not null;
  if v_promos is not null then
    perform 1 from promo_codes m join (select distinct * from unnest(v_promo_events, v_promos) as d(event_id, id)) d
      on d.event_id = m.event_id and d.id = m.id order by m.event_id, m.id for update of m;
    update promo_codes m set redemptions = m.redemptions - d.count
      from (select p.event_id, p.id, count(*)::integer as count from unnest(v_promo_events, v_promos) as p(event_id, id) group by 1, 2) d
      where m.event_id = d.event_id and m.id = d.id;
  end if;

  insert into outbox (name, payload)
  select 'order.cancelled', jsonb_build_object('eventId', o.event_id, 'orderId', o.id)
  from unnest(v_events, v_orders) as p(event_id, id)
  join orders o on o.event_id = p.event_id and o.id = p.id where o.status = 'cancelled';
end $$;

create function has_open_attempt(p_event_id text, p_order_id text) returns boolean
language sql stable as $$
  select exists (
    select 1 from payment_attempts a
    where a.event_id = p_event_id and a.order_id = p_order_id
      and a.status in ('creating', 'unknown', 'pending', 'review', 'authorized'))
$$;

-- Inside placement: takes back at most `p_limit` holds of the event that are over and that nobody can pay any more.
create function reclaim_holds(p_event_id text, p_limit integer) returns integer
language plpgsql set plan_cache_mode = force_custom_plan as $$
declare
  v_orders text[];
begin
  select array_agg(d.id) into v_orders from (
    select o.id from orders o
    where o.status = 'pending_payment' and o.expires_at <= clock_timestamp() and o.event_id = p_event_id
      and not has_open_attempt(o.event_id, o.id)
    order by o.expires_at limit p_limit for update skip locked) d;
  -- An attempt that was made between that look and its lock is seen only by a statement that begins after both.
  v_orders := array(select d.id from unnest(v_orders) as d(id) where not has_open_attempt(p_event_id, d.id));
  if cardinality(v_orders) = 0 then
    return 0;
  end if;
  perform release_holds(array_fill(p_event_id, array[cardinality(v_orders)]), v_orders);
  return cardinality(v_orders);
end $$;

-- The sweeper: ends at most `p_limit` holds whose time is over. Those with an open attempt are closed at the gateway first.
create function expire_holds(p_limit integer) returns integer
language plpgsql as $$
declare
  v_events text[]; v_orders text[]; v_open boolean[];
begin
  select array_agg(d.event_id), array_agg(d.id) into v_events, v_orders from (
    select o.event_id, o.id from orders o
    where o.status = 'pending_payment' and o.expires_at <= clock_timestamp()
    order by o.expires_at limit p_limit for update skip locked) d;
  if v_orders is null then
    return 0;
  end if;
  -- Only now that the orders are locked, and by a statement of its own: an attempt made until then must be seen.
  select array_agg(has_open_attempt(p.event_id, p.id) order by p.n) into v_open
    from unnest(v_events, v_orders) with ordinality as p(event_id, id, n);

  with closing as (
    update orders o set status = 'closing', close_reason = 'expired'
      from unnest(v_events, v_orders, v_open) as p(event_id, id, attempt_open)
      where o.event_id = p.event_id and o.id = p.id and p.attempt_open
      returning o.event_id, o.id)
  insert into outbox (name, payload)
  select 'order.closing', jsonb_build_object('eventId', event_id, 'orderId', id) from closing;

  perform release_holds(
    array(select p.event_id from unnest(v_events, v_orders, v_open) as p(event_id, id, attempt_open) where not p.attempt_open),
    array(select p.id from unnest(v_events, v_orders, v_open) as p(event_id, id, attempt_open) where not p.attempt_open));
  return cardinality(v_orders);
end $$;

-- Money came. Answers: paid, paid_late, already_paid, no_stock, not_found.
create function pay_order(p_event_id text, p_order_id text) returns text
language plpgsql as $$
declare
  v_order orders%rowtype;
  v_late boolean;
  v_pools text[]; v_quantities integer[]; v_keys text[]; v_changes integer[];
begin
  select * into v_order from orders o where o.event_id = p_event_id and o.id = p_order_id for update;
  if not found then
    return 'not_found';
  end if;
  if v_order.status in ('paid', 'partially_refunded', 'refunded') then
    return 'already_paid';
  end if;
  -- Nobody is sold a ticket for an event that was called off: the money goes back.
  if exists (select 1 from events e where e.id = p_event_id and e.status = 'cancelled') then
    return 'no_stock';
  end if;
  v_late := v_order.status in ('expired', 'cancelled');
  select array_agg(l.pool_id), array_agg(l.quantity) into v_pools, v_quantities
    from order_lines l where l.event_id = p_event_id and l.order_id = p_order_id;

  if v_late then
    if not can_take_again(v_order) then
      return 'no_stock';
    end if;
    perform move_stock(array_fill(p_event_id, array[cardinality(v_pools)]), v_pools, v_quantities, 'available', 'sold');
    perform recount_order(v_order, 1);
  else
    perform move_stock(array_fill(p_event_id, array[cardinality(v_pools)]), v_pools, v_quantities, 'held', 'sold');
    perform change_counters(array[p_event_id], array['n:' || v_order.network_key], array[-v_order.quantity]);
  end if;

  update orders o set status = 'paid', paid_at = clock_timestamp(), closed_at = null, close_reason = null,
      attention = case when v_late then array_append(array_remove(o.attention, 'late_payment'), 'late_payment') else o.attention end
    where o.event_id = p_event_id and o.id = p_order_id;
  perform issue_tickets(p_event_id, array[p_order_id]);
  insert into outbox (name, payload) values ('order.paid', jsonb_build_object('eventId', p_event_id, 'orderId', p_order_id));
  return case when v_late then 'paid_late' else 'paid' end;
end $$;

-- Whether an ended order may have its places again: they are there, the event has not begun, and no limit has been
-- used up since. Takes the event's lane, so that no placement decides at the same time.
create function can_take_again(p_order orders) returns boolean
language plpgsql as $$
begin
  perform enter_lane(p_order.event_id);
  perform 1 from stock s where s.event_id = p_order.event_id and s.pool_id in (
      select l.pool_id from order_lines l where l.event_id = p_order.event_id and l.order_id = p_order.id)
    order by s.pool_id for update;
  return exists (select 1 from events e where e.id = p_order.event_id and e.status = 'published' and clock_timestamp() < e.starts_at)
    and not exists (
      select 1 from stock s
      join (select l.pool_id, sum(l.quantity) as quantity from order_lines l
            where l.event_id = p_order.event_id and l.order_id = p_order.id group by 1) d on d.pool_id = s.pool_id
      where s.event_id = p_order.event_id and s.available < d.quantity)
    and not exists (
      select 1 from buyer_counts(array[p_order.event_id], array[p_order.id]) b
      left join limit_counters l on l.event_id = b.event_id and l.counter_key = b.key
      join events e on e.id = b.event_id
      left join ticket_categories c on c.event_id = b.event_id and c.id = nullif(split_part(b.key, ':', 3), '')
      where coalesce(l.quantity, 0) + b.quantity > case when c.id is null then e.tickets_per_buyer_max else c.per_buyer_max end)
    and not exists (
      select 1 from promo_codes m
      where m.event_id = p_order.event_id and m.id = p_order.promo_code_id and m.redemptions >= m.redemptions_max);
end $$;

-- Counts an order against its buyer's limits and its promo code again (1), or no longer (-1).
create function recount_order(p_order orders, p_sign integer) returns void
language plpgsql as $$
begin
  if p_sign > 0 then
    -- A buyer without a counter yet gets one, where a limit is set.
    insert into limit_counters (event_id, counter_key, quantity)
    select b.event_id, b.key, 0 from buyer_counts(array[p_order.event_id], array[p_order.id]) b
    join events e on e.id = b.event_id
    left join ticket_categories c on c.event_id = b.event_id and c.id = nullif(split_part(b.key, ':', 3), '')
    where case when split_part(b.key, ':', 3) = '' then e.tickets_per_buyer_max else c.per_buyer_max end is not null
    order by b.key
    on conflict do nothing;
  end if;
  perform change_counters(
    (select array_agg(b.event_id order by b.key) from buyer_counts(array[p_order.event_id], array[p_order.id]) b),
    (select array_agg(b.key order by b.key) from buyer_counts(array[p_order.event_id], array[p_order.id]) b),
    (select array_agg(p_sign * b.quantity order by b.key) from buyer_counts(array[p_order.event_id], array[p_order.id]) b));
  update promo_codes m set redemptions = m.redemptions + p_sign
    where m.event_id = p_order.event_id and m.id = p_order.promo_code_id;
end $$;

-- Takes tickets back. `p_ticket_ids` null: all of the order; '{}': none, only money went back. What is not restocked is
-- blocked. `p_status` is what an order without live tickets becomes: refunded, or cancelled when the money never stayed.
-- Answers the new status, or null when the order is not paid.
create function revoke_tickets(p_event_id text, p_order_id text, p_ticket_ids text[], p_restock boolean, p_status text, p_reason text)
returns text
language plpgsql as $$
declare
  v_order orders%rowtype;
  v_pools text[]; v_categories text[]; v_count integer; v_left integer; v_status text;
  v_keys text[]; v_changes integer[];
begin
  select * into v_order from orders o where o.event_id = p_event_id and o.id = p_order_id for update;
  if not found or v_order.status not in ('paid', 'partially_refunded') then
    return null;
  end if;

  with revoked as (
    update tickets t set status = 'revoked', revoked_at = clock_timestamp(), revoked_reason = p_reason
      where t.event_id = p_event_id and t.order_id = p_order_id and t.status = 'live'
        and (p_ticket_ids is null or t.id = any (p_ticket_ids))
      returning t.ticket_category_id)
  select array_agg(l.pool_id), array_agg(l.ticket_category_id), count(*) into v_pools, v_categories, v_count
    from revoked r join order_lines l
      on l.event_id = p_event_id and l.order_id = p_order_id and l.ticket_category_id = r.ticket_category_id;

  if v_count > 0 then
    perform move_stock(array_fill(p_event_id, array[v_count]), v_pools, array_fill(1, array[v_count]), 'sold',
                       case when p_restock then 'available' else 'blocked' end);
    select array_agg(k.key), array_agg(-1) into v_keys, v_changes from (
      select 'b:' || buyer.key as key from unnest(v_order.buyer_keys) as buyer(key) cross join generate_series(1, v_count)
      union all
      select 'b:' || buyer.key || ':' || category.id from unnest(v_order.buyer_keys) as buyer(key) cross join unnest(v_categories) as category(id)) k;
    perform change_counters(array_fill(p_event_id, array[cardinality(v_keys)]), v_keys, v_changes);
  end if;

  select count(*) into v_left from tickets t where t.event_id = p_event_id and t.order_id = p_order_id and t.status = 'live';
  v_status := case when v_left = 0 then p_status else 'partially_refunded' end;
  if v_left = 0 then
    update promo_codes m set redemptions = m.redemptions - 1 where m.event_id = p_event_id and m.id = v_order.promo_code_id;
  end if;
  update orders o set status = v_status, closed_at = case when v_left = 0 then clock_timestamp() else o.closed_at end
    where o.event_id = p_event_id and o.id = p_order_id;
  return v_status;
end $$;

-- After a limit was set, changed or lifted: counters of the event's buyers are made anew from its live orders, while no
-- placement can run.
create function recount_buyers(p_event_id text) returns void
language plpgsql as $$
begin
  perform enter_lane(p_event_id);
  -- Who is giving back right now holds stock: counted before that is committed, it would count for ever.
  perform 1 from stock s where s.event_id = p_event_id order by s.pool_id for update;
  delete from limit_counters l where l.event_id = p_event_id and l.counter_key like 'b:%';
  insert into limit_counters (event_id, counter_key, quantity)
  select p_event_id, counted.key, sum(counted.quantity)::integer
  from (
    select 'b:' || buyer.key as key, live.quantity
    from (
      select o.buyer_keys, l.ticket_category_id,
             case when o.status in ('pending_payment', 'closing') then l.quantity else (
               select count(*)::integer from tickets t
               where t.event_id = p_event_id and t.order_id = o.id and t.ticket_category_id = l.ticket_category_id and t.status = 'live') end as quantity
      from orders o join order_lines l on l.event_id = o.event_id and l.order_id = o.id
      where o.event_id = p_event_id and o.status in ('pending_payment', 'closing', 'paid', 'partially_refunded')) live
    cross join unnest(live.buyer_keys) as buyer(key)
    where exists (select 1 from events e where e.id = p_event_id and e.tickets_per_buyer_max is not null)
    union all
    select 'b:' || buyer.key || ':' || live.ticket_category_id, live.quantity
    from (
      select o.buyer_keys, l.ticket_category_id,
             case when o.status in ('pending_payment', 'closing') then l.quantity else (
               select count(*)::integer from tickets t
               where t.event_id = p_event_id and t.order_id = o.id and t.ticket_category_id = l.ticket_category_id and t.status = 'live') end as quantity
      from orders o join order_lines l on l.event_id = o.event_id and l.order_id = o.id
      join ticket_categories c on c.event_id = l.event_id and c.id = l.ticket_category_id and c.per_buyer_max is not null
      where o.event_id = p_event_id and o.status in ('pending_payment', 'closing', 'paid', 'partially_refunded')) live
    cross join unnest(live.buyer_keys) as buyer(key)) counted
  where counted.quantity > 0
  group by counted.key;
end $$;

-- After an event was called off: begins to end at most `p_limit` of its holds; those with an open attempt are closed at
-- the gateway first.
create function cancel_holds(p_event_id text, p_limit integer) returns integer
language plpgsql as $$
declare
  v_orders text[];
begin
  with chosen as (
    select o.id from orders o
    where o.event_id = p_event_id and o.status = 'pending_payment' order by o.expires_at limit p_limit for update skip locked
  ), closing as (
    update orders o set status = 'closing', close_reason = 'cancelled'
      from chosen where o.event_id = p_event_id and o.id = chosen.id
      returning o.id
  ), staged as (
    insert into outbox (name, payload)
    select 'order.closing', jsonb_build_object('eventId', p_event_id, 'orderId', id) from closing
  )
  select array_agg(id) into v_orders from closing;
  return coalesce(cardinality(v_orders), 0);
end $$;
