-- The scan that the same installation of a scanner has made or handed in under another login, as before it was paired anew; p_scan is one
-- of check_in_tickets. It is found by its ticket, which has few scans. Logins of other organisers have none here.
create or replace function scan_under_other_login(p_event_id text, p_scan jsonb) returns setof scans
language sql stable as $$
  select o.* from events v
    join tickets t on t.event_id || '' = v.id and t.code = decode(p_scan ->> 'code', 'hex')
    join scans o on o.event_id || '' = v.id and o.ticket_id = t.id
  where v.id = p_event_id and v.organizer_id = p_scan ->> 'organizer' and p_scan ->> 'device' <> ''
    and o.actor_id <> p_scan ->> 'actor' and o.device_id = p_scan ->> 'device' and o.scan_id = p_scan ->> 'scan'
    and o.content = decode(p_scan ->> 'content', 'hex')
  limit 1
$$;
