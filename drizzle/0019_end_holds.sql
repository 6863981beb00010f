-- How holds end, a million of them beside a sale: see 0009 for the steps of an order's life.
--
-- What a sale feels of it is how long a pool's stock is kept. So what can be known before is read before; then the stock of
-- the events is taken, all of it, as placement does, which makes their counters nobody else's; then both are written, each
-- row once. Plans are kept, and each look-up can only be done in one way (see 0008).

-- The attempts of an order that may still be paid. Written so that it becomes a part of the statement that asks.
create function open_attempts(p_event_id text, p_order_id text) returns setof text
language sql stable as $$
  select a.id from payment_attempts a
  where a.event_id = p_event_id and a.order_id = p_order_id
    and a.status in ('creating', 'unknown', 'pending', 'review', 'authorized')
$$;

-- Ends holds that are already locked and have no open attempt: everything they held is given back, once.
create or replace function release_holds(p_event_ids text[], p_order_ids text[]) returns void
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off as $$
declare
  e_events text[]; e_orders text[]; e_statuses text[]; e_quantities integer[]; e_networks text[]; e_buyers text[]; e_promos text[];
  l_items integer[]; l_categories text[]; l_pools text[]; l_quantities integer[];
begin
  with ended as (
    update orders o
      set status = coalesce(o.close_reason, 'expired'), close_reason = coalesce(o.close_reason, 'expired'), closed_at = clock_timestamp()
      from unnest(p_event_ids, p_order_ids) as p(event_id, id)
      where o.event_id = p.event_id and o.id = p.id and o.status in ('pending_payment', 'closing')
      returning o.event_id, o.id, o.status, o.quantity, o.network_key, array_to_string(o.buyer_keys, ' ') as buyers, o.promo_code_id)
  select array_agg(event_id), array_agg(id), array_agg(status), array_agg(quantity), array_agg(network_key), array_agg(buyers),
         array_agg(promo_code_id)
    into e_events, e_orders, e_statuses, e_quantities, e_networks, e_buyers, e_promos
    from ended;
  if e_orders is null then
    return;
  end if;
  select array_agg(i.n), array_agg(l.ticket_category_id), array_agg(l.pool_id), array_agg(l.quantity)
    into l_items, l_categories, l_pools, l_quantities
    from unnest(e_events, e_orders) with ordinality as i(event_id, id, n)
    cross join lateral (select * from order_lines l where l.event_id = i.event_id and l.order_id = i.id) l;

  perform 1 from stock s where s.event_id = any (e_events) order by s.event_id, s.pool_id for update;
  update stock s set available = s.available + d.quantity, held = s.held - d.quantity
    from (select e_events[l.item] as event_id, l.pool_id, sum(l.quantity)::integer as quantity
          from unnest(l_items, l_pools, l_quantities) as l(item, pool_id, quantity) group by 1, 2) d
    where s.event_id = d.event_id and s.pool_id = d.pool_id;

  -- Whether a buyer's limit is set is asked only now: who sets one takes the stock, too, and then counts anew. A limit that
  -- is not set has no counters that anybody keeps.
  update limit_counters l set quantity = greatest(0, l.quantity - d.quantity)
    from (
      select c.event_id, c.key, sum(c.quantity)::integer as quantity
      from (
        select i.event_id, 'n:' || i.network as key, i.quantity
        from unnest(e_events, e_networks, e_quantities) as i(event_id, network, quantity)
        union all
        select i.event_id, 'b:' || buyer.key, i.quantity
        from unnest(e_events, e_buyers, e_quantities) as i(event_id, buyers, quantity)
        join events e on e.id = i.event_id and e.tickets_per_buyer_max is not null
        cross join unnest(string_to_array(i.buyers, ' ')) as buyer(key)
        union all
        select c.event_id, 'b:' || buyer.key || ':' || c.id, i.quantity
        from unnest(l_items, l_categories, l_quantities) as i(item, category, quantity)
        join ticket_categories c on c.event_id = e_events[i.item] and c.id = i.category and c.per_buyer_max is not null
        cross join unnest(string_to_array(e_buyers[i.item], ' ')) as buyer(key)) c
      group by 1, 2) d
    where l.event_id = d.event_id and l.counter_key = d.key;

  if num_nonnulls(variadic e_promos) > 0 then
    perform 1 from promo_codes m join (
        select distinct i.event_id, i.id from unnest(e_events, e_promos) as i(event_id, id) where i.id is not null) d
      on d.event_id = m.event_id and d.id = m.id order by m.event_id, m.id for update of m;
    update promo_codes m set redemptions = m.redemptions - d.count
      from (select i.event_id, i.id, count(*)::integer as count from unnest(e_events, e_promos) as i(event_id, id)
            where i.id is not null group by 1, 2) d
      where m.event_id = d.event_id and m.id = d.id;
  end if;

  if 'cancelled' = any (e_statuses) then
    insert into outbox (name, payload)
    select 'order.cancelled', jsonb_build_object('eventId', i.event_id, 'orderId', i.id)
    from unnest(e_events, e_orders, e_statuses) as i(event_id, id, status) where i.status = 'cancelled';
  end if;
end $$;

-- The same, but an order that breaks a constraint does so alone: it is marked for a person, is not tried again by itself,
-- and the others go on. Answers the orders that were marked.
create function release_holds_apart(p_event_ids text[], p_order_ids text[]) returns text[]
language plpgsql as $$
declare
  v_stuck text[] := '{}';
begin
  perform release_holds(p_event_ids, p_order_ids);
  return v_stuck;
