-- Queues messages and stages their sending. Only this function adds rows to deliveries, so the caps always hold.
-- One item per message. A message that exists (same subject, template, channel, recipient and version) is left out.
--
-- An item that names a share is counted with the messages to its recipient under that share within the last hour. The count
-- is one row per recipient, channel and share, which this statement locks. If two processes queue for one recipient, the
-- second sees what the first has queued. Items beyond the cap are written as `capped` and never sent. Items
-- without a share (messages about money that has come) are not counted.
--
-- Its plans are kept, and each look-up can only be done in one way (see place_orders). Rows are locked in one order, so that two
-- batches never deadlock. Returns the new rows, each with the share that capped it, or null.
create or replace function queue_deliveries(
  p_ids text[], p_organizer_ids text[], p_event_ids text[], p_subject_ids text[], p_templates text[], p_channels text[],
  p_recipient_keys text[], p_versions integer[], p_shares text[], p_hourly_maxes integer[],
  -- The name of the job that sends one message, and of the job that sends up to ten of one event; null if each has a job of its own.
  p_job text, p_job_together text)
returns table (id text, channel text, capped_by text)
language plpgsql volatile
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off as $$
#variable_conflict use_column
begin
  return query
  with item as (
    select i.*, row_number() over (partition by i.channel, i.recipient_key, i.share order by i.n) as turn
    from unnest(p_ids, p_organizer_ids, p_event_ids, p_subject_ids, p_templates, p_channels, p_recipient_keys, p_versions,
                p_shares, p_hourly_maxes) with ordinality
      as i (id, organizer_id, event_id, subject_id, template, channel, recipient_key, version, share, hourly_max, n)
    -- Written as `not exists` beside an `or`, Postgres could plan this as a hash of the whole table.
    left join lateral (
      select true as known from deliveries d
      where i.share is not null and d.subject_id = i.subject_id and d.template = i.template and d.channel = i.channel
        and d.recipient_key = i.recipient_key and d.version = i.version
      limit 1) k on true
    where k.known is null
  ), counted as (
    insert into message_shares as m (channel, recipient_key, share, queued_at, hourly_max, granted, asked_at)
    select w.channel, w.recipient_key, w.share, array_fill(clock_timestamp(), array[w.wanted]), w.hourly_max, w.wanted,
           clock_timestamp()
    from (
      select i.channel, i.recipient_key, i.share, max(coalesce(i.hourly_max, 0)) as hourly_max,
             least(count(*)::integer, max(coalesce(i.hourly_max, 0))) as wanted
      from item i where i.share is not null group by 1, 2, 3 order by 1, 2, 3) w
    on conflict (channel, recipient_key, share) do update
      set (queued_at, granted, hourly_max, asked_at) = (
        select r.recent || array_fill(clock_timestamp(), array[r.room]), r.room, excluded.hourly_max, clock_timestamp()
        from (
          select h.recent, greatest(0, least(excluded.granted, excluded.hourly_max - cardinality(h.recent))) as room
          from (
            select array(select t from unnest(m.queued_at) as t where t > (select clock_timestamp()) - interval '1 hour') as recent) h) r)
    returning m.channel, m.recipient_key, m.share, m.granted
  ), judged as (
    select i.*, i.share is not null and i.turn > coalesce(c.granted, 0) as capped
    from item i left join counted c using (channel, recipient_key, share)
  ), added as (
    insert into deliveries as d (id, organizer_id, event_id, subject_id, template, channel, recipient_key, version, share, status,
      failure, next_check_at)
    select j.id, j.organizer_id, j.event_id, j.subject_id, j.template, j.channel, j.recipient_key, j.version,
           j.share, case when j.capped then 'capped' else 'queued' end, case when j.capped then 'hourly_cap' end,
           case when not j.capped then now() + interval '15 minutes' end
    from judged j order by j.n
    on conflict (subject_id, template, channel, recipient_key, version) do nothing
    returning d.id, d.event_id, d.channel, d.status, d.share
  ), staged as (
    insert into outbox (name, payload)
    select case count(*) when 1 then p_job else p_job_together end,
           jsonb_strip_nulls(jsonb_build_object('eventId', a.event_id))
             || case count(*) when 1 then jsonb_build_object('deliveryId', min(a.id)) else jsonb_build_object('deliveryIds', jsonb_agg(a.id)) end
    from (
      select d.id, d.event_id,
             (row_number() over (partition by d.event_id) - 1) / case when p_job_together is null then 1 else 10 end as part
      from added d where d.status = 'queued') a
    group by a.event_id, a.part
  )
  select a.id, a.channel, case when a.status = 'capped' then a.share end from added a;
end $$;
