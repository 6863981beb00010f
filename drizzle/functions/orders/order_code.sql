-- The code of an order as people read it, as `orderCode` in `src/platform/ids.ts`.
create or replace function order_code(p_order_id text) returns text
language sql immutable parallel safe as $$
  select substr(p_order_id, 23, 5) || '-' || substr(p_order_id, 28, 5)
$$;
