-- Writes offline scans of people who went through, at their place in the history of their tickets. The caller has locked the
-- tickets. The earliest entry counts; a later entry while somebody is inside is the conflict. p_scans has all scans of the call,
-- p_admitted the numbers of those that are written already.
create or replace function settle_offline_scans(p_event_id text, p_scans check_in_scan[], p_admitted integer[])
returns void
language plpgsql volatile as $$
declare
  v_scan check_in_scan;
  v_before scans%rowtype;
  v_tickets text[] := '{}';
  v_outside text[];
begin
  for v_scan in
    select * from unnest(p_scans) where result is null and not reused and not n = any (p_admitted) order by at, n
  loop
    -- No two entries or exits of a ticket may have the same time: later decisions depend on their order.
    while exists (
      select from scans
      where event_id || '' = p_event_id and ticket_id = v_scan.ticket_id and scanned_at = v_scan.at and passed
    ) loop
      select max(scanned_at) + interval '1 microsecond' into v_scan.at from scans
        where event_id || '' = p_event_id and ticket_id = v_scan.ticket_id and passed
          and scanned_at >= v_scan.at and scanned_at < v_scan.at + interval '1 millisecond';
    end loop;

    select * into v_before from scans
      where event_id || '' = p_event_id and ticket_id = v_scan.ticket_id and scanned_at < v_scan.at and passed
      order by scanned_at desc limit 1;
    if v_scan.direction = 'entry' and v_scan.re_entry = 'none' and v_before.direction = 'exit' then
      v_scan.fault := coalesce(v_scan.fault, 'no_reentry');
    end if;
    -- A device refuses tickets that it has let in itself. If it does not say what it decided, the service assumes that it did so.
    if v_scan.direction = 'entry' and v_scan.decision is null and v_scan.device_id <> ''
      and v_scan.re_entry is distinct from 'always' then
      v_scan.passed := not (v_before.direction is not distinct from 'entry'
        and v_before.actor_id = v_scan.actor_id and v_before.device_id = v_scan.device_id);
      if not v_scan.passed then
        v_scan.fault := null;
      end if;
    end if;

    insert into scans (event_id, actor_id, device_id, scan_id, content, ticket_id, direction, result, passed, fault, gate,
                       gate_key, zone_id, re_enters, offline, decision, device_at, scanned_at)
      values (p_event_id, v_scan.actor_id, v_scan.device_id, v_scan.scan_id, v_scan.content, v_scan.ticket_id,
              v_scan.direction, 'already_used', v_scan.passed, v_scan.fault, v_scan.gate, v_scan.gate_key,
              v_scan.zone_id, coalesce(v_scan.re_entry = 'always', false), true, v_scan.decision, v_scan.device_at, v_scan.at)
      on conflict do nothing;
    if not found then
      raise exception 'scan id in use' using errcode = '40001';
    end if;
    if not v_scan.ticket_id = any (v_tickets) then
      v_tickets := v_tickets || v_scan.ticket_id;
    end if;
  end loop;

  -- Tickets that have not entered yet, as far as was known: an exit may be handed in before its entry.
  v_outside := array(
    select t.id from unnest(v_tickets) as t(id)
    where (select true from admissions a where a.event_id = p_event_id and a.ticket_id = t.id limit 1) is null);
  perform recount_admissions(p_event_id, v_tickets);
  perform note_admissions(p_event_id, v_outside);

  -- The results. An exit while nobody is inside belongs to a guest who entered by a conflict, or to nobody.
  update scans s
    set result = case
        when not s.passed then 'already_used'
        when not s.conflict then case s.direction when 'entry' then 'admitted' else 'exited' end
        when s.direction = 'entry' then 'already_used'
        when a.ticket_id is null then 'invalid'
        -- A person who leaves while nobody is inside may be a guest who entered by a conflict. `guests_by_conflict` has already
        -- subtracted this exit, so 0 means that there was such a guest.
        when guests_by_conflict(p_event_id, s.ticket_id, s.scanned_at) >= 0 then 'exited'
        else 'already_used' end,
      first_admitted_at = case when not f.is_first then a.admitted_at end,
      first_gate = case when not f.is_first then a.gate end
    from (select p_event_id as event_id, x.* from unnest(p_scans) x offset 0) x
    left join lateral (
      select * from admissions a where a.event_id = p_event_id and a.ticket_id = x.ticket_id limit 1) a on true
    cross join lateral (
      select (a.actor_id, a.device_id, a.scan_id) is not distinct from (x.actor_id, x.device_id, x.scan_id) as is_first
    ) f
    where x.result is null and not x.reused and not x.n = any (p_admitted) and s.event_id = x.event_id
      and s.actor_id = x.actor_id and s.device_id = x.device_id and s.scan_id = x.scan_id;
end
$$;
