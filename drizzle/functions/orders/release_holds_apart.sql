-- Like release_holds, but one order at a time: an order that breaks a constraint does not stop the others. It is flagged for a
-- person and not tried again. Returns the flagged orders.
create or replace function release_holds_apart(p_event_ids text[], p_order_ids text[]) returns text[]
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off as $$
declare
  v_stuck text[] := '{}';
begin
  perform release_holds(p_event_ids, p_order_ids);
  return v_stuck;
exception when integrity_constraint_violation or data_exception then
  -- All stock is locked first. Otherwise the second order would lock its stock after the counters of the first.
  perform 1 from stock s where s.event_id = any (p_event_ids) order by s.event_id, s.pool_id for update;
  for n in 1 .. cardinality(p_order_ids) loop
    begin
      perform release_holds(p_event_ids[n:n], p_order_ids[n:n]);
    exception when integrity_constraint_violation or data_exception then
      update orders o set flags = array_append(array_remove(o.flags, 'hold_stuck'), 'hold_stuck')
        where o.event_id = p_event_ids[n] and o.id = p_order_ids[n];
      v_stuck := v_stuck || p_order_ids[n];
    end;
  end loop;
  return v_stuck;
end $$;
