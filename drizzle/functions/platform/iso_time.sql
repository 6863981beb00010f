-- Formats a time as in all JSON of the service: RFC 3339 in UTC with milliseconds.
create or replace function iso_time(p_at timestamptz) returns text
language sql immutable as $$
  select to_char(p_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;
