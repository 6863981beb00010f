-- Trigger: records the code that a ticket had, so that devices which decide offline stop accepting it. The new time of issue makes
-- them read the new code.
create or replace function retire_code() returns trigger
language plpgsql as $$
begin
  insert into retired_codes (event_id, code, ticket_id, retired_at)
    values (old.event_id, old.code, old.id, clock_timestamp()) on conflict do nothing;
  new.codes_before := old.codes_before + 1;
  new.issued_at := clock_timestamp();
  return new;
end;
$$;

create or replace trigger retire_code before update of code on tickets
  for each row when (old.code <> new.code) execute function retire_code();
