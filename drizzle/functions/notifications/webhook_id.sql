-- A new id of a webhook: `msg_`, the time in microseconds as 11 characters and 9 random ones, in the alphabet of `src/platform/ids.ts`.
-- The first 15 characters depend on the time alone. A query for the ids since a time compares with them.
create or replace function webhook_id(p_at timestamptz) returns text
language sql volatile as $$
  select 'msg_' || string_agg(substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 1 + case
      when n < 11 then ((part.micros >> (5 * (10 - n))) & 31)::integer else get_byte(part.random, n - 11) & 31 end, 1), '' order by n)
  from generate_series(0, 19) as n
  cross join (select (extract(epoch from p_at) * 1000000)::bigint as micros, sha256(uuid_send(gen_random_uuid())) as random) as part
$$;
