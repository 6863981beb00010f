-- The draw's own times, and what keeps its list from moving once it is fixed.
alter table draws
  -- When the root was written down: a draw counts only if that was before its beacon round.
  add column rooted_at timestamptz,
  -- When the seed was made public, which it is for a void draw too.
  add column revealed_at timestamptz,
  add constraint draws_root_before_beacon check (state = 'void' or rooted_at is null or rooted_at < beacon_round_at),
  add constraint draws_seed_after_freeze check (seed is null or state <> 'committed'),
  add constraint draws_committed_before_beacon check (committed_at < beacon_round_at);

-- What the freeze reads under the room's lock.
create index places_voided on places (event_id, place_index) where voided_at is not null;

-- The list of void places is part of the draw's key. The lock makes an update and the freeze wait for each other.
create function keep_frozen_places() returns trigger
language plpgsql as $$
declare
  frozen integer;
begin
  select frozen_places into frozen from waiting_rooms where event_id = old.event_id for share;
  if old.place_index < frozen and (new.voided_at is distinct from old.voided_at or new.account_key <> old.account_key) then
    raise exception 'place % of % is in a frozen list', old.place_index, old.event_id using errcode = 'restrict_violation';
  end if;
  return new;
end;
$$;

create trigger keep_frozen_places before update of voided_at, account_key on places
  for each row execute function keep_frozen_places();
