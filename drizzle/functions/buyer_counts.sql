-- What the orders count against their buyers' limits, as (event_id, key, quantity).
create or replace function buyer_counts(p_event_ids text[], p_order_ids text[])
returns table (event_id text, key text, quantity integer)
language sql stable as $$
  select o.event_id, 'b:' || buyer.key, o.quantity
  from unnest(p_event_ids, p_order_ids) as p(event_id, id)
  join orders o on o.event_id = p.event_id and o.id = p.id
  cross join unnest(o.buyer_keys) as buyer(key)
  union all
  select o.event_id, 'b:' || buyer.key || ':' || l.ticket_category_id, l.quantity
  from unnest(p_event_ids, p_order_ids) as p(event_id, id)
  join orders o on o.event_id = p.event_id and o.id = p.id
  join order_lines l on l.event_id = o.event_id and l.order_id = o.id
  cross join unnest(o.buyer_keys) as buyer(key)
$$;
