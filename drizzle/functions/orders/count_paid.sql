-- Counts an order that is being paid, by email and by phone. Returns false, and counts nothing, if that would exceed a limit.
-- Limits per buyer are enforced here. Two payments cannot both take the last free quantity, since each waits for the other's
-- counters. The first paid order of an address is never refused: it was within the limit when it was placed, and lowering a
-- limit later must not take it away.
-- The caller has locked the stock, which comes before counters in the order of locks.
create or replace function count_paid(p_order orders) returns boolean
language plpgsql as $$
declare
  v_keys text[]; v_quantities integer[]; v_over boolean;
begin
  with limited as (
    select b.key, b.quantity, case when b.category is null then e.tickets_per_buyer_max else c.per_buyer_max end as max
    from buyer_counts(p_order, true) b
    join events e on e.id = p_order.event_id
    left join ticket_categories c on c.event_id = p_order.event_id and c.id = b.category
  ), counted as (
    insert into limit_counters as l (event_id, counter_key, quantity)
    select p_order.event_id, limited.key, limited.quantity from limited where limited.max is not null order by limited.key
    on conflict (event_id, counter_key) do update set quantity = l.quantity + excluded.quantity
    returning l.counter_key, l.quantity)
  select array_agg(limited.key), array_agg(limited.quantity), bool_or(counted.quantity > limited.max and counted.quantity > limited.quantity)
    into v_keys, v_quantities, v_over
    from counted join limited on limited.key = counted.counter_key;
  if v_over then
    perform change_counters(
      array_fill(p_order.event_id, array[cardinality(v_keys)]), v_keys, array(select -q from unnest(v_quantities) as q));
  end if;
  return coalesce(not v_over, true);
end $$;
