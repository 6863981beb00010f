-- Withdraws online scans whose answer did not reach the door, if the door then decided otherwise: the door's decision replaces the
-- service's. Returns the numbers (from 1) of the offline scans in p_scans that do so. Locks: the caller has locked the tickets.
create or replace function withdraw_unheard(p_event_id text, p_scans jsonb) returns integer[]
language plpgsql volatile as $$
declare
  v_numbers integer[];
  v_tickets text[];
begin
  with unheard as (
    select distinct on (actor_id, device_id, scan_id)
      ordinality::integer as n, s.event_id, s.actor_id, s.device_id, s.scan_id, s.ticket_id
    from jsonb_array_elements(p_scans) with ordinality as input (x, ordinality)
    cross join lateral (
      select * from scans
      where event_id = p_event_id and actor_id = x ->> 'actor' and device_id = x ->> 'device' and scan_id = x ->> 'scan'
        and not offline and undone_at is null and content = decode(x ->> 'content', 'hex') and passed <> (x ->> 'passed')::boolean limit 1
    ) s
    order by actor_id, device_id, scan_id, ordinality
  ), withdrawn as (
    delete from scans d using unheard u
    where d.event_id = u.event_id and d.actor_id = u.actor_id and d.device_id = u.device_id and d.scan_id = u.scan_id
    returning d.ticket_id
  )
  select coalesce(array_agg(n), '{}'), (select array_agg(distinct ticket_id) from withdrawn where ticket_id is not null)
    into v_numbers, v_tickets from unheard;

  if v_tickets is not null then
    perform recount_admissions(p_event_id, v_tickets);
  end if;
  return v_numbers;
end
$$;
