-- The asker that an order is counted for in the limits per buyer until it is paid: the address that the asker has proven, or
-- else email, phone and network together. Two orders have one asker only if all three are equal. Keys have no backslash, so the
-- cast gives their bytes. With `convert_to`, which is not immutable, Postgres could not inline this function, and would run a
-- query for each row of a count.
create or replace function asker_key(p_confirmed_key text, p_email_key text, p_phone_key text, p_network_key text) returns text
language sql immutable parallel safe as $$
  select 'o:' || coalesce(
    p_confirmed_key, left(encode(sha256((p_email_key || p_phone_key || p_network_key)::bytea), 'base64'), 22))
$$;
