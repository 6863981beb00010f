-- Decides and writes an online scan of a ticket whose admission row exists and is locked, or an exit. Only the present state counts.
create or replace function settle_scan(p_event_id text, p_scan check_in_scan) returns check_in_scan
language plpgsql volatile as $$
declare
  v_scan check_in_scan := p_scan;
  v_admission admissions%rowtype;
begin
  -- The caller has locked it, unless it was inserted since: then it is locked here, before anything is read.
  select * into v_admission from admissions
    where event_id = p_event_id and ticket_id = v_scan.ticket_id for update;
  v_scan.first_admitted_at := v_admission.admitted_at;
  v_scan.first_gate := v_admission.gate;

  -- Entries and exits of a ticket never have one instant: their order decides everything later.
  select greatest(v_scan.at, max(scanned_at) + interval '1 microsecond') into v_scan.at from scans
    where event_id = p_event_id and ticket_id = v_scan.ticket_id and passed;

  if v_scan.direction = 'entry' and v_admission.inside then
    v_scan.result := 'already_used';
  elsif v_scan.direction = 'entry' then
    v_scan.result := 'admitted';
    update admissions set inside = true, entries = entries + 1
      where event_id = p_event_id and ticket_id = v_scan.ticket_id;
  elsif v_admission.ticket_id is null then
    -- The ticket never entered.
    v_scan.result := 'invalid';
  elsif v_admission.inside then
    v_scan.result := 'exited';
    update admissions set inside = false where event_id = p_event_id and ticket_id = v_scan.ticket_id;
  elsif guests_by_conflict(p_event_id, v_scan.ticket_id, v_scan.at) > 0 then
    -- Two people entered with this ticket, and one has left.
    v_scan.result := 'exited';
    v_scan.conflict := true;
  else
    v_scan.result := 'already_used';
  end if;

  insert into scans (event_id, actor_id, device_id, scan_id, content, ticket_id, direction, result, passed, conflict, gate,
                     gate_key, scanned_at, first_admitted_at, first_gate)
    values (p_event_id, v_scan.actor_id, v_scan.device_id, v_scan.scan_id, v_scan.content, v_scan.ticket_id,
            v_scan.direction, v_scan.result, v_scan.result in ('admitted', 'exited'), v_scan.conflict, v_scan.gate,
            v_scan.gate_key, v_scan.at, v_scan.first_admitted_at, v_scan.first_gate)
    on conflict do nothing;
  if not found then
    raise exception 'scan id in use' using errcode = '40001';
  end if;
  return v_scan;
end
$$;
