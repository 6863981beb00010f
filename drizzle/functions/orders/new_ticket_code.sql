-- A new code of a ticket: 128 random bits.
create or replace function new_ticket_code() returns bytea
language sql volatile as $$
  select substring(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())) from 1 for 16)
$$;
