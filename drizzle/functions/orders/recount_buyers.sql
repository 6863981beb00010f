-- Called after a limit was set or lifted, while no placement can run. Recounts the event's askers, and the paid tickets
-- by email and phone, from its live orders. A limit that only changes needs no other counts: for an event of many orders the lane
-- would be held for seconds.
create or replace function recount_buyers(p_event_id text) returns void
language plpgsql as $$
begin
  perform enter_lane(p_event_id);
  -- A call that returns places has locked stock. If this function did not wait for its commit, the order would count for ever.
  perform 1 from stock s where s.event_id = p_event_id order by s.pool_id for update;
  delete from limit_counters l where l.event_id = p_event_id and (l.counter_key like 'b:%' or l.counter_key like 'o:%');
  insert into limit_counters (event_id, counter_key, quantity)
  select p_event_id, counted.key, sum(counted.quantity)::integer
  from (
    select k.key || part.suffix as key, live.quantity
    from (
      select o.confirmed_key, o.buyer_keys, o.network_key, o.total > 0 and o.status in ('paid', 'partially_refunded') as is_paid,
             l.ticket_category_id,
             -- Only an order that was partly refunded has other tickets than its lines.
             case when o.status <> 'partially_refunded' then l.quantity else (
               select count(*)::integer from tickets t
               where t.event_id || '' = p_event_id and t.order_id = o.id and t.ticket_category_id = l.ticket_category_id and t.status = 'live') end as quantity
      from orders o join order_lines l on l.event_id = o.event_id and l.order_id = o.id
      where o.event_id = p_event_id and o.status in ('pending_payment', 'closing', 'paid', 'partially_refunded')) live
    join events e on e.id = p_event_id
    join ticket_categories c on c.event_id = p_event_id and c.id = live.ticket_category_id
    cross join lateral (
      select asker_key(live.confirmed_key, live.buyer_keys[1], live.buyer_keys[2], live.network_key)
      union all
      select 'b:' || buyer.key from unnest(live.buyer_keys) as buyer(key) where live.is_paid) as k(key)
    cross join lateral (
      select '' where e.tickets_per_buyer_max is not null
      union all
      select ':' || c.id where c.per_buyer_max is not null) as part(suffix)) counted
  where counted.quantity > 0
  group by counted.key;
end $$;
