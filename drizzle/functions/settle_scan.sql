-- Decides one scan of a ticket whose admission row exists and is locked, or an exit; writes it down.
-- Online scans see the present alone. Offline ones are put where they belong in the ticket's history: the earliest
-- entry stands, and the later one of another device is the conflict.
create or replace function settle_scan(p_event_id text, p_scan check_in_scan) returns check_in_scan
language plpgsql volatile as $$
declare
  v_scan check_in_scan := p_scan;
  v_admission admissions%rowtype;
  v_before scans%rowtype;
  v_after scans%rowtype;
begin
  -- Locked by the caller already, unless it came into being since: then it is locked here, before anything is read.
  select * into v_admission from admissions
    where event_id = p_event_id and ticket_id = v_scan.ticket_id for update;
  v_scan.first_admitted_at := v_admission.admitted_at;
  v_scan.first_gate := v_admission.gate;

  -- No two entries or exits of a ticket at the same instant: their order is what everything later is decided by.
  if v_admission.ticket_id is null then
    -- An exit of a ticket that never came.
    null;
  elsif v_scan.offline then
    while exists (
      select from scans
      where event_id = p_event_id and ticket_id = v_scan.ticket_id and scanned_at = v_scan.at
        and result in ('admitted', 'exited')
    ) loop
      v_scan.at := v_scan.at + interval '1 microsecond';
    end loop;
    select * into v_before from scans
      where event_id = p_event_id and ticket_id = v_scan.ticket_id and scanned_at <= v_scan.at
        and result in ('admitted', 'exited') and (not conflict)
      order by scanned_at desc, received_at desc limit 1;
    select * into v_after from scans
      where event_id = p_event_id and ticket_id = v_scan.ticket_id and scanned_at > v_scan.at
        and result in ('admitted', 'exited') and (not conflict)
      order by scanned_at, received_at limit 1;
  else
    select greatest(v_scan.at, max(scanned_at) + interval '1 microsecond') into v_scan.at from scans
      where event_id = p_event_id and ticket_id = v_scan.ticket_id and result in ('admitted', 'exited');
    v_before.result := case when v_admission.inside then 'admitted' else 'exited' end;
    v_before.device_id := v_scan.device_id;
  end if;

  if v_scan.direction = 'exit' then
    if v_before.result is null then
      v_scan.result := 'invalid';
    elsif v_before.result = 'admitted' and v_after.result is null then
      v_scan.result := 'exited';
      update admissions set inside = false
        where event_id = p_event_id and ticket_id = v_scan.ticket_id and inside;
    else
      v_scan.result := 'already_used';
    end if;
  elsif v_before.result is not distinct from 'admitted' or v_after.result is not distinct from 'exited' then
    v_scan.result := 'already_used';
    v_scan.conflict := v_before.device_id is distinct from v_scan.device_id;
    if v_scan.conflict then
      v_scan.conflict_at := v_before.scanned_at;
      v_scan.conflict_gate := v_before.gate;
    end if;
  elsif v_after.result is not distinct from 'admitted' then
    v_scan.result := 'admitted';
    v_scan.conflict_at := v_after.scanned_at;
    v_scan.conflict_gate := v_after.gate;
    update scans set conflict = true, conflict_at = v_scan.at, conflict_gate = v_scan.gate
      where event_id = p_event_id and device_id = v_after.device_id and scan_id = v_after.scan_id;
    if v_before.result is null then
      v_scan.first_admitted_at := null;
      v_scan.first_gate := null;
      update admissions
        set admitted_at = v_scan.at, gate = v_scan.gate, device_id = v_scan.device_id, scan_id = v_scan.scan_id
        where event_id = p_event_id and ticket_id = v_scan.ticket_id;
    end if;
  else
    v_scan.result := 'admitted';
    update admissions set inside = true, entries = entries + 1
      where event_id = p_event_id and ticket_id = v_scan.ticket_id and not inside;
  end if;

  insert into scans (event_id, device_id, scan_id, ticket_id, direction, result, conflict, conflict_at, conflict_gate, gate,
                     offline, scanned_at, first_admitted_at, first_gate)
    values (p_event_id, v_scan.device_id, v_scan.scan_id, v_scan.ticket_id, v_scan.direction, v_scan.result,
            v_scan.conflict, v_scan.conflict_at, v_scan.conflict_gate, v_scan.gate, v_scan.offline, v_scan.at,
            v_scan.first_admitted_at, v_scan.first_gate)
    on conflict do nothing;
  if not found then
    raise exception 'scan id in use' using errcode = '40001';
  end if;
  return v_scan;
end
$$;
