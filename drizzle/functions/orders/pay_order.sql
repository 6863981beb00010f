-- Marks an order as paid. Returns paid, paid_late, already_paid, no_stock, over_limit or not_found. For every result but paid and
-- paid_late, the money is owed back. over_limit: the buyer reached a limit with other orders while this one waited; this order
-- then begins to close.
create or replace function pay_order(p_event_id text, p_order_id text) returns text
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off as $$
declare
  v_order orders%rowtype;
  v_late boolean; v_limited boolean;
  v_pools text[]; v_quantities integer[]; v_events text[];
begin
  select * into v_order from orders o where o.event_id = p_event_id and o.id = p_order_id for update;
  if not found then
    return 'not_found';
  end if;
  if v_order.status in ('paid', 'partially_refunded', 'refunded') then
    return 'already_paid';
  end if;
  -- No ticket is sold for an event that was called off. The money goes back.
  if exists (select from events e where e.id = p_event_id and e.status = 'cancelled') then
    return 'no_stock';
  end if;
  v_late := v_order.status in ('expired', 'cancelled');
  select array_agg(l.pool_id), array_agg(l.quantity) into v_pools, v_quantities
    from order_lines l where l.event_id = p_event_id and l.order_id = p_order_id;
  v_events := array_fill(p_event_id, array[cardinality(v_pools)]);

  if v_late then
    -- Locks the stock, as every function does before the counters.
    if not can_take_again(v_order) or not count_paid(v_order) then
      return 'no_stock';
    end if;
    perform move_stock(v_events, v_pools, v_quantities, 'available', 'sold');
    perform recount_order(v_order);
  else
    perform move_stock(v_events, v_pools, v_quantities, 'held', 'sold');
    -- Limits are read after the stock is locked: setting a limit locks the stock first, too, and then counts what is paid.
    v_limited := exists (select from events e where e.id = p_event_id and e.tickets_per_buyer_max is not null) or exists (
      select from ticket_categories c where c.event_id = p_event_id and c.per_buyer_max is not null);
    if v_limited and not count_paid(v_order) then
      perform move_stock(v_events, v_pools, v_quantities, 'sold', 'held');
      if v_order.status = 'pending_payment' then
        update orders o set status = 'closing', close_reason = 'cancelled' where o.event_id = p_event_id and o.id = p_order_id;
        insert into outbox (name, payload) values ('order.closing', jsonb_build_object('eventId', p_event_id, 'orderId', p_order_id));
      end if;
      return 'over_limit';
    end if;
    perform change_counters(array[p_event_id], array['n:' || v_order.network_key], array[-v_order.quantity]);
  end if;

  update orders o set status = 'paid', paid_at = clock_timestamp(), closed_at = null, close_reason = null, cancelled_by = null,
      flags = case when v_late then array_append(array_remove(o.flags, 'late_payment'), 'late_payment') else o.flags end
    where o.event_id = p_event_id and o.id = p_order_id;
  perform issue_tickets(p_event_id, array[p_order_id]);
  insert into outbox (name, payload) values ('order.paid', jsonb_build_object('eventId', p_event_id, 'orderId', p_order_id));
  return case when v_late then 'paid_late' else 'paid' end;
end $$;
