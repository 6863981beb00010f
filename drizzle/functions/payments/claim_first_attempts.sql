-- Writes the first attempts of orders that wait for payment, and leases them to the caller, so that no other worker makes them.
-- Returns the ids of the leased attempts. An order is left out if it does not wait for payment, if another transaction has
-- locked it, if its attempt was leased before, or if its buyer has chosen a way to pay meanwhile. The order is locked, so that
-- its hold does not end meanwhile.
create or replace function claim_first_attempts(
  p_event_ids text[], p_order_ids text[], p_ids text[], p_gateways text[], p_lease_seconds integer, p_check_seconds integer)
returns setof text
language sql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off as $$
  with waiting as (
    select o.event_id, o.id as order_id, o.organizer_id, o.total, o.currency, i.id, i.gateway
    from unnest(p_event_ids, p_order_ids, p_ids, p_gateways) as i(event_id, order_id, id, gateway)
    join orders o on o.event_id = i.event_id and o.id = i.order_id
    where o.status = 'pending_payment' and o.total > 0 and o.expires_at > now()
    order by o.id
    for update of o skip locked)
  insert into payment_attempts as a (event_id, id, order_id, organizer_id, number, gateway, method, amount, currency, status,
    checks, claimed_until, next_check_at)
  select w.event_id, w.id, w.order_id, w.organizer_id, 1, w.gateway, 'any', w.total, w.currency, 'creating', 1,
         now() + make_interval(secs => p_lease_seconds), now() + make_interval(secs => p_check_seconds)
  from waiting w
  on conflict (event_id, id) do update
    set checks = 1, claimed_until = excluded.claimed_until, next_check_at = excluded.next_check_at
    where a.status = 'creating' and a.checks = 0 and a.method = 'any'
  returning a.id
$$;
