-- Money came. Answers: paid, paid_late, already_paid, no_stock, not_found.
create or replace function pay_order(p_event_id text, p_order_id text) returns text
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
