-- The attempts of an order that can still be paid. The function is plain SQL, so that Postgres inlines it into the caller's
-- statement.
create or replace function open_attempts(p_event_id text, p_order_id text) returns setof text
language sql stable as $$
  select a.id from payment_attempts a
  where a.event_id || '' = p_event_id and a.order_id = p_order_id
    and a.status in ('creating', 'unknown', 'pending', 'review', 'authorized')
$$;
