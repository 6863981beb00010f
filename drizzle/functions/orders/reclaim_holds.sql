-- Called by placement: takes back at most `p_limit` expired holds that can no longer be paid and have places in the short pools.
-- It reads the oldest expired holds of the event, ten times as many as it may take back. If the event has more, it also takes
-- back holds of other pools up to the limit, so that the next call reads holds behind them.
create or replace function reclaim_holds(p_event_id text, p_pool_ids text[], p_limit integer) returns integer
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off as $$
declare
  -- A variable, so that the index is searched by it (expire_holds).
  v_now timestamptz := clock_timestamp();
  v_beyond timestamptz;
  v_orders text[]; v_others text[];
begin
  v_beyond := (
    select held.expires_at from orders held
    where held.event_id = p_event_id and held.status || '' = 'pending_payment' and held.expires_at <= v_now
    order by held.expires_at offset 10 * p_limit limit 1);
  select array_agg(d.id) into v_orders from (
    select o.id from orders o
    where o.event_id = p_event_id and o.status || '' = 'pending_payment' and o.expires_at <= coalesce(v_beyond, v_now)
      and not 'hold_stuck' = any (o.flags)
      and (select true from open_attempts(o.event_id, o.id) limit 1) is null
      and (
        select true from order_lines l where l.event_id = o.event_id and l.order_id = o.id and l.pool_id = any (p_pool_ids) limit 1)
    order by o.expires_at limit p_limit for update skip locked) d;
  v_orders := coalesce(v_orders, '{}');
  if v_beyond is not null and cardinality(v_orders) < p_limit then
    select array_agg(d.id) into v_others from (
      select o.id from orders o
      where o.event_id = p_event_id and o.status || '' = 'pending_payment' and o.expires_at <= v_beyond
        and not 'hold_stuck' = any (o.flags)
        and (select true from open_attempts(o.event_id, o.id) limit 1) is null and o.id <> all (v_orders)
      order by o.expires_at limit p_limit - cardinality(v_orders) for update skip locked) d;
    v_orders := v_orders || coalesce(v_others, '{}');
  end if;
  -- An attempt that was made between the read and the lock is visible only to a statement that begins after the lock.
  v_orders := array(select d.id from unnest(v_orders) as d(id) where (select true from open_attempts(p_event_id, d.id) limit 1) is null);
  if cardinality(v_orders) = 0 then
    return 0;
  end if;
  perform release_holds_apart(array_fill(p_event_id, array[cardinality(v_orders)]), v_orders);
  return cardinality(v_orders);
end $$;
