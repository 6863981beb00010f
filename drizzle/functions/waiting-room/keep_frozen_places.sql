-- Trigger: the list of void places is part of the draw's key, so no place may be voided after the freeze. The lock makes an update
-- and the freeze wait for each other.
create or replace function keep_frozen_places() returns trigger
language plpgsql as $$
declare
  v_frozen integer;
begin
  select frozen_places into v_frozen from waiting_rooms where event_id = old.event_id for share;
  if old.place_index < v_frozen and (new.voided_at is distinct from old.voided_at or new.account_key <> old.account_key) then
    raise exception 'place % of % is in a frozen list', old.place_index, old.event_id using errcode = 'restrict_violation';
  end if;
  return new;
end;
$$;

create or replace trigger keep_frozen_places before update of voided_at, account_key on places
  for each row execute function keep_frozen_places();
