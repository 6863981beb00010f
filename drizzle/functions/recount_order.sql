-- Counts an order against its buyer's limits and its promo code again (1), or no longer (-1).
create or replace function recount_order(p_order orders, p_sign integer) returns void
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
