-- Gives each account a place in the line: the place it already holds, or the next index. Accounts must be distinct.
-- An account that names its own index in `p_instead_of` first gives that place up, unless the place was voided or an order was placed
-- with it. An order that has ended unpaid counts as none, once for each account: a payment may fail, but nobody may hold tickets
-- in turn after turn without paying. The draw is not computed here, so the caller has checked that the turn of that place has passed. The array
-- is null if no account gives up a place.
-- The room's row is locked first. Indexes therefore have no gaps, a place is in the draw exactly if its index is below the
-- frozen number, and an account that asks again, in any process, is found. Returns one row: the phase (null: no room), the
-- first new index, and for each account, in order, its index (-1: none, the room takes nobody now) and the time it joined,
-- in milliseconds.
create or replace function join_places(
  p_event_id text, p_account_keys text[], p_instead_of integer[],
  out phase text, out first_new integer, out indexes text, out joined text)
language plpgsql volatile
-- The lookup of an account must not use a plan made while the table was small.
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_open boolean;
  v_at timestamptz;
  v_added integer;
begin
  if p_instead_of is not null then
    -- Orders of the event are decided in its lane, so no order is being placed with the pass of a place that is given up here.
    perform enter_lane(p_event_id);
  end if;
  select r.phase, r.places into phase, first_new from waiting_rooms r where r.event_id = p_event_id for update;
  if not found then
    return;
  end if;
  v_open := phase in ('pre_queue', 'drawing', 'open');
  -- The time is read after the lock: a join that waited for the freeze happened after the freeze.
  v_at := clock_timestamp();

  if p_instead_of is not null and phase = 'open' then
    with given_up as (
      update places p set given_up_at = v_at
      from unnest(array_fill(p_event_id, array[cardinality(p_account_keys)]), p_account_keys, p_instead_of) as a (event_id, key, index)
      where p.event_id = a.event_id and p.place_index = a.index and p.account_key = a.key
        and p.given_up_at is null and p.voided_at is null
        and (select s.order_id is not null
            and (select o.status in ('expired', 'cancelled') and o.paid_at is null from orders o
              where o.event_id = p_event_id and o.id = s.order_id limit 1)
            and (select true from places earlier
              join spent_passes pass on pass.event_id = earlier.event_id and pass.place_index = earlier.place_index
              where earlier.account_key = a.key and earlier.event_id || '' = p_event_id and earlier.given_up_at is not null
                and pass.order_id is not null limit 1) is null
          from spent_passes s where s.event_id = p_event_id and s.place_index = a.index limit 1) is not false
      returning p.place_index
    )
    insert into spent_passes (event_id, place_index)
    select p_event_id, g.place_index from given_up g
    where (select true from spent_passes s where s.event_id = p_event_id and s.place_index = g.place_index limit 1) is null;
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
