-- Gives each of these accounts a place in the line: the one it holds, or the next index. No two of them may be the same.
-- Who names the index of the own place in `p_instead_of` gives it up first, unless an order was placed with it or it was
-- taken out; that its turn has passed the caller knows, since the draw is not computed here. Without any such wish the
-- array is null.
-- The room's row is locked first, so that indexes have no gaps, a place is counted by the freeze exactly if its index is
-- below the frozen number, and whoever asks again, in whatever process, is found. One row: the phase (null: no room), the
-- first index that is new, and per account, in order, its index (-1: none, since the room takes nobody now) and when it
-- joined, in milliseconds.
create or replace function join_places(
  p_event_id text, p_account_keys text[], p_instead_of integer[],
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
  if p_instead_of is not null then
    -- Orders of the event are decided in its lane: no order is being placed with a pass of a place that is given up here.
    perform enter_lane(p_event_id);
  end if;
  select r.phase, r.places into phase, first_new from waiting_rooms r where r.event_id = p_event_id for update;
  if not found then
    return;
  end if;
  v_open := phase in ('pre_queue', 'drawing', 'open');
  -- Not before: a place that waited for the freeze was joined after it.
  v_at := clock_timestamp();

  if p_instead_of is not null and phase = 'open' then
    with given_up as (
      update places p set given_up_at = v_at
      from unnest(p_account_keys, p_instead_of) as a (key, index)
      where p.event_id = p_event_id and p.place_index = a.index and p.account_key = a.key
        and p.given_up_at is null and p.voided_at is null
        and not exists (select from spent_passes s where s.event_id = p_event_id and s.place_index = a.index)
      returning p.place_index
    )
    insert into spent_passes (event_id, place_index) select p_event_id, place_index from given_up;
  end if;

  with asked as materialized (
    select a.n, a.key, p.place_index, p.joined_at
    from unnest(p_account_keys) with ordinality a (key, n)
    left join lateral (
      select place_index, joined_at from places
      where event_id = p_event_id and account_key = a.key and given_up_at is null limit 1
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
