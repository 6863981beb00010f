-- The attempt of each order that its buyer should see: the open one, otherwise the latest with money, otherwise the latest. The plan
-- is kept, since buyers poll it.
create or replace function read_current_attempts(p_event_ids text[], p_order_ids text[]) returns setof payment_attempts
language sql stable
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off as $$
  select distinct on (a.event_id, a.order_id) a.*
  from unnest(p_event_ids, p_order_ids) as i(event_id, order_id)
  join payment_attempts a on a.order_id = i.order_id and a.event_id || '' = i.event_id
  order by a.event_id, a.order_id, a.status in ('creating', 'unknown', 'pending', 'review', 'authorized') desc, a.received > 0 desc,
           a.number desc
$$;
