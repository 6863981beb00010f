-- Check-in: decides the scans of one event in one call. They are all online, or all offline.
--
-- p_scans: [{ "actor", "device", "scan", "content": hex, "organizer", "code": hex or null, "gate", "gateKey", "direction" }], and for
--   offline scans also { "at", "deviceAt", "decision" (null: not said), "passed" }. No two are equal. Returns the results in their order.
--
-- Steps
--   1  Lock the tickets and the zones. Offline: find scans that are known under another login, and withdraw answers that no door heard.
--   2  Read what is known of each scan, its ticket and its gate, and apply the rules. A scan id that was answered before gets that answer
--      again; with other content it is `reused`. `result` stays null where no rule refuses the scan.
--   3  Let first entries in: each inserts the ticket's admission, in the order of ticket ids. If the row exists, the insert locks it
--      instead. From then on no other call decides about this ticket.
--   4  Write the scans that are decided.
--   5  Decide the others one by one, in the order of time and arrival: a second entry, an exit, an online entry into a zone with a capacity.
--   6  Answer. Names of guests are read only where the organiser allows them at the door.
--
-- Visibility. One autocommit call is one transaction. Each statement sees what was committed before it (READ COMMITTED).
--
-- Locks: tickets, then the zones of the event, then admissions. Scans of an event with zones therefore run one call at a time. If
-- another call uses one of the scan ids, or gives the event its first zone, at the same moment, the whole call fails with 40001.
-- The caller runs it again, and finds what the other call has written.
create or replace function check_in_tickets(p_event_id text, p_scans jsonb) returns json
language plpgsql volatile
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off as $$
declare
  v_event events%rowtype;
  v_door door_settings%rowtype;
  v_has_zones boolean;
  v_is_offline boolean := p_scans #>> '{0,at}' is not null;
  v_started timestamptz;

  -- Numbers (from 1) in p_scans: offline scans that replace a withdrawn answer, those whose scan id came earlier in the same call,
  -- and first entries.
  v_replacing integer[];
  v_later integer[] := '{}';
  v_admitted integer[];

  v_scans check_in_scan[];
  v_scan check_in_scan;
  v_decided integer;
  v_written integer;
