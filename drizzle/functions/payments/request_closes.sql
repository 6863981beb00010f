-- Records that the open attempts of closing orders are about to be closed at the gateway, and returns them with the seconds since this was
-- recorded first. Left out are orders that are not closing or have no open attempt, attempts that were never sent, and those that
-- another transaction has locked. No index is written.
create or replace function request_closes(p_event_ids text[], p_order_ids text[])
returns table (order_id text, id text, organizer_id text, gateway text, amount bigint, expires_at timestamptz, seconds float8)
language sql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off as $$
  with wanted as (
    select a.event_id, a.id
    from unnest(p_event_ids, p_order_ids) as i(event_id, order_id)
    cross join lateral (
      select o.event_id, o.id from orders o
      where o.event_id = i.event_id and o.id = i.order_id and o.status = 'closing' limit 1) o
    cross join lateral (
      select a.event_id, a.id from payment_attempts a
      where a.event_id || '' = o.event_id and a.order_id = o.id and a.is_open and not (a.status = 'creating' and a.checks = 0)
      for update skip locked) a)
  update payment_attempts a set close_requested_at = coalesce(a.close_requested_at, now()), updated_at = now()
    from wanted w
    where a.event_id = w.event_id and a.id = w.id
    returning a.order_id, a.id, a.organizer_id, a.gateway, a.amount, a.expires_at,
      extract(epoch from now() - a.close_requested_at)::float8
$$;
