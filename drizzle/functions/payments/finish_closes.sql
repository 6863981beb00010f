-- Ends orders whose attempts the gateway has closed: no money can come for them any more. The attempts expire, and the holds are released.
-- Returns the ended orders. Nothing was changed for the others: they are not closing any more, their attempt is another or not open, or
-- another transaction has locked them; or their hold cannot be released, and only their attempt has expired.
--
-- Locks: orders, their attempts, then stock by pool, then counters (release_holds). No order or attempt is waited for.
create or replace function finish_closes(p_event_ids text[], p_order_ids text[], p_attempt_ids text[], p_check_seconds integer)
returns setof text
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off as $$
declare
  v_events text[]; v_orders text[]; v_attempts text[]; v_stuck text[];
begin
  select array_agg(o.event_id), array_agg(o.id), array_agg(a.id) into v_events, v_orders, v_attempts
    from unnest(p_event_ids, p_order_ids, p_attempt_ids) as i(event_id, order_id, attempt_id)
    cross join lateral (
      select o.event_id, o.id from orders o
      where o.event_id = i.event_id and o.id = i.order_id and o.status = 'closing' for update skip locked) o
    cross join lateral (
      select a.id from payment_attempts a
      -- By the order, so that no attempt is locked whose order is skipped.
      where a.event_id = i.event_id and a.id = i.attempt_id and a.order_id || '' = o.id
        and a.status in ('creating', 'unknown', 'pending', 'review', 'authorized')
      for update skip locked) a;
  if v_orders is null then
    return;
  end if;
  update payment_attempts a set status = 'expired', checks = 0, next_check_at = now() + make_interval(secs => p_check_seconds),
      updated_at = now()
    from unnest(v_events, v_attempts) as i(event_id, id)
    where a.event_id = i.event_id and a.id = i.id;
  v_stuck := release_holds_apart(v_events, v_orders);
  return query select ended from unnest(v_orders) as ended where ended <> all (v_stuck);
end $$;
