-- Number of people inside at that time who entered with this ticket by a conflict. They may leave, too.
create or replace function guests_by_conflict(p_event_id text, p_ticket_id text, p_until timestamptz) returns integer
language sql stable as $$
  select coalesce(sum(case direction when 'entry' then 1 else -1 end), 0)::integer
  from scans
  where event_id || '' = p_event_id and ticket_id = p_ticket_id and passed and conflict and scanned_at <= p_until
$$;
