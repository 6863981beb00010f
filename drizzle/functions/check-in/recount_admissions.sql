-- Replays the entries and exits of each ticket in the order of time, and writes the result: which of them count, which are
-- conflicts, and the admission. An entry while somebody is inside is a conflict, and the earlier entry counts. An exit while
-- nobody is inside is a conflict, too: that person entered by a conflict, or the entry is not known yet.
-- At a gate that requires no exit, an entry while somebody is inside counts, too. The counts of zones follow the admissions.
-- Locks: the caller has locked the tickets, so no other call changes them meanwhile. Zones are locked here, before admissions.
create or replace function recount_admissions(p_event_id text, p_ticket_ids text[]) returns void
language plpgsql volatile as $$
declare
  v_zones text[];
begin
  perform from zones where event_id = p_event_id order by id for no key update;
  v_zones := array(
    select zone_id from admissions
    where event_id = p_event_id and ticket_id = any (p_ticket_ids) and inside and zone_id is not null);

  with passages as (
    select *,
      direction = coalesce(lag(direction) over in_time, 'exit') and not (direction = 'entry' and re_enters) as again,
      case when not lead(re_enters) over in_time then lead(direction) over in_time end as next_direction,
      lead(scanned_at) over in_time as next_at, lead(gate) over in_time as next_gate
    from scans where event_id || '' = p_event_id and ticket_id = any (p_ticket_ids) and passed
    window in_time as (partition by ticket_id order by scanned_at, received_at, actor_id, device_id, scan_id)
  ), runs as (
    -- A run is an entry or exit that counts, and those of the same kind that follow it.
    select *, count(*) filter (where not again) over (
      partition by ticket_id order by scanned_at, received_at, actor_id, device_id, scan_id) as run from passages
  ), judged as (
    select event_id, actor_id, device_id, scan_id, again,
      case when direction = 'exit' then null when again then first_value(scanned_at) over of_run
           when next_direction = 'entry' then next_at end as other_at,
      case when direction = 'exit' then null when again then first_value(gate) over of_run
           when next_direction = 'entry' then next_gate end as other_gate
    from runs
    window of_run as (partition by ticket_id, run order by scanned_at, received_at, actor_id, device_id, scan_id)
  )
  update scans s set conflict = j.again, conflict_at = j.other_at, conflict_gate = j.other_gate
    from judged j
    where s.event_id = j.event_id and s.actor_id = j.actor_id and s.device_id = j.device_id and s.scan_id = j.scan_id
      and (s.conflict, s.conflict_at, s.conflict_gate) is distinct from (j.again, j.other_at, j.other_gate);

  with standing as (
    select ticket_id, scanned_at, gate, actor_id, device_id, scan_id,
      count(*) filter (where direction = 'entry') over of_ticket as entries,
      last_value(direction) over of_ticket_in_time = 'entry' as inside,
      last_value(zone_id) over of_ticket_in_time as zone_id,
      row_number() over (partition by ticket_id order by scanned_at) as turn
    from scans where event_id || '' = p_event_id and ticket_id = any (p_ticket_ids) and passed and not conflict
    window of_ticket as (partition by ticket_id), of_ticket_in_time as (
      partition by ticket_id order by scanned_at rows between unbounded preceding and unbounded following)
  )
  insert into admissions as a (event_id, ticket_id, inside, admitted_at, gate, actor_id, device_id, scan_id, entries,
                               zone_id)
    select p_event_id, ticket_id, inside, scanned_at, gate, actor_id, device_id, scan_id, entries,
           case when inside then zone_id end
    from standing where turn = 1 order by ticket_id
    on conflict (event_id, ticket_id) do update
      set inside = excluded.inside, admitted_at = excluded.admitted_at, gate = excluded.gate, actor_id = excluded.actor_id,
          device_id = excluded.device_id, scan_id = excluded.scan_id, entries = excluded.entries, zone_id = excluded.zone_id;
  delete from admissions a
    where a.event_id = p_event_id and a.ticket_id = any (p_ticket_ids) and (
      select true from scans s where s.event_id || '' = p_event_id and s.ticket_id = a.ticket_id and s.passed and not s.conflict
      limit 1) is null;

  update zones z set inside = z.inside + c.people
    from (
      select m.zone_id, sum(m.people)::integer as people from (
        select zone_id, -1 as people from unnest(v_zones) as b(zone_id)
        union all
        select zone_id, 1 from admissions
        where event_id = p_event_id and ticket_id = any (p_ticket_ids) and inside and zone_id is not null) m
      group by m.zone_id) c
    where z.event_id = p_event_id and z.id = c.zone_id and c.people <> 0;
end
$$;
