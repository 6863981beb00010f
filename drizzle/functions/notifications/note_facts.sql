-- Notes facts for the webhooks of organizers, in the transaction that makes them true: one row per fact that an endpoint of the
-- organizer wants, also a disabled one, which may ask for it later; and a delivery per active endpoint. Nothing is written for
-- an organizer without an endpoint.
create or replace function note_facts(
  p_organizer_ids text[], p_event_ids text[], p_types text[], p_subject_ids text[], p_data jsonb[]) returns void
language sql volatile
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off as $$
  with fact as materialized (
    select webhook_id(clock_timestamp()) as id, f.*
    from unnest(p_organizer_ids, p_event_ids, p_types, p_subject_ids, p_data) as f(organizer_id, event_id, type, subject_id, data)
    where exists (
      select from webhook_endpoints w where w.organizer_id = f.organizer_id and w.status <> 'deleted' and f.type = any (w.types))
  ), noted as (
    insert into webhooks (id, organizer_id, event_id, type, subject_id, data, occurred_at)
    select f.id, f.organizer_id, f.event_id, f.type, f.subject_id, f.data, clock_timestamp() from fact f
  )
  insert into webhook_deliveries (endpoint_id, webhook_id, subject_id, due_at)
  select w.id, f.id, f.subject_id, clock_timestamp()
  from fact f
  join webhook_endpoints w on w.organizer_id = f.organizer_id and w.status <> 'deleted'
  where w.status = 'active' and f.type = any (w.types)
$$;
