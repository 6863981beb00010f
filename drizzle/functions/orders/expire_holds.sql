-- The sweeper: ends at most `p_limit` expired holds, an equal share of each event, the oldest first. Holds with an open attempt are
-- closed at the gateway first. Returns how many it ended, which orders it left to a person, and all orders that it looked at.
create or replace function expire_holds(p_limit integer, out ended integer, out stuck text[], out orders text[])
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off as $$
declare
  -- A variable, because the index is not searched by a value that may differ from row to row, as clock_timestamp() may: every hold
  -- would be read.
  v_now timestamptz := clock_timestamp();
  v_due text[]; v_events text[]; v_orders text[]; v_open boolean[];
begin
  ended := 0; stuck := '{}'; orders := '{}';
  -- Skips through the index from one event with holds to the next.
  with recursive event as (
    (select held.event_id, held.expires_at from orders held where held.status || '' = 'pending_payment'
      order by held.event_id, held.expires_at limit 1)
    union all
    select next.event_id, next.expires_at from event
    cross join lateral (
      select held.event_id, held.expires_at from orders held
      where held.status || '' = 'pending_payment' and held.event_id > event.event_id order by held.event_id, held.expires_at limit 1) next)
  select array_agg(event.event_id order by event.expires_at) into v_due from event where event.expires_at <= v_now;
  if v_due is null then
    return;
  end if;
  select array_agg(d.event_id), array_agg(d.id) into v_events, v_orders from (
    select d.event_id, d.id from unnest(v_due) as due(event_id)
    cross join lateral (
      select o.event_id, o.id from orders o
      where o.event_id = due.event_id and o.status || '' = 'pending_payment' and o.expires_at <= v_now
        and not 'hold_stuck' = any (o.flags)
      order by o.expires_at limit greatest(1, p_limit / cardinality(v_due)) for update skip locked) d
    limit p_limit) d;
  if v_orders is null then
    return;
  end if;
  -- After the orders are locked, in a statement of its own, so that it sees every attempt that was made before the lock.
  select array_agg((select true from open_attempts(p.event_id, p.id) limit 1) is not null order by p.n) into v_open
    from unnest(v_events, v_orders) with ordinality as p(event_id, id, n);

  if true = any (v_open) then
    with closing as (
      update orders o set status = 'closing', close_reason = 'expired'
        from unnest(v_events, v_orders, v_open) as p(event_id, id, attempt_open)
        where o.event_id = p.event_id and o.id = p.id and p.attempt_open
        returning o.event_id, o.id)
    insert into outbox (name, payload)
    select 'order.closing', jsonb_build_object('eventId', event_id, 'orderId', id) from closing;
  end if;

  stuck := release_holds_apart(
    array(select p.event_id from unnest(v_events, v_open) with ordinality as p(event_id, attempt_open, n) where not p.attempt_open order by p.n),
    array(select p.id from unnest(v_orders, v_open) with ordinality as p(id, attempt_open, n) where not p.attempt_open order by p.n));
  ended := cardinality(v_orders) - cardinality(stuck);
  orders := v_orders;
end $$;
