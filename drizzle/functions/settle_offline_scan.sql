-- Puts an offline scan of somebody who went through where it belongs in the history of its ticket, which the caller has
-- locked, and writes it down. The earliest entry stands; a later one while somebody is inside is the conflict.
create or replace function settle_offline_scan(p_event_id text, p_scan check_in_scan) returns check_in_scan
language plpgsql volatile as $$
declare
  v_scan check_in_scan := p_scan;
  v_before scans%rowtype;
  v_first admissions%rowtype;
begin
  -- No two entries or exits of a ticket at the same instant: their order is what everything later is decided by.
  while exists (
    select from scans
    where event_id = p_event_id and ticket_id = v_scan.ticket_id and scanned_at = v_scan.at and passed
  ) loop
    v_scan.at := v_scan.at + interval '1 microsecond';
  end loop;

  -- A device refuses by itself what it has let in; one that does not say what it decided is taken to have done so.
  if v_scan.direction = 'entry' and v_scan.decision is null and v_scan.device_id <> '' then
    select * into v_before from scans
      where event_id = p_event_id and ticket_id = v_scan.ticket_id and scanned_at < v_scan.at and passed
      order by scanned_at desc limit 1;
    v_scan.passed := not (v_before.direction is not distinct from 'entry'
      and v_before.actor_id = v_scan.actor_id and v_before.device_id = v_scan.device_id);
  end if;

  v_scan.result := 'already_used';
  insert into scans (event_id, actor_id, device_id, scan_id, content, ticket_id, direction, result, passed, fault, gate,
                     gate_key, offline, decision, device_at, scanned_at)
    values (p_event_id, v_scan.actor_id, v_scan.device_id, v_scan.scan_id, v_scan.content, v_scan.ticket_id,
            v_scan.direction, v_scan.result, v_scan.passed, v_scan.fault, v_scan.gate,
            v_scan.gate_key, true, v_scan.decision, v_scan.device_at, v_scan.at)
    on conflict do nothing;
  if not found then
    raise exception 'scan id in use' using errcode = '40001';
  end if;

  if v_scan.passed then
    perform recount_admission(p_event_id, v_scan.ticket_id);
  else
    v_scan.fault := null;
  end if;
  select conflict, conflict_at, conflict_gate into v_scan.conflict, v_scan.conflict_at, v_scan.conflict_gate from scans
    where event_id = p_event_id and actor_id = v_scan.actor_id and device_id = v_scan.device_id
      and scan_id = v_scan.scan_id;
  select * into v_first from admissions where event_id = p_event_id and ticket_id = v_scan.ticket_id;
  if v_scan.passed and not v_scan.conflict then
    v_scan.result := case v_scan.direction when 'entry' then 'admitted' else 'exited' end;
  elsif v_scan.direction = 'exit' then
    v_scan.result := case when v_first.ticket_id is null then 'invalid'
                          -- This exit is counted already.
                          when guests_by_conflict(p_event_id, v_scan.ticket_id) >= 0 then 'exited'
                          else 'already_used' end;
  end if;
  if (v_first.actor_id, v_first.device_id, v_first.scan_id) is distinct from (v_scan.actor_id, v_scan.device_id, v_scan.scan_id) then
    v_scan.first_admitted_at := v_first.admitted_at;
    v_scan.first_gate := v_first.gate;
  end if;

  update scans set result = v_scan.result, fault = v_scan.fault, first_admitted_at = v_scan.first_admitted_at,
                   first_gate = v_scan.first_gate
    where event_id = p_event_id and actor_id = v_scan.actor_id and device_id = v_scan.device_id
      and scan_id = v_scan.scan_id;
  return v_scan;
end
$$;
