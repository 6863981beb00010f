-- After an event was called off: begins to end at most `p_limit` of its holds. Holds with an open attempt are closed at the
-- gateway first. Returns how many.
create or replace function cancel_holds(p_event_id text, p_limit integer) returns integer
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off as $$
declare
  v_closing integer;
begin
  with chosen as (
    select o.event_id, o.id from orders o
    where o.event_id = p_event_id and o.status || '' = 'pending_payment' order by o.expires_at limit p_limit for update skip locked
  ), closing as (
    update orders o set status = 'closing', close_reason = 'cancelled', cancelled_by = 'event'
      from chosen where o.event_id = chosen.event_id and o.id = chosen.id
      returning o.id
  ), staged as (
    insert into outbox (name, payload)
    select 'order.closing', jsonb_build_object('eventId', p_event_id, 'orderId', id) from closing
  )
  select count(*) into v_closing from closing;
  return v_closing;
end $$;
