-- Counts an ended order again that takes its places back: for the limits of its asker, and for its promo code. An asker without
-- a counter gets one if a limit is set.
create or replace function recount_order(p_order orders) returns void
language plpgsql as $$
begin
  insert into limit_counters as l (event_id, counter_key, quantity)
  select p_order.event_id, b.key, b.quantity from buyer_counts(p_order, false) b
  join events e on e.id = p_order.event_id
  left join ticket_categories c on c.event_id = p_order.event_id and c.id = b.category
  where case when b.category is null then e.tickets_per_buyer_max else c.per_buyer_max end is not null
  order by b.key
  on conflict (event_id, counter_key) do update set quantity = l.quantity + excluded.quantity;
  update promo_codes promo set redemptions = promo.redemptions + 1
    where promo.event_id = p_order.event_id and promo.id = p_order.promo_code_id;
end $$;
