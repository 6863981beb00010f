-- A buyer who proves to read an email or a phone: the code is a keyed hash of the id, so it stands nowhere. A row is deleted
-- soon after it has ended, and with it the address.
create table buyer_verifications (
  id text primary key,
  channel text not null check (channel in ('email', 'whatsapp')),
  account_key text not null,
  -- The address that the code goes to, encrypted for this row.
  target_sealed text not null,
  locale text not null check (locale in ('id', 'en')),
  -- Whose event it is for, when it is for one: that organizer's name and number stand on the message.
  organizer_id text,
  event_id text,
  -- Wrong codes. A row for which no message was sent starts with all of them spent.
  tries smallint not null default 0 check (tries between 0 and 5),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  confirmed_at timestamptz,
  check (channel <> 'whatsapp' or organizer_id is not null)
);

create index buyer_verifications_expires on buyer_verifications (expires_at);

-- A code that is asked for before any event belongs to no organizer.
alter table deliveries alter column organizer_id drop not null;

-- Gives each of these accounts a place in the line: the one it has, or the next index. No two of them may be the same.
-- The room's row is locked first, so that indexes have no gaps, a place is counted by the freeze exactly if its index is
-- below the frozen number, and whoever asks again, in whatever process, is found. One row: the phase (null: no room), the
-- first index that is new, and per account, in order, its index (-1: none, since the room takes nobody now) and when it
-- joined, in milliseconds.
create function join_places(
  p_event_id text, p_account_keys text[],
  out phase text, out first_new integer, out indexes text, out joined text)
language plpgsql volatile
-- The look-up of an account must not be planned by what the table was when it was small.
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_open boolean;
  v_at timestamptz;
  v_added integer;
begin
  select r.phase, r.places into phase, first_new from waiting_rooms r where r.event_id = p_event_id for update;
  if not found then
    return;
  end if;
  v_open := phase in ('pre_queue', 'drawing', 'open');
  -- Not before: a place that waited for the freeze was joined after it.
  v_at := clock_timestamp();

  with asked as materialized (
    select a.n, a.key, p.place_index, p.joined_at
    from unnest(p_account_keys) with ordinality a (key, n)
    left join lateral (
      select place_index, joined_at from places where event_id = p_event_id and account_key = a.key limit 1
    ) p on true
  ), answered as materialized (
    select n, key, place_index is null and v_open as is_new,
      coalesce(place_index, case when v_open
        then first_new - 1 + (count(*) filter (where place_index is null) over (order by n))::integer else -1 end) as index,
      coalesce(joined_at, v_at) as at
    from asked
  ), added as (
    insert into places (event_id, place_index, account_key, joined_at)
    select p_event_id, index, key, at from answered where is_new order by n
  )
  select count(*) filter (where is_new), string_agg(index::text, ',' order by n),
    string_agg(floor(extract(epoch from at) * 1000)::bigint::text, ',' order by n)
  into v_added, indexes, joined from answered;

  if v_added > 0 then
    update waiting_rooms set places = first_new + v_added where event_id = p_event_id;
  end if;
end
$$;
