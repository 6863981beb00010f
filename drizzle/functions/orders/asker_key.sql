-- The asker that an order is counted for in the limits per buyer until it is paid: the address that the asker has proven, or
-- else email, phone and network together. Two orders have one asker only if all three are equal.
create or replace function asker_key(p_confirmed_key text, p_email_key text, p_phone_key text, p_network_key text) returns text
language sql immutable parallel safe as $$
  select 'o:' || coalesce(
    p_confirmed_key, left(encode(sha256(convert_to(p_email_key || p_phone_key || p_network_key, 'UTF8')), 'base64'), 22))
$$;
