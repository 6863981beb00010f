-- Leases jobs that the caller has locked in this statement, by the places of their rows, and answers them. `p_due_since` has the time at
-- which each became due. The first lease takes `p_seconds`; it doubles each time, up to `p_seconds_max`.
--
-- The outbox is emptied again and again. What Postgres counted in it while it was empty makes it expect one row, also when a
-- million wait; it then compares every row with every locked one. Without index scans there is one way left: from place to row.
create or replace function lease_jobs(p_rows tid[], p_due_since timestamptz[], p_seconds integer, p_seconds_max integer)
returns table (
  id text, name text, event_id text, payload jsonb, relays smallint, traceparent text, waited_seconds double precision)
language plpgsql volatile
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_indexscan = off set enable_bitmapscan = off
set enable_hashjoin = off set enable_mergejoin = off as $$
#variable_conflict use_column
begin
  return query
  update outbox o set
      relays = o.relays + 1,
      available_at = now() + make_interval(secs => least(p_seconds * power(2, least(o.relays, 20)), p_seconds_max))
    from unnest(p_rows, p_due_since) as due (place, since)
    where o.ctid = due.place
    returning o.id::text, o.name, o.event_id, o.payload, o.relays, o.traceparent,
      extract(epoch from now() - due.since)::double precision;
end $$;
