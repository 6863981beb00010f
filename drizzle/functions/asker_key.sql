-- By whom an order is counted against the limits per buyer while it waits for money: by the address that its asker has proven,
-- or else by email, phone and network together. Only who gives all three the same way is taken for the same asker.
create or replace function asker_key(p_confirmed_key text, p_email_key text, p_phone_key text, p_network_key text) returns text
language sql immutable parallel safe as $$
  select 'o:' || coalesce(
    p_confirmed_key, left(encode(sha256(convert_to(p_email_key || p_phone_key || p_network_key, 'UTF8')), 'base64'), 22))
$$;