exception when integrity_constraint_violation or data_exception then
  -- All the stock first, since one order after the other would take stock after counters.
  perform 1 from stock s where s.event_id = any (p_event_ids) order by s.event_id, s.pool_id for update;
  for n in 1 .. cardinality(p_order_ids) loop
    begin
      perform release_holds(p_event_ids[n:n], p_order_ids[n:n]);
    exception when integrity_constraint_violation or data_exception then
      update orders o set attention = array_append(array_remove(o.attention, 'hold_stuck'), 'hold_stuck')
        where o.event_id = p_event_ids[n] and o.id = p_order_ids[n];
      v_stuck := v_stuck || p_order_ids[n];
    end;
  end loop;
  return v_stuck;
end $$;

-- Inside placement: takes back at most `p_limit` holds that are over, that nobody can pay any more, and that have places in
-- the pools that are short. It looks at the oldest of the event, ten times as many as it may take; are there still more,
-- holds of other pools fill up what is left of the limit, so that the next call finds what lies beyond them.
drop function reclaim_holds;
create function reclaim_holds(p_event_id text, p_pool_ids text[], p_limit integer) returns integer
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off as $$
declare
  v_beyond timestamptz;
  v_orders text[]; v_others text[];
begin
  v_beyond := (
    select h.expires_at from orders h
    where h.event_id = p_event_id and h.status = 'pending_payment' and h.expires_at <= clock_timestamp()
    order by h.expires_at offset 10 * p_limit limit 1);
  select array_agg(d.id) into v_orders from (
    select o.id from orders o
    where o.event_id = p_event_id and o.status = 'pending_payment' and o.expires_at <= coalesce(v_beyond, clock_timestamp())
      and not 'hold_stuck' = any (o.attention)
      and not exists (select 1 from open_attempts(o.event_id, o.id))
      and exists (
        select 1 from order_lines l where l.event_id = o.event_id and l.order_id = o.id and l.pool_id = any (p_pool_ids))
    order by o.expires_at limit p_limit for update skip locked) d;
  v_orders := coalesce(v_orders, '{}');
  if v_beyond is not null and cardinality(v_orders) < p_limit then
    select array_agg(d.id) into v_others from (
      select o.id from orders o
      where o.event_id = p_event_id and o.status = 'pending_payment' and o.expires_at <= v_beyond
        and not 'hold_stuck' = any (o.attention)
        and not exists (select 1 from open_attempts(o.event_id, o.id)) and o.id <> all (v_orders)
      order by o.expires_at limit p_limit - cardinality(v_orders) for update skip locked) d;
    v_orders := v_orders || coalesce(v_others, '{}');
  end if;
  -- An attempt that was made between that look and its lock is seen only by a statement that begins after both.
  v_orders := array(select d.id from unnest(v_orders) as d(id) where not exists (select 1 from open_attempts(p_event_id, d.id)));
  if cardinality(v_orders) = 0 then
    return 0;
  end if;
  perform release_holds_apart(array_fill(p_event_id, array[cardinality(v_orders)]), v_orders);
  return cardinality(v_orders);
end $$;

-- The sweeper: ends at most `p_limit` holds whose time is over, of each event its oldest and an equal share. Those with an
-- open attempt are closed at the gateway first. Answers how many it ended, and which orders it had to leave to a person.
drop function expire_holds;
create function expire_holds(p_limit integer, out ended integer, out stuck text[])
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off as $$
declare
  v_due text[]; v_events text[]; v_orders text[]; v_open boolean[];
begin
  ended := 0; stuck := '{}';
  -- From one event that has holds to the next, along the index.
  with recursive event as (
    (select h.event_id, h.expires_at from orders h where h.status = 'pending_payment' order by h.event_id, h.expires_at limit 1)
    union all
    select next.event_id, next.expires_at from event
    cross join lateral (
      select h.event_id, h.expires_at from orders h
      where h.status = 'pending_payment' and h.event_id > event.event_id order by h.event_id, h.expires_at limit 1) next)
  select array_agg(event.event_id order by event.expires_at) into v_due from event where event.expires_at <= clock_timestamp();
  if v_due is null then
    return;
  end if;
  select array_agg(d.event_id), array_agg(d.id) into v_events, v_orders from (
    select d.event_id, d.id from unnest(v_due) as due(event_id)
    cross join lateral (
      select o.event_id, o.id from orders o
      where o.event_id = due.event_id and o.status = 'pending_payment' and o.expires_at <= clock_timestamp()
        and not 'hold_stuck' = any (o.attention)
      order by o.expires_at limit greatest(1, p_limit / cardinality(v_due)) for update skip locked) d
    limit p_limit) d;
  if v_orders is null then
    return;
  end if;
  -- Only now that the orders are locked, and by a statement of its own: an attempt made until then must be seen.
  select array_agg(exists (select 1 from open_attempts(p.event_id, p.id)) order by p.n) into v_open
    from unnest(v_events, v_orders) with ordinality as p(event_id, id, n);

  if true = any (v_open) then
    with closing as (
      update orders o set status = 'closing', close_reason = 'expired'
        from unnest(v_events, v_orders, v_open) as p(event_id, id, attempt_open)
        where o.event_id = p.event_id and o.id = p.id and p.attempt_open
        returning o.event_id, o.id)
    insert into outbox (name, payload)
    select 'order.closing', jsonb_build_object('eventId', event_id, 'orderId', id) from closing;
  end if;

  stuck := release_holds_apart(
    array(select p.event_id from unnest(v_events, v_open) with ordinality as p(event_id, attempt_open, n) where not p.attempt_open order by p.n),
    array(select p.id from unnest(v_orders, v_open) with ordinality as p(id, attempt_open, n) where not p.attempt_open order by p.n));
  ended := cardinality(v_orders) - cardinality(stuck);
end $$;

drop function has_open_attempt;
