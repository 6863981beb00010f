-- The number of due jobs of each kind that the queue has not been given yet, by event, with the event's organizer ('-' if there is no
-- event, or it does not exist). Each kind's search starts after the event in `p_after_event_ids` and covers `p_events_max` events; an
-- event without due jobs counts 0. Counts are bounded: `p_count_max` over all events of a kind, at least `p_count_min` for one, and for
-- one no more than is enough for the caller. The search hops along the index `outbox_staged` from event to event, so the length of a
-- backlog does not matter. The plan is kept: each relay asks many times a second.
create or replace function find_due_work(
  p_names text[], p_after_event_ids text[], p_enough integer[], p_events_max integer, p_count_max integer, p_count_min integer)
returns table (name text, organizer_id text, event_id text, jobs integer)
language sql stable
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off as $$
  with recursive hop (name, enough, event_id, number) as (
    select kind.name, kind.enough, next.event_id, 1
    from unnest(p_names, p_after_event_ids, p_enough) as kind (name, after, enough)
    cross join lateral (
      select o.event_id from outbox o where o.relays = 0 and o.name = kind.name and o.event_id > kind.after
      order by o.event_id limit 1) next
    union all
    select hop.name, hop.enough, next.event_id, hop.number + 1
    from hop cross join lateral (
      select o.event_id from outbox o where o.relays = 0 and o.name = hop.name and o.event_id > hop.event_id
      order by o.event_id limit 1) next
    where hop.number < p_events_max
  )
  select found.name, coalesce(owner.organizer_id, '-'), found.event_id, due.jobs
  from (
    select *, least(hop.enough, greatest(p_count_min, p_count_max / count(*) over (partition by hop.name))) as most from hop) found
  cross join lateral (
    select count(*)::integer as jobs from (
      select from outbox o
      where o.relays = 0 and o.name = found.name and o.event_id = found.event_id and o.available_at <= now()
      limit found.most) counted
  ) due
  left join lateral (select e.organizer_id from events e where e.id = found.event_id limit 1) owner on true
$$;
