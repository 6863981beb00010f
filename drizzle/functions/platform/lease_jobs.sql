-- Leases jobs that the caller has locked in this statement, by the physical places (ctid) of their rows, and returns them.
-- `p_due_since` has the time at which each became due. The first lease takes `p_seconds`; each further lease of a job takes twice
-- as long as the one before, up to `p_seconds_max`.
--
-- The outbox is emptied again and again. Statistics that were collected while it was empty make Postgres expect one row, even when
-- a million wait, and it then compares every row with every locked one. With scans and hash joins off, the only plan left reads
-- each row at its place.
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
