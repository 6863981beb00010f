-- What an order adds to the counters of limits per buyer, as (key, category, quantity), over all its tickets: for its asker
-- (`p_paid` false), or for email and phone as paid tickets (`p_paid` true). `category` is null for the event's own limit. A free
-- order counts for its asker alone. Nobody has paid for it, so it must not use up the limit of an address that may belong to
-- somebody else.
create or replace function buyer_counts(p_order orders, p_paid boolean)
returns table (key text, category text, quantity integer)
language sql stable as $$
  select k.key || coalesce(':' || part.category, ''), part.category, part.quantity
  from (
    select asker_key(p_order.confirmed_key, p_order.buyer_keys[1], p_order.buyer_keys[2], p_order.network_key) where not p_paid
    union all
    select 'b:' || buyer.key from unnest(p_order.buyer_keys) as buyer(key) where p_paid and p_order.total > 0) as k(key)
  cross join (
    select null, p_order.quantity
    union all
    select l.ticket_category_id, l.quantity from order_lines l where l.event_id = p_order.event_id and l.order_id = p_order.id)
    as part(category, quantity)
$$;
