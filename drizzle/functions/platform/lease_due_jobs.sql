-- Leases due jobs that the queue has not been given yet, for `p_seconds`: of each kind and event at most as many as its room. Rows are
-- found by time, never by "greater than the last id", since a lower id may commit later. Rows that another relay holds are skipped.
-- Uses the index `outbox_staged`, and the plan is kept.
create or replace function lease_due_jobs(
  p_names text[], p_event_ids text[], p_rooms integer[], p_seconds integer, p_seconds_max integer)
returns table (
  id text, name text, event_id text, payload jsonb, relays smallint, traceparent text, waited_seconds double precision)
language sql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off as $$
  select leased.*
  from (
    select array_agg(job.place) as places, array_agg(job.available_at) as since
    from unnest(p_names, p_event_ids, p_rooms) as wanted (name, event_id, room)
    cross join lateral (
      select o.ctid as place, o.available_at from outbox o
      where o.relays = 0 and o.name = wanted.name and o.event_id = wanted.event_id and o.available_at <= now()
      order by o.available_at, o.id limit wanted.room for update skip locked) job
  ) due
  cross join lateral lease_jobs(due.places, due.since, p_seconds, p_seconds_max) leased
$$;
