-- Whether orders of the event need a pass. An operator's switch can require passes after the room is over, too. Placement then
-- checks that the pass belongs to the buyer and is not spent, as it does while the room is open. If the switch were not read
-- here, one pass would place any number of orders for anybody.
create or replace function needs_pass(p_event_id text) returns boolean
language sql stable parallel safe
as $$
  select exists (
    select 1 from waiting_rooms w
    where w.event_id = p_event_id and (w.phase <> 'over' or exists (
      select 1 from switches s
      where s.name = 'waiting_room' and s.event_id = p_event_id and s.is_on and (s.until is null or s.until > now()))))
$$;
