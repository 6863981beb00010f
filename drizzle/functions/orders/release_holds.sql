-- The steps of an order's life after placement lock in one order: the order, stock by pool, counters, promo codes. Each
-- states the status it expects, and does nothing to an order that has moved on.
--
-- A pool's stock stays locked only briefly, because a running sale waits for it while a million holds end. All reads that need no
-- lock come first. Then all stock of the events is locked, as placement locks it, and no other call changes their counters from
-- then on. Then stock and counters are written, each row once. Plans are kept, and each look-up can only be done in one way (see
-- place_orders).

-- Ends holds that are already locked and have no open attempt. Everything that they held is returned once.
create or replace function release_holds(p_event_ids text[], p_order_ids text[]) returns void
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off as $$
declare
  e_events text[]; e_orders text[]; e_statuses text[]; e_quantities integer[]; e_networks text[]; e_askers text[]; e_promos text[];
  e_cancellers text[];
  l_items integer[]; l_categories text[]; l_pools text[]; l_quantities integer[];
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
    into e_events, e_orders, e_statuses, e_quantities, e_networks, e_askers, e_promos, e_cancellers
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

  -- Limits per buyer are read after the stock is locked: setting a limit locks the stock, too, and then counts again. Without a
  -- limit there are no counters.
  update limit_counters l set quantity = greatest(0, l.quantity - d.quantity)
    from (
      select c.event_id, c.key, sum(c.quantity)::integer as quantity
      from (
        select i.event_id, 'n:' || i.network as key, i.quantity
        from unnest(e_events, e_networks, e_quantities) as i(event_id, network, quantity)
        union all
        select i.event_id, i.asker, i.quantity
        from unnest(e_events, e_askers, e_quantities) as i(event_id, asker, quantity)
        join events e on e.id = i.event_id and e.tickets_per_buyer_max is not null
        union all
        select c.event_id, e_askers[i.item] || ':' || c.id, i.quantity
        from unnest(l_items, l_categories, l_quantities) as i(item, category, quantity)
        join ticket_categories c on c.event_id = e_events[i.item] and c.id = i.category and c.per_buyer_max is not null) c
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

  -- Buyers get a message only for an act of the organizer. If the event was called off, its notice tells them.
  if 'organizer' = any (e_cancellers) then
    insert into outbox (name, payload)
    select 'order.cancelled', jsonb_build_object('eventId', i.event_id, 'orderId', i.id)
    from unnest(e_events, e_orders, e_statuses, e_cancellers) as i(event_id, id, status, canceller)
    where i.status = 'cancelled' and i.canceller = 'organizer';
  end if;
  perform note_orders(e_events, e_orders);
end $$;
