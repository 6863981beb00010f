-- Ends holds that are already locked and have no open attempt. Everything that they held is returned once. An order that is no
-- longer waiting for payment is left as it is.
--
-- Locks, in the order that every function after placement keeps: orders (by the caller), stock by pool, counters, promo codes. A
-- pool's stock stays locked only briefly, because a running sale waits for it while a million holds end. All reads that need no
-- lock therefore come first. Then all stock of the events is locked, as placement locks it, and no other call changes their
-- counters from then on. Then stock and counters are written, each row once. Plans are kept, and each look-up can only be done in
-- one way (see place_orders).
create or replace function release_holds(p_event_ids text[], p_order_ids text[]) returns void
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off as $$
declare
  -- The orders whose holds end here.
  v_order_events text[];
  v_order_ids text[];
  v_order_statuses text[];
  v_order_quantities integer[];
  v_order_networks text[];
  v_order_askers text[];
  v_order_promos text[];
  v_order_cancellers text[];

  -- Their lines. v_line_orders has the position of the line's order in the arrays above.
  v_line_orders integer[];
  v_line_categories text[];
  v_line_pools text[];
  v_line_quantities integer[];
begin
  with ended as (
    update orders o
      set status = coalesce(o.close_reason, 'expired'), close_reason = coalesce(o.close_reason, 'expired'), closed_at = clock_timestamp()
      from unnest(p_event_ids, p_order_ids) as p(event_id, id)
      where o.event_id = p.event_id and o.id = p.id and o.status in ('pending_payment', 'closing')
      returning o.event_id, o.id, o.status, o.quantity, o.network_key,
        asker_key(o.confirmed_key, o.buyer_keys[1], o.buyer_keys[2], o.network_key) as asker, o.promo_code_id, o.cancelled_by)
  select array_agg(event_id), array_agg(id), array_agg(status), array_agg(quantity), array_agg(network_key), array_agg(asker),
         array_agg(promo_code_id), array_agg(cancelled_by)
    into v_order_events, v_order_ids, v_order_statuses, v_order_quantities, v_order_networks, v_order_askers,
         v_order_promos, v_order_cancellers
    from ended;
  if v_order_ids is null then
    return;
  end if;
  select array_agg(i.n), array_agg(l.ticket_category_id), array_agg(l.pool_id), array_agg(l.quantity)
    into v_line_orders, v_line_categories, v_line_pools, v_line_quantities
    from unnest(v_order_events, v_order_ids) with ordinality as i(event_id, id, n)
    cross join lateral (select * from order_lines l where l.event_id = i.event_id and l.order_id = i.id) l;

  perform 1 from stock s where s.event_id = any (v_order_events) order by s.event_id, s.pool_id for update;
  update stock s set available = s.available + d.quantity, held = s.held - d.quantity
    from (select v_order_events[l.item] as event_id, l.pool_id, sum(l.quantity)::integer as quantity
          from unnest(v_line_orders, v_line_pools, v_line_quantities) as l(item, pool_id, quantity) group by 1, 2) d
    where s.event_id = d.event_id and s.pool_id = d.pool_id;

  -- Limits per buyer are read after the stock is locked: setting a limit locks the stock, too, and then counts again. Without a
  -- limit there are no counters.
  update limit_counters l set quantity = greatest(0, l.quantity - d.quantity)
    from (
      select c.event_id, c.key, sum(c.quantity)::integer as quantity
      from (
        select i.event_id, 'n:' || i.network as key, i.quantity
        from unnest(v_order_events, v_order_networks, v_order_quantities) as i(event_id, network, quantity)
        union all
        select i.event_id, i.asker, i.quantity
        from unnest(v_order_events, v_order_askers, v_order_quantities) as i(event_id, asker, quantity)
        join events e on e.id = i.event_id and e.tickets_per_buyer_max is not null
        union all
        select c.event_id, v_order_askers[i.item] || ':' || c.id, i.quantity
        from unnest(v_line_orders, v_line_categories, v_line_quantities) as i(item, category, quantity)
        join ticket_categories c on c.event_id = v_order_events[i.item] and c.id = i.category and c.per_buyer_max is not null) c
      group by 1, 2) d
    where l.event_id = d.event_id and l.counter_key = d.key;

  if num_nonnulls(variadic v_order_promos) > 0 then
    perform 1 from promo_codes promo join (
        select distinct i.event_id, i.id from unnest(v_order_events, v_order_promos) as i(event_id, id) where i.id is not null) d
      on d.event_id = promo.event_id and d.id = promo.id order by promo.event_id, promo.id for update of promo;
    update promo_codes promo set redemptions = promo.redemptions - d.count
      from (select i.event_id, i.id, count(*)::integer as count from unnest(v_order_events, v_order_promos) as i(event_id, id)
            where i.id is not null group by 1, 2) d
      where promo.event_id = d.event_id and promo.id = d.id;
  end if;

  -- Buyers get a message only for an act of the organizer. If the event was called off, its notice tells them.
  if 'organizer' = any (v_order_cancellers) then
    insert into outbox (name, payload)
    select 'order.cancelled', jsonb_build_object('eventId', i.event_id, 'orderId', i.id)
    from unnest(v_order_events, v_order_ids, v_order_statuses, v_order_cancellers) as i(event_id, id, status, canceller)
    where i.status = 'cancelled' and i.canceller = 'organizer';
  end if;
  perform note_orders(v_order_events, v_order_ids);
end $$;
