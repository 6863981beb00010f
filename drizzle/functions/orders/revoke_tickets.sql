-- Revokes tickets. `p_ticket_ids` is null for all tickets of the order, and '{}' for none, if only money went back. Places that
-- are not restocked are blocked. `p_status` is the status that the order gets once it has no live ticket: refunded, cancelled
-- if its money was reversed, or partially_refunded if a part of its money stays, which can then still be refunded. Returns the
-- new status, or null if the order is not paid.
create or replace function revoke_tickets(p_event_id text, p_order_id text, p_ticket_ids text[], p_restock boolean, p_status text, p_reason text)
returns text
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off as $$
declare
  v_order orders%rowtype;
  v_pools text[]; v_categories text[]; v_count integer; v_left integer; v_status text;
  v_keys text[]; v_changes integer[];
begin
  select * into v_order from orders o where o.event_id = p_event_id and o.id = p_order_id for update;
  if not found or v_order.status not in ('paid', 'partially_refunded') then
    return null;
  end if;

  -- One time for all of them: a subquery is read once.
  with revoked as (
    update tickets t set status = 'revoked', revoked_at = (select clock_timestamp()), revoked_reason = p_reason
      where t.event_id || '' = p_event_id and t.order_id = p_order_id and t.status = 'live'
        and (p_ticket_ids is null or t.id = any (p_ticket_ids))
      returning t.ticket_category_id)
  select array_agg(l.pool_id), array_agg(l.ticket_category_id), count(*) into v_pools, v_categories, v_count
    from revoked r join order_lines l
      on l.event_id = p_event_id and l.order_id = p_order_id and l.ticket_category_id = r.ticket_category_id;

  if v_count > 0 then
    perform move_stock(array_fill(p_event_id, array[v_count]), v_pools, array_fill(1, array[v_count]), 'sold',
                       case when p_restock then 'available' else 'blocked' end);
    select array_agg(k.key), array_agg(-1) into v_keys, v_changes from (
      select counted.key || part.suffix as key
      from (
        select asker_key(v_order.confirmed_key, v_order.buyer_keys[1], v_order.buyer_keys[2], v_order.network_key)
        union all
        select 'b:' || buyer.key from unnest(v_order.buyer_keys) as buyer(key) where v_order.total > 0) as counted(key)
      cross join unnest(v_categories) as category(id)
      cross join lateral unnest(array['', ':' || category.id]) as part(suffix)) k;
    perform change_counters(array_fill(p_event_id, array[cardinality(v_keys)]), v_keys, v_changes);
  end if;

  select count(*) into v_left from tickets t where t.event_id || '' = p_event_id and t.order_id = p_order_id and t.status = 'live';
  v_status := case when v_left = 0 then p_status else 'partially_refunded' end;
  if v_status <> 'partially_refunded' then
    update promo_codes promo set redemptions = promo.redemptions - 1 where promo.event_id = p_event_id and promo.id = v_order.promo_code_id;
  end if;
  update orders o set status = v_status, closed_at = case when v_status <> 'partially_refunded' then clock_timestamp() else o.closed_at end
    where o.event_id = p_event_id and o.id = p_order_id;
  perform note_orders(array[p_event_id], array[p_order_id]);
  return v_status;
end $$;