begin
  -- 1. Lock ------------------------------------------------------------------------------------------------------------
  select * into v_event from events where id = p_event_id;

  if v_is_offline then
    -- Offline scans rewrite a ticket's history, even of a revoked ticket. Only one call at a time may do that.
    perform from tickets
      where event_id || '' = p_event_id and code = any (array(
        select decode(x ->> 'code', 'hex') from jsonb_array_elements(p_scans) x where x ->> 'code' is not null))
      order by id for no key update;
    -- A device that was paired anew hands in again what it has scanned under another login: the same scan, which stays that login's. It is
    -- found by its ticket, which has few scans.
    select jsonb_agg(x || case when known.actor_id is null then '{}' else jsonb_build_object('actor', known.actor_id) end order by ordinality)
      into p_scans
      from jsonb_array_elements(p_scans) with ordinality as input (x, ordinality)
      left join lateral (
        select o.actor_id
        from tickets t join scans o on o.event_id || '' = t.event_id and o.ticket_id = t.id
        where t.event_id || '' = p_event_id and t.code = decode(x ->> 'code', 'hex')
          and x ->> 'organizer' = v_event.organizer_id and x ->> 'device' <> ''
          and o.actor_id <> x ->> 'actor' and o.device_id = x ->> 'device' and o.scan_id = x ->> 'scan'
          and o.content = decode(x ->> 'content', 'hex')
          and (
            select true from scans own
            where own.event_id = p_event_id and own.actor_id = x ->> 'actor' and own.device_id = x ->> 'device' and own.scan_id = x ->> 'scan'
            limit 1) is null
        limit 1
      ) known on true;
    v_replacing := withdraw_unheard(p_event_id, p_scans);
    -- If several have one scan id, the first counts. (Scan ids of one online call are distinct.)
    select coalesce(array_agg(n), '{}') into v_later from (
      select ordinality as n, row_number() over (
        partition by x ->> 'actor', x ->> 'device', x ->> 'scan'
        order by ordinality = any (v_replacing) desc, ordinality) as turn
      from jsonb_array_elements(p_scans) with ordinality as input (x, ordinality)
    ) ids where turn > 1;
  else
    -- A ticket is not revoked while it is being admitted: revoke_tickets waits for this lock, and earlier revocations are seen below.
    perform from tickets
      where event_id || '' = p_event_id and status = 'live' and code = any (array(
        select decode(x ->> 'code', 'hex') from jsonb_array_elements(p_scans) x where x ->> 'code' is not null))
      order by id for share;
  end if;
  perform from zones where event_id = p_event_id order by id for no key update;
  v_has_zones := found;
  -- Taken after the locks: a ticket that was revoked during the wait was revoked before these scans.
  v_started := clock_timestamp();

  -- 2. Apply the rules -------------------------------------------------------------------------------------------------
  select array_agg(
    row(
      s.n, s.actor_id, s.device_id, s.scan_id, s.content,
      coalesce(g.name, s.gate), coalesce(g.id, s.gate_key), s.direction, coalesce(st.scanned_at, s.at),
      v_is_offline, s.decision, s.device_at, s.passed,
      st.scan_id is not null,
      case
        when st.scan_id is null then s.n = any (v_later)
        -- A device that did not receive the answer sends the scan again as an offline one: it is one scan.
        else st.content <> s.content or (v_is_offline and st.offline and
          (st.device_at is distinct from s.device_at or st.decision is distinct from s.decision))
      end,
      s.organizer_id is not distinct from v_event.organizer_id,
      coalesce(st.ticket_id, t.id), coalesce(t.ticket_category_id, r.ticket_category_id), coalesce(c.name, r.name),
      v_is_offline and t.id is not null and (
        select true from scans where event_id || '' = p_event_id and ticket_id = t.id and passed limit 1) is not null,
      case
        when st.scan_id is not null then st.result
        when s.organizer_id is distinct from v_event.organizer_id then 'invalid'
        when t.id is null then
          case when (
            select true from events e join tickets other on other.event_id || '' = e.id and other.code = s.code
            where e.organizer_id = v_event.organizer_id and e.id <> p_event_id limit 1
          ) then 'wrong_event' else 'invalid' end
        when s.direction = 'exit' then null
        when t.status = 'revoked' and coalesce(t.revoked_at, '-infinity') <= s.at then 'revoked'
        when v_event.status = 'cancelled' then 'revoked'
        when o.status is null or o.status not in ('paid', 'partially_refunded', 'refunded') then 'not_paid'
        when g.ticket_category_ids is not null and not t.ticket_category_id = any (g.ticket_category_ids)
          then 'wrong_gate'
        when s.at < g.opens_at or s.at >= g.closes_at then 'gate_closed'
        when s.at < coalesce(c.entry_opens_at, v_event.doors_open_at) then 'too_early'
        when s.at >= coalesce(c.entry_closes_at, v_event.ends_at) then 'too_late'
      end,
      st.fault, st.first_admitted_at, st.first_gate, coalesce(st.conflict, false), st.conflict_at, st.conflict_gate,
      g.zone_id, g.is_limited, g.re_entry
    )::check_in_scan order by s.n) into v_scans
  from (
    select ordinality::integer as n, x ->> 'actor' as actor_id, x ->> 'device' as device_id, x ->> 'scan' as scan_id,
      decode(x ->> 'content', 'hex') as content, x ->> 'organizer' as organizer_id,
      decode(x ->> 'code', 'hex') as code, x ->> 'gate' as gate, x ->> 'gateKey' as gate_key,
      x ->> 'direction' as direction, x ->> 'decision' as decision,
      (x ->> 'deviceAt')::timestamptz as device_at, (x ->> 'passed')::boolean as passed,
      -- A device whose clock runs ahead must not write the future.
      least(coalesce((x ->> 'at')::timestamptz, v_started), v_started) as at
    from jsonb_array_elements(p_scans) with ordinality as input (x, ordinality)
  ) s
  left join lateral (
    select * from scans
    where event_id = p_event_id and actor_id = s.actor_id and device_id = s.device_id and scan_id = s.scan_id limit 1
  ) st on true
  left join lateral (
    select k.ticket_category_id, kc.name
    from tickets k join ticket_categories kc on kc.event_id = k.event_id and kc.id = k.ticket_category_id
    where k.event_id = p_event_id and k.id = st.ticket_id limit 1
  ) r on st.ticket_id is not null
  left join lateral (
    select id, order_id, ticket_category_id, status, revoked_at from tickets
    where event_id || '' = p_event_id and code = s.code limit 1
  ) t on st.scan_id is null and s.organizer_id is not distinct from v_event.organizer_id
  left join lateral (
    select status from orders where event_id = p_event_id and id = t.order_id limit 1
  ) o on t.id is not null
  left join lateral (
    select name, entry_opens_at, entry_closes_at from ticket_categories
    where event_id = p_event_id and id = t.ticket_category_id limit 1
  ) c on t.id is not null
  left join lateral (
    select k.id, k.name, k.ticket_category_ids, k.opens_at, k.closes_at, k.re_entry, k.zone_id,
      v_has_zones and exists (
        select from zones where event_id = p_event_id and id = k.zone_id and capacity is not null) as is_limited
    from gates k
    where k.event_id = p_event_id and (k.id = s.gate or k.name_key = s.gate_key)
    order by k.id = s.gate desc limit 1
  ) g on st.scan_id is null and s.gate is not null;

  if v_is_offline then
    v_scans := array(select keep_decision(x) from unnest(v_scans) x order by n);
  end if;

  -- 3. First entries ---------------------------------------------------------------------------------------------------
  with entries as (
    select distinct on (ticket_id) n, ticket_id, at, gate, actor_id, device_id, scan_id, zone_id, is_limited from unnest(v_scans)
    where not replayed and not reused and not has_history and result is null and direction = 'entry'
    order by ticket_id, at, n
  ), admitted as (
    insert into admissions as a (event_id, ticket_id, inside, admitted_at, gate, actor_id, device_id, scan_id, entries, zone_id)
    select p_event_id, ticket_id, true, at, gate, actor_id, device_id, scan_id, 1, zone_id from entries
    where v_is_offline or is_limited is not true order by ticket_id
    on conflict (event_id, ticket_id) do update set inside = a.inside where false
    returning a.ticket_id
  )
  select coalesce(array_agg(n), '{}') into v_admitted from entries where ticket_id in (select ticket_id from admitted);

  -- 4. Write what is decided -------------------------------------------------------------------------------------------
  select count(*) into v_decided from unnest(v_scans)
    where own and not replayed and not reused and (result is not null or n = any (v_admitted));
  insert into scans (event_id, actor_id, device_id, scan_id, content, ticket_id, direction, result, passed, fault, gate,
                     gate_key, zone_id, re_enters, offline, decision, device_at, scanned_at)
    select p_event_id, actor_id, device_id, scan_id, content, ticket_id, direction, coalesce(result, 'admitted'),
           case when offline then passed else result is null end, fault, gate, gate_key, zone_id,
           coalesce(re_entry = 'always', false), offline, decision, device_at, at
    from unnest(v_scans)
    where own and not replayed and not reused and (result is not null or n = any (v_admitted))
    on conflict do nothing;
  get diagnostics v_written = row_count;
  if v_written <> v_decided then
    raise exception 'scan id in use' using errcode = '40001';
  end if;

  if v_admitted <> '{}' then
    if v_has_zones then
      update zones z set inside = z.inside + e.people
        from (select zone_id, count(*) as people from unnest(v_scans) where n = any (v_admitted) group by zone_id) e
        where z.event_id = p_event_id and z.id = e.zone_id;
    end if;
    perform note_admissions(p_event_id, array(select ticket_id from unnest(v_scans) where n = any (v_admitted)));
  end if;

  -- 5. Second entries, exits, zones with a capacity --------------------------------------------------------------------
  if exists (select from unnest(v_scans) where result is null and not reused and not n = any (v_admitted)) then
    perform from admissions
      where event_id = p_event_id and ticket_id in (
        select ticket_id from unnest(v_scans) where result is null and not reused and (offline or direction = 'exit'))
      order by ticket_id for update;
    if v_is_offline then
      perform settle_offline_scans(p_event_id, v_scans, v_admitted);
    else
      for v_scan in
        select * from unnest(v_scans) where result is null and not reused and not n = any (v_admitted) order by at, n
      loop
        v_scan.at := clock_timestamp();
        v_scans[v_scan.n] := settle_scan(p_event_id, v_scan);
      end loop;
    end if;
  end if;

  -- 6. Answer ----------------------------------------------------------------------------------------------------------
  if v_is_offline then
    -- The answers are read from the rows, since scans of one call change each other.
    return (
      select json_agg(case when x.reused then json_build_object('result', 'reused', 'replayed', false)
        else json_build_object(
          'result', coalesce(s.result, x.result), 'ticketId', x.ticket_id, 'ticketCategoryId', x.ticket_category_id,
          'ticketCategory', x.ticket_category, 'at', coalesce(s.scanned_at, x.at), 'fault', s.fault,
          'firstAt', s.first_admitted_at, 'firstGate', s.first_gate, 'conflictAt', s.conflict_at,
          'conflictGate', s.conflict_gate, 'replayed', x.replayed) end order by x.n)
      from unnest(v_scans) x
      left join lateral (
        select * from scans
        where event_id = p_event_id and actor_id = x.actor_id and device_id = x.device_id and scan_id = x.scan_id
        limit 1
      ) s on x.own
    );
  end if;
  select * into v_door from door_settings where event_id = p_event_id;
  return (
    select json_agg(case when reused then json_build_object('result', 'reused', 'replayed', false) else json_build_object(
      'result', coalesce(result, 'admitted'), 'ticketId', ticket_id, 'ticketCategoryId', ticket_category_id,
      'ticketCategory', ticket_category, 'at', at, 'fault', fault, 'firstAt', first_admitted_at, 'firstGate', first_gate,
      'conflictAt', conflict_at, 'conflictGate', conflict_gate, 'note', v_door.category_notes ->> ticket_category_id,
      'guest', case when v_door.shows_names then (
        select json_build_object('name', coalesce(t.holder_name, b.buyer_name), 'orderId', t.order_id, 'partySize', (
          select count(*) from tickets p where p.event_id || '' = p_event_id and p.order_id = t.order_id and p.status = 'live'))
        from tickets t join orders b on b.event_id = t.event_id and b.id = t.order_id
        where t.event_id = p_event_id and t.id = ticket_id limit 1) end,
      'replayed', replayed) end order by n)
    from unnest(v_scans)
  );
end
$$;
