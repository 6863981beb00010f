-- The attempts of an order that may still be paid. Written so that it becomes a part of the statement that asks.
create or replace function open_attempts(p_event_id text, p_order_id text) returns setof text
language sql stable as $$
  select a.id from payment_attempts a
  where a.event_id = p_event_id and a.order_id = p_order_id
    and a.status in ('creating', 'unknown', 'pending', 'review', 'authorized')
$$;
