-- Adds to or takes from limit counters that exist. A missing counter belongs to a limit that is not set.
create or replace function change_counters(p_event_ids text[], p_keys text[], p_changes integer[]) returns void
language plpgsql as $$
begin
  perform 1 from limit_counters l
    join (select distinct c.event_id, c.key from unnest(p_event_ids, p_keys) as c(event_id, key)) d
      on d.event_id = l.event_id and d.key = l.counter_key
    order by l.event_id, l.counter_key for update of l;
  update limit_counters l set quantity = greatest(0, l.quantity + d.change)
    from (select c.event_id, c.key, sum(c.change)::integer as change
          from unnest(p_event_ids, p_keys, p_changes) as c(event_id, key, change) group by 1, 2) d
    where l.event_id = d.event_id and l.counter_key = d.key;
end $$;
