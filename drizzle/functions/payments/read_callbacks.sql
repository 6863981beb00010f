-- The callbacks with these ids that exist, each with its payload, which is null once its partition was dropped. The plan is kept: made
-- anew, it looks at every partition.
create or replace function read_callbacks(p_ids bigint[])
returns table (
  id bigint, gateway text, organizer_id text, attempt_id text, status text, payload bytea, received_at timestamptz)
language sql stable
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off as $$
  -- Both rows have the time of their one statement, which identifies the partition.
  select c.id, c.gateway, c.organizer_id, c.attempt_id, c.status,
    (select p.payload from callback_payloads p where p.callback_id = c.id and p.received_at = c.received_at), c.received_at
  from unnest(p_ids) as i(id)
  join callbacks c on c.id = i.id
$$;
