-- Decides and writes one online scan: a scan of a ticket whose admission row exists and is locked, an exit, or an entry into a zone
-- with a capacity. Only the present state counts. Locks: the caller has locked the event's zones.
create or replace function settle_scan(p_event_id text, p_scan check_in_scan) returns check_in_scan
language plpgsql volatile as $$
declare
  v_scan check_in_scan := p_scan;
  v_admission admissions%rowtype;
  v_moves boolean;
begin
  -- The caller has locked the admission, unless it was inserted since. Then it is locked here, before anything is read.
  select * into v_admission from admissions
    where event_id = p_event_id and ticket_id = v_scan.ticket_id for update;
  v_scan.first_admitted_at := v_admission.admitted_at;
  v_scan.first_gate := v_admission.gate;

  -- No two entries or exits of a ticket may have the same time: later decisions depend on their order.
  select greatest(v_scan.at, max(scanned_at) + interval '1 microsecond') into v_scan.at from scans
    where event_id || '' = p_event_id and ticket_id = v_scan.ticket_id and passed;

  if v_scan.direction = 'entry' and v_admission.ticket_id is not null and v_scan.re_entry = 'none' then
    v_scan.result := case when v_admission.inside then 'already_used' else 'no_reentry' end;
  elsif v_scan.direction = 'entry' and v_admission.inside and v_scan.re_entry is distinct from 'always' then
    v_scan.result := 'already_used';
  elsif v_scan.direction = 'entry' then
    v_moves := v_admission.inside is not true or v_admission.zone_id is distinct from v_scan.zone_id;
    if v_moves and v_scan.zone_id is not null then
      update zones set inside = inside + 1
        where event_id = p_event_id and id = v_scan.zone_id and (capacity is null or inside < capacity);
      if not found then
        v_scan.result := 'zone_full';
      end if;
    end if;
    if v_scan.result is null then
      v_scan.result := 'admitted';
      if v_moves and v_admission.inside and v_admission.zone_id is not null then
        update zones set inside = inside - 1 where event_id = p_event_id and id = v_admission.zone_id;
      end if;
      if v_admission.ticket_id is null then
        insert into admissions (event_id, ticket_id, admitted_at, gate, actor_id, device_id, scan_id, zone_id)
          values (p_event_id, v_scan.ticket_id, v_scan.at, v_scan.gate, v_scan.actor_id, v_scan.device_id, v_scan.scan_id,
                  v_scan.zone_id)
          on conflict do nothing;
        if not found then
          raise exception 'ticket admitted meanwhile' using errcode = '40001';
        end if;
        perform note_admissions(p_event_id, array[v_scan.ticket_id]);
      else
        update admissions set inside = true, entries = entries + 1, zone_id = v_scan.zone_id
          where event_id = p_event_id and ticket_id = v_scan.ticket_id;
      end if;
    end if;
  elsif v_admission.ticket_id is null then
    -- The ticket never entered.
    v_scan.result := 'invalid';
  elsif v_admission.inside then
    v_scan.result := 'exited';
    update admissions set inside = false, zone_id = null where event_id = p_event_id and ticket_id = v_scan.ticket_id;
    if v_admission.zone_id is not null then
      update zones set inside = inside - 1 where event_id = p_event_id and id = v_admission.zone_id;
    end if;
  elsif guests_by_conflict(p_event_id, v_scan.ticket_id, v_scan.at) > 0 then
    -- Two people entered with this ticket, and one has left.
    v_scan.result := 'exited';
    v_scan.conflict := true;
  else
    v_scan.result := 'already_used';
  end if;

  insert into scans (event_id, actor_id, device_id, scan_id, content, ticket_id, direction, result, passed, conflict, gate,
                     gate_key, zone_id, re_enters, scanned_at, first_admitted_at, first_gate)
    values (p_event_id, v_scan.actor_id, v_scan.device_id, v_scan.scan_id, v_scan.content, v_scan.ticket_id,
            v_scan.direction, v_scan.result, v_scan.result in ('admitted', 'exited'), v_scan.conflict, v_scan.gate,
            v_scan.gate_key, v_scan.zone_id, coalesce(v_scan.re_entry = 'always', false), v_scan.at, v_scan.first_admitted_at,
            v_scan.first_gate)
    on conflict do nothing;
  if not found then
    raise exception 'scan id in use' using errcode = '40001';
  end if;
  return v_scan;
end
$$;
