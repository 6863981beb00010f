-- Placement: decides a batch of orders for one event in one call, in order of arrival.
--
-- Everything scarce is decided here and nowhere else: stock, limits per buyer, tickets held per network, promo codes, and that
-- one Idempotency-Key makes one order.
--
-- Steps
--   1  Lock the event's lane and its stock.
--   2  Read the ticket categories, and which category each line is.
--   3  Take back holds that nobody can pay for any more, if more is asked than there is.
--   4  Lock and read the promo codes.
--   5  Find what could refuse an item: an order with its key, a spent pass, another item of the same asker.
--   6  Read the counters of networks, askers and proven addresses.
--   7  Decide each item: key, pass, lines, limits, promo code, price, network. Only variables change.
--   8  Answer.
--   9  Write what was accepted: stock, orders, lines, counters, jobs, promo codes, passes, tickets of free orders.
--
-- Visibility. The function is VOLATILE on purpose: each statement in it sees what was committed before that statement began. It
-- takes its locks first and reads afterwards. A single statement would keep the snapshot from before it waited for the lock,
-- and sell the last ticket twice.
--
-- Locks, always in this order: lane of the event, stock rows by pool, limit counters, promo codes. Placement takes the stock
-- rows of all pools of the event, also of pools that no item asks for. Expiry, cancellation and refund take no lane, begin
-- with stock and follow the same order, so neither side holds what the other waits for. What they give back late only makes
-- this call refuse more, never sell more.
--
-- Plans are kept per connection, and a plan made for a small table is still used after the rush has filled it. The service's role
-- therefore plans every call (drizzle/0000_roles.sql). Here that would cost a tenth of the batch. Instead, sequential scans
-- and hash joins are off inside, and lookups by key stand in lateral subqueries with a limit, which can only be planned
-- as one descent of the index per key.
--
-- Cost. An order costs Postgres rows, index entries and lookups; little else counts. Items therefore come as one array per
-- field, parsed once. Counters are read once and written at the place where they were found. Index entries of an order lie
-- beside those of the event's other orders.
--
-- Askers. Buyers are refused only for what they have themselves. Names, emails and phones that nobody has proven can be
-- anybody's, so what others hold or have bought in that name neither blocks an order nor shows in its refusal. An asker is
-- counted by asker_key, in counters `o:`. Paid tickets are counted by email and by phone, in counters `b:` (see
-- count_paid), when money comes. An order whose asker has proven an address is also refused for what was paid in that
-- address's name.
--
-- Networks. `p_held_per_network_max` is for buyers of whom nothing is proven. With a pass of the waiting room each order stands for a
-- confirmed address and a turn, so the network may hold five times as much: thousands of such buyers share a mobile carrier's address.
-- The service gives orders with a pass a network key of their own, so that they do not count against buyers who need none when the
-- room is over.
--
-- `p_not_after` is by this server's clock. A call that is delayed on its way decides nothing after that time, so that its sender
-- can then say what became of its orders. `p_pass_indexes` and `p_pass_accounts` come from the waiting room's passes; the caller
-- has verified them.
--
-- Names. `p_` is a parameter and `v_` a variable. `n` is the number of an item in the batch. Arrays `v_item_*` have one element
-- per item, `v_category_*` per ticket category, `v_pool_*` per pool, `v_promo_*` per promo code, `v_line_*` per line.
-- Categories, pools and promo codes are referred to by their position in these arrays.
create or replace function place_orders(
  p_event_id text, p_not_after timestamptz, p_held_per_network_max integer,
  p_ids text[], p_keys uuid[], p_fingerprints uuid[], p_names text[], p_emails text[], p_phones text[],
  p_email_keys text[], p_phone_keys text[], p_networks text[], p_locales text[], p_jitters integer[],
  -- Promo codes and passes of the waiting room. Each array is null when no item has one.
  p_promos text[], p_pass_indexes integer[], p_pass_accounts text[],
  -- The email key or phone key that the asker has proven, by a pass or a buyer token.
  p_confirmed text[], p_expected_totals bigint[],
  -- The highest total that a gateway takes, by currency. In a currency that is not named, only free orders are possible. Null: no limit.
  p_total_maxes jsonb,
  -- The lines of all items, one item after the other. The lines of item n end at p_line_ends[n].
  p_line_ends integer[], p_line_categories text[], p_line_quantities integer[],
  -- Numbers of the items that the desk gives away, or null. Their whole price is discount; they need no pass and no open sale window.
  p_given_away integer[],
  -- Of the traces that place the items, or null when none is sampled.
  p_traceparents text[],
  -- Numbers of the items that the waiting list places for people whose turn it is, or null. They need no pass, and alone take places of
  -- pools that people wait for.
  p_listed integer[] default null)
-- One row. Fields per item are text, separated by commas, empty where there is no value.
returns table (
  facts jsonb, decided_at_ms bigint, placed_at_ms bigint, outcomes text, order_ids text, subtotals text, discounts text,
  fees text, totals text, details jsonb)
language plpgsql volatile
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off as $$
#variable_conflict use_column
declare
  -- The event and this call.
  v_event events%rowtype;
  v_now timestamptz;
  v_placed_at timestamptz;
  v_is_too_late boolean;
  v_is_running boolean;
  v_item_count integer := cardinality(p_ids);
  v_needs_pass boolean;
  -- How much more a network may hold of an event whose orders need a pass.
  v_network_share_with_pass constant integer := 5;
  v_held_per_network_max integer;
  v_total_max bigint;
  v_is_event_limited boolean;
  v_is_category_limited boolean;
  v_is_limited boolean;

  -- Ticket categories of the event.
  v_category_ids text[];
  v_category_pools integer[];
  v_category_prices bigint[];
  v_category_order_mins integer[];
  v_category_order_maxes integer[];
  v_category_buyer_maxes integer[];
  v_category_is_open boolean[];

  -- Pools of the event: what is left for the items that follow, and what the accepted items hold and buy.
  v_pool_ids text[];
  v_pool_available integer[];
  v_pool_is_listed boolean[];
  v_pool_held integer[];
  v_pool_sold integer[];
  v_pool_available_min integer;
  v_short_pool_ids text[];

  -- Promo codes of the batch: how many redemptions are left (null: any number), and how many the accepted items take.
  v_promo_ids text[];
  v_promo_codes text[];
  v_promo_kinds text[];
  v_promo_values bigint[];
  v_promo_left integer[];
  v_promo_taken integer[];
  v_promo_is_open boolean[];

  -- The category of each line; null when the event has none of that id.
  v_line_categories integer[];

  -- The asker of each item; null when there is no limit per buyer.
  v_askers text[];

  -- Orders that some of the batch's keys have already made.
  v_known_keys uuid[];
  v_known_order_ids text[];
  v_known_fingerprints uuid[];

  -- Items that come after another one of the same key, asker or pass, and items whose pass is spent.
  v_later_items integer[];
  v_spent_items integer[];

  -- Per item: the first item of its network. At that item: what the network holds, what the accepted items add, and
  -- where the counter is stored (null: nowhere yet).
  v_network_firsts integer[];
  v_network_held integer[];
  v_network_added integer[];
  v_network_rows tid[];

  -- Counters of the batch's askers and of the addresses that they have proven, where they exist.
  v_counter_keys text[];
  v_counter_quantities integer[];
  v_counter_rows tid[];
  -- Counters that will be updated, not inserted.
  v_counter_changes integer := 0;

  -- The decision on each item.
  v_accepted_items integer[] := '{}';
  v_item_outcomes text[];
  v_item_order_ids text[];
  v_item_quantities integer[];
  v_item_subtotals bigint[];
  v_item_discounts bigint[];
  v_item_fees bigint[];
  v_item_totals bigint[];
  v_item_promo_ids text[];
  v_item_details jsonb[];
  v_has_details boolean := false;

  -- The item that is being decided.
  v_outcome text;
  v_detail jsonb;
  v_line integer;
  v_first_line integer;
  v_last_line integer := 0;
  v_taken_line integer;
  v_category integer;
  v_pool integer;
  v_wanted integer;
  v_found integer;
  v_promo integer;
  v_network integer;
  v_asker integer;
  v_proven integer;
  v_quantity integer;
  v_priced_quantity integer;
  v_subtotal bigint;
  v_discount bigint;
  v_fees bigint;
  v_total bigint;
begin
  -- 1. Lock the lane and the stock ------------------------------------------------------------------------------------
  perform enter_lane(p_event_id);

  select * into v_event from events e where e.id = p_event_id;
  if not found or v_event.status = 'draft' then
    outcomes := array_to_string(array_fill('event_not_found'::text, array[v_item_count]), ',');
    return next;
    return;
  end if;

  -- A row that this statement had to wait for is read as it is after the wait.
  select array_agg(s.pool_id), array_agg(s.available), array_agg(0), array_agg(0), min(s.available), array_agg(s.is_listed)
    into v_pool_ids, v_pool_available, v_pool_held, v_pool_sold, v_pool_available_min, v_pool_is_listed
    from (select * from stock s where s.event_id = p_event_id order by s.pool_id for update) s;

  v_now := clock_timestamp();
  v_placed_at := date_trunc('milliseconds', v_now);
  v_is_running := v_event.status = 'published' and (v_now < v_event.ends_at or v_event.postponed_at is not null);
  v_is_too_late := coalesce(v_now > p_not_after, false);

  -- 2. Categories and lines -------------------------------------------------------------------------------------------
  select array_agg(c.id), array_agg(array_position(v_pool_ids, c.pool_id)), array_agg(c.price), array_agg(c.per_order_min),
         array_agg(c.per_order_max), array_agg(c.per_buyer_max),
         array_agg(c.status = 'on_sale' and v_event.status = 'published' and v_event.sales = 'open'
                   and v_now >= c.sale_opens_at and v_now < c.sale_closes_at and v_now < v_event.ends_at),
         bool_or(c.per_buyer_max is not null),
         needs_pass(p_event_id),
         jsonb_object_agg(c.id, jsonb_build_object('name', c.name, 'price', c.price, 'poolId', c.pool_id))
    into v_category_ids, v_category_pools, v_category_prices, v_category_order_mins, v_category_order_maxes,
         v_category_buyer_maxes, v_category_is_open, v_is_category_limited, v_needs_pass, facts
    from ticket_categories c where c.event_id = p_event_id;
  v_is_event_limited := v_event.tickets_per_buyer_max is not null;
  v_total_max := case when p_total_maxes is not null then coalesce((p_total_maxes ->> v_event.currency)::bigint, 0) end;
  select array_agg(array_position(v_category_ids, l.category) order by l.n), sum(l.quantity) into v_line_categories, v_wanted
    from unnest(p_line_categories, p_line_quantities) with ordinality as l(category, quantity, n);

  -- 3. Take back expired holds if there is too little -----------------------------------------------------------------
  -- First a cheap upper bound: the sum of all lines against the smallest pool. Only if that does not fit is each pool looked at.
  if v_wanted > v_pool_available_min and not v_is_too_late then
    select array_agg(v_pool_ids[d.pool]) into v_short_pool_ids
      from (select v_category_pools[l.category] as pool, sum(l.quantity) as wanted
            from unnest(v_line_categories, p_line_quantities) as l(category, quantity) group by 1) d
      where v_pool_available[d.pool] < d.wanted;
    if v_short_pool_ids is not null then
      if reclaim_holds(p_event_id, v_short_pool_ids, 200) > 0 then
        v_pool_available := array(select s.available from stock s where s.event_id = p_event_id order by s.pool_id);
      end if;
    end if;
  end if;

  -- 4. Promo codes ----------------------------------------------------------------------------------------------------
  if p_promos is not null then
    select array_agg(promo.id), array_agg(promo.code_key), array_agg(promo.kind), array_agg(promo.value),
           array_agg(promo.redemptions_max - promo.redemptions), array_agg(0),
           array_agg(promo.status = 'active' and v_now >= coalesce(promo.valid_from, v_now) and v_now < coalesce(promo.valid_until, 'infinity'))
      into v_promo_ids, v_promo_codes, v_promo_kinds, v_promo_values, v_promo_left, v_promo_taken, v_promo_is_open
      from (
        select * from promo_codes promo
        where promo.event_id = p_event_id and promo.code_key in (select given from unnest(p_promos) as given)
        order by promo.id for update) promo;
  end if;

  -- 5. Keys, passes, and items of one asker ---------------------------------------------------------------------------
  select array_agg(o.idempotency_key_hash), array_agg(o.id), array_agg(o.fingerprint) into v_known_keys, v_known_order_ids, v_known_fingerprints
    from orders o
    -- `|| ''` keeps Postgres from using the primary key, which looks as good as the index on the idempotency key while the table is
    -- empty.
    where o.idempotency_key_hash = any (p_keys) and o.event_id || '' = p_event_id;

  if v_needs_pass and p_pass_indexes is not null then
    select array_agg(i.n) into v_spent_items from unnest(p_pass_indexes) with ordinality as i(place, n)
      where (select true from spent_passes s where s.event_id = p_event_id and s.place_index = i.place limit 1)
         or (select true from places p where p.event_id = p_event_id and p.place_index = i.place and p.voided_at is not null limit 1);
  end if;

  v_is_limited := v_is_event_limited or v_is_category_limited;
  if v_is_limited then
    v_askers := array(
      select asker_key(p_confirmed[n], p_email_keys[n], p_phone_keys[n], p_networks[n]) from generate_series(1, v_item_count) as n order by n);
  end if;

  -- If two items share a key, asker or pass, the later one is decided in the next batch, which sees the rows of the first.
  -- Our processes send no such batch, so duplicates are counted first, and found one by one only if there are any.
  if v_item_count > 1 and (
       (select count(distinct i) from unnest(p_keys) as i) < v_item_count
       or v_is_limited and (select count(distinct i) from unnest(v_askers) as i) < v_item_count
       or v_needs_pass and (select count(i) > count(distinct i) from unnest(p_pass_indexes) as i))
  then
    select array_agg(i.n) into v_later_items from (
      select n, row_number() over (partition by p_keys[n] order by n) as key_turn,
             row_number() over (partition by v_askers[n] order by n) as asker_turn,
             row_number() over (partition by p_pass_indexes[n] order by n) as pass_turn
      from generate_series(1, v_item_count) as n) i
    where i.key_turn > 1 or v_is_limited and i.asker_turn > 1
       or v_needs_pass and p_pass_indexes[i.n] is not null and i.pass_turn > 1;
  end if;

  -- 6. Counters -------------------------------------------------------------------------------------------------------
  select array_agg(i.first order by i.n), array_agg(coalesce(w.quantity, 0) order by i.n), array_agg(w.ctid order by i.n)
    into v_network_firsts, v_network_held, v_network_rows
    from (select n, min(n) over (partition by p_networks[n]) as first from generate_series(1, v_item_count) as n) i
    left join lateral (
      select l.ctid, l.quantity from limit_counters l
      where l.event_id = p_event_id and l.counter_key = 'n:' || p_networks[i.n] limit 1) w on true;
  -- Most buyers have no counter yet.
  if v_is_event_limited then
    select array_agg(l.counter_key), array_agg(l.quantity), array_agg(l.ctid) into v_counter_keys, v_counter_quantities, v_counter_rows
      from limit_counters l
      where l.event_id = p_event_id
        and l.counter_key = any (v_askers || array(select 'b:' || i from unnest(p_confirmed) as i where i is not null));
  end if;

  -- 7. Decide each item -----------------------------------------------------------------------------------------------
  v_held_per_network_max := p_held_per_network_max * case when v_needs_pass then v_network_share_with_pass else 1 end;
  v_network_added := array_fill(0, array[v_item_count]);
  v_item_outcomes := array_fill(null::text, array[v_item_count]); v_item_order_ids := v_item_outcomes; v_item_promo_ids := v_item_outcomes;
  v_item_totals := array_fill(null::bigint, array[v_item_count]);
  v_item_subtotals := v_item_totals; v_item_discounts := v_item_totals; v_item_fees := v_item_totals;
  v_item_quantities := array_fill(null::integer, array[v_item_count]);
  v_item_details := array_fill(null::jsonb, array[v_item_count]);

  for n in 1 .. v_item_count loop
    v_first_line := v_last_line + 1;
    v_last_line := p_line_ends[n];

    -- A key that has made an order: its order again, or a refusal of another body.
    if v_known_keys is not null then
      v_found := array_position(v_known_keys, p_keys[n]);
      if v_found is not null then
        v_item_outcomes[n] := case when v_known_fingerprints[v_found] = p_fingerprints[n] then 'replayed' else 'key_reused' end;
        v_item_order_ids[n] := v_known_order_ids[v_found];
        continue;
      end if;
    end if;
    -- Refusals that do not depend on stock.
    v_outcome := case
      when v_is_too_late then 'too_late'
      when n = any (v_later_items) then 'again'
      when not v_needs_pass or n = any (p_given_away) or n = any (p_listed) then null
      when p_pass_indexes[n] is null then 'pass_required'
      when p_pass_accounts[n] in (p_email_keys[n], p_phone_keys[n]) is not true then 'pass_mismatch'
      when n = any (v_spent_items) then 'pass_spent'
    end;
    if v_outcome is not null then
      v_item_outcomes[n] := v_outcome;
      continue;
    end if;

    -- The lines, one by one. Each takes from its pool; v_taken_line is the last one that did.
    v_detail := null; v_quantity := 0; v_priced_quantity := 0; v_subtotal := 0; v_taken_line := v_first_line - 1;
    for v_line in v_first_line .. v_last_line loop
      v_category := v_line_categories[v_line];
      v_wanted := p_line_quantities[v_line];
      if v_category is null then
        v_outcome := 'category_unknown'; v_detail := '{}'; exit;
      end if;
      if not (v_category_is_open[v_category] or v_is_running and coalesce(n = any (p_given_away), false)) then
        v_outcome := 'not_open'; v_detail := '{}'; exit;
      end if;
      if v_wanted < v_category_order_mins[v_category] then
        v_outcome := 'limit_exceeded'; v_detail := jsonb_build_object('limit', 'per_order_min', 'min', v_category_order_mins[v_category]); exit;
      end if;
      if v_wanted > v_category_order_maxes[v_category] then
        v_outcome := 'limit_exceeded'; v_detail := jsonb_build_object('limit', 'per_order_max', 'max', v_category_order_maxes[v_category]); exit;
      end if;
      if v_category_buyer_maxes[v_category] is not null then
        select coalesce(max(l.quantity), 0) into v_found from limit_counters l
          where l.event_id = p_event_id and l.counter_key in (
            v_askers[n] || ':' || v_category_ids[v_category], 'b:' || p_confirmed[n] || ':' || v_category_ids[v_category]);
        if v_found + v_wanted > v_category_buyer_maxes[v_category] then
          v_outcome := 'limit_exceeded'; v_detail := jsonb_build_object('limit', 'per_buyer_max', 'max', v_category_buyer_maxes[v_category]); exit;
        end if;
      end if;
      v_pool := v_category_pools[v_category];
      -- People wait for this pool, so it is sold out for everybody who is not called from the waiting list.
      if v_pool_is_listed[v_pool] and not coalesce(n = any (p_listed), false) and not coalesce(n = any (p_given_away), false) then
        v_outcome := 'sold_out'; v_detail := jsonb_build_object('available', 0); exit;
      end if;
      if v_pool is null or v_pool_available[v_pool] < v_wanted then
        v_outcome := 'sold_out'; v_detail := jsonb_build_object('available', coalesce(v_pool_available[v_pool], 0)); exit;
      end if;
      v_pool_available[v_pool] := v_pool_available[v_pool] - v_wanted;
      v_taken_line := v_line;
      v_quantity := v_quantity + v_wanted;
      if v_category_prices[v_category] > 0 then
        v_priced_quantity := v_priced_quantity + v_wanted;
      end if;
      v_subtotal := v_subtotal + v_category_prices[v_category] * v_wanted;
    end loop;

    -- Limits and promo code of the order as a whole.
    v_discount := 0; v_promo := null; v_network := v_network_firsts[n]; v_asker := null; v_proven := null;
    if v_counter_keys is not null then
      v_asker := array_position(v_counter_keys, v_askers[n]);
      v_proven := array_position(v_counter_keys, 'b:' || p_confirmed[n]);
    end if;
    if v_outcome is not null then
      v_detail := v_detail || jsonb_build_object('ticketCategoryId', p_line_categories[v_taken_line + 1]);
    elsif v_quantity > v_event.tickets_per_order_max then
      v_outcome := 'limit_exceeded'; v_detail := jsonb_build_object('limit', 'per_order_max', 'max', v_event.tickets_per_order_max);
    elsif greatest(v_counter_quantities[v_asker], v_counter_quantities[v_proven], 0) + v_quantity > v_event.tickets_per_buyer_max then
      v_outcome := 'limit_exceeded'; v_detail := jsonb_build_object('limit', 'per_buyer_max', 'max', v_event.tickets_per_buyer_max);
    elsif n = any (p_given_away) then
      v_discount := v_subtotal;
    elsif p_promos[n] is not null then
      v_promo := array_position(v_promo_codes, p_promos[n]);
      if v_promo is null or not v_promo_is_open[v_promo] then
        v_outcome := 'promo_invalid';
      elsif v_promo_left[v_promo] <= v_promo_taken[v_promo] then
        v_outcome := 'promo_used_up';
      elsif v_promo_kinds[v_promo] = 'percent' then
        v_discount := v_subtotal * v_promo_values[v_promo] / 100;
      else
        v_discount := least(v_promo_values[v_promo], v_subtotal);
      end if;
    end if;
    -- The price. The fee is for tickets that cost something after the discount. The priced tickets of an order share a discount in
    -- proportion to their prices, so either all of them still cost something, or none does.
    v_fees := case when v_subtotal > v_discount then v_event.fee_per_ticket * v_priced_quantity else 0 end;
    v_total := v_subtotal - v_discount + v_fees;
    if v_outcome is null and v_total > v_total_max then
      v_outcome := 'not_payable'; v_detail := jsonb_build_object('currency', v_event.currency, 'total', v_total, 'max', v_total_max);
    elsif v_outcome is null and p_expected_totals[n] <> v_total then
      v_outcome := 'price_changed';
      v_detail := jsonb_build_object(
        'currency', v_event.currency, 'subtotal', v_subtotal, 'discount', v_discount, 'fees', v_fees, 'total', v_total);
    elsif v_outcome is null and v_total > 0 and v_network_held[v_network] + v_network_added[v_network] + v_quantity > v_held_per_network_max then
      v_outcome := 'network_limit'; v_detail := jsonb_build_object('limit', 'held_per_network', 'max', v_held_per_network_max);
    end if;

    -- Refused: what its lines took goes back to the pools.
    if v_outcome is not null then
      v_item_outcomes[n] := v_outcome;
      if v_detail is not null then
        v_item_details[n] := v_detail; v_has_details := true;
      end if;
      for v_line in v_first_line .. v_taken_line loop
        v_pool := v_category_pools[v_line_categories[v_line]];
        v_pool_available[v_pool] := v_pool_available[v_pool] + p_line_quantities[v_line];
      end loop;
      continue;
    end if;

    -- Accepted.
    v_item_fees[n] := v_fees;
    v_accepted_items := v_accepted_items || n;
    v_item_outcomes[n] := case when v_total = 0 then 'paid' else 'placed' end;
    v_item_quantities[n] := v_quantity; v_item_subtotals[n] := v_subtotal; v_item_discounts[n] := v_discount; v_item_totals[n] := v_total;
    for v_line in v_first_line .. v_last_line loop
      v_pool := v_category_pools[v_line_categories[v_line]];
      if v_total = 0 then
        v_pool_sold[v_pool] := v_pool_sold[v_pool] + p_line_quantities[v_line];
      else
        v_pool_held[v_pool] := v_pool_held[v_pool] + p_line_quantities[v_line];
      end if;
    end loop;
    if v_total > 0 then
      if v_network_added[v_network] = 0 and v_network_rows[v_network] is not null then
        v_counter_changes := v_counter_changes + 1;
      end if;
      v_network_added[v_network] := v_network_added[v_network] + v_quantity;
    end if;
    if v_asker is not null then
      v_counter_changes := v_counter_changes + 1;
    end if;
    if v_promo is not null then
      v_promo_taken[v_promo] := v_promo_taken[v_promo] + 1;
      v_item_promo_ids[n] := v_promo_ids[v_promo];
    end if;
  end loop;

  -- 8. Answer ---------------------------------------------------------------------------------------------------------
  facts := jsonb_build_object(
    'organizerId', v_event.organizer_id, 'slug', v_event.slug, 'currency', v_event.currency,
    'holdSeconds', v_event.hold_seconds, 'categories', facts);
  decided_at_ms := floor(extract(epoch from v_now) * 1000);
  placed_at_ms := decided_at_ms;
  outcomes := array_to_string(v_item_outcomes, ',');
  order_ids := case when v_known_keys is not null then array_to_string(v_item_order_ids, ',', '') end;
  if v_accepted_items <> '{}' then
    subtotals := array_to_string(v_item_subtotals, ',', ''); discounts := array_to_string(v_item_discounts, ',', '');
    fees := array_to_string(v_item_fees, ',', ''); totals := array_to_string(v_item_totals, ',', '');
  end if;
  details := case when v_has_details then to_jsonb(v_item_details) end;
  return next;
  if v_accepted_items = '{}' then
    return;
  end if;

  -- 9. Write ----------------------------------------------------------------------------------------------------------
  update stock s
    set available = s.available - d.held - d.sold, held = s.held + d.held, sold = s.sold + d.sold
    from unnest(v_pool_ids, v_pool_held, v_pool_sold) as d(pool_id, held, sold)
    where s.event_id = p_event_id and s.pool_id = d.pool_id and d.held + d.sold > 0;

  -- Inserted in the order of their ids, as in the indexes, so that index pages fill up instead of being split in the middle.
  if v_item_count > 1 then
    v_accepted_items := array(select n from unnest(v_accepted_items) as n order by p_ids[n]);
  end if;
  -- Counters of an event are changed only under its lane or its stock, which this call has locked. So those found in step 6 have
  -- not moved, and the others still do not exist.
  with placed as (
    insert into orders (
      event_id, id, organizer_id, status, idempotency_key_hash, fingerprint, buyer_name, buyer_email, buyer_phone, buyer_keys,
      confirmed_key, network_key, locale, currency, quantity, subtotal, discount, fees, total, promo_code_id, placed_at, expires_at,
      hold_ends_max_at, paid_at, traceparent)
    select p_event_id, p_ids[n], v_event.organizer_id, case when v_item_totals[n] = 0 then 'paid' else 'pending_payment' end,
           p_keys[n], p_fingerprints[n], p_names[n], p_emails[n], p_phones[n], array[p_email_keys[n], p_phone_keys[n]],
           p_confirmed[n], p_networks[n], p_locales[n], v_event.currency, v_item_quantities[n],
           v_item_subtotals[n], v_item_discounts[n], v_item_fees[n], v_item_totals[n],
           v_item_promo_ids[n], v_placed_at, v_placed_at + make_interval(secs => v_event.hold_seconds + p_jitters[n]),
           v_placed_at + make_interval(secs => 2 * (v_event.hold_seconds + p_jitters[n])),
           case when v_item_totals[n] = 0 then v_placed_at end, p_traceparents[n]
    from unnest(v_accepted_items) as n
  ), lines as (
    insert into order_lines (event_id, order_id, ticket_category_id, pool_id, quantity, unit_price)
    select p_event_id, p_ids[n], p_line_categories[line], v_pool_ids[v_category_pools[v_line_categories[line]]], p_line_quantities[line],
           v_category_prices[v_line_categories[line]]
    from unnest(v_accepted_items) as n
    cross join lateral generate_series(coalesce(p_line_ends[n - 1], 0) + 1, p_line_ends[n]) as line
  ), counters as (
    insert into limit_counters (event_id, counter_key, quantity)
    select p_event_id, 'n:' || p_networks[n], v_network_added[n] from generate_series(1, v_item_count) as n
    where v_network_added[n] > 0 and v_network_rows[n] is null
    union all
    select p_event_id, v_askers[n], v_item_quantities[n] from unnest(v_accepted_items) as n
    where v_is_event_limited and coalesce(v_askers[n] <> all (v_counter_keys), true)
  )
  insert into outbox (name, payload, traceparent)
  select case when count(*) = 1 then 'order.' else 'orders.' end || case when i.is_free then 'paid' else 'placed' end,
         jsonb_build_object('eventId', p_event_id)
           || case count(*) when 1 then jsonb_build_object('orderId', min(p_ids[i.n])) else jsonb_build_object('orderIds', jsonb_agg(p_ids[i.n])) end,
         min(p_traceparents[i.n])
  from (
    -- Up to ten orders share a job, free ones apart from those that must be paid. Those with a trace have jobs of their own. Each kind is
    -- numbered for itself: the order of ids mixes the kinds, and jobs of either would be half full.
    select n, v_item_totals[n] = 0 as is_free,
           case when p_traceparents[n] is not null then -n
             else (row_number() over (partition by v_item_totals[n] = 0, p_traceparents[n] is null) - 1) / 10 end as part
    from unnest(v_accepted_items) as n) i
  group by i.is_free, i.part;

  if v_counter_changes > 0 then
    update limit_counters l set quantity = l.quantity + d.added
      from (
        select v_network_rows[n] as place, v_network_added[n] as added from generate_series(1, v_item_count) as n
        where v_network_added[n] > 0 and v_network_rows[n] is not null
        union all
        select v_counter_rows[array_position(v_counter_keys, v_askers[n])], v_item_quantities[n] from unnest(v_accepted_items) as n
        where v_askers[n] = any (v_counter_keys)) d
      -- The place is only known within one node; hidden, so that the row is still found by its place.
      where l.ctid = d.place and l.event_id || '' = p_event_id;
    get diagnostics v_found = row_count;
    if v_found <> v_counter_changes then
      raise exception 'somebody counts in % without its stock or its lane', p_event_id;
    end if;
  end if;
  if v_is_category_limited then
    insert into limit_counters as l (event_id, counter_key, quantity)
    select p_event_id, v_askers[n] || ':' || p_line_categories[line], p_line_quantities[line]
    from unnest(v_accepted_items) as n
    cross join lateral generate_series(coalesce(p_line_ends[n - 1], 0) + 1, p_line_ends[n]) as line
    where v_category_buyer_maxes[v_line_categories[line]] is not null
    on conflict (event_id, counter_key) do update set quantity = l.quantity + excluded.quantity;
  end if;

  if v_promo_ids is not null then
    update promo_codes promo set redemptions = promo.redemptions + d.taken
      from unnest(array_fill(p_event_id, array[cardinality(v_promo_ids)]), v_promo_ids, v_promo_taken) as d(event_id, id, taken)
      where promo.event_id = d.event_id and promo.id = d.id and d.taken > 0;
  end if;
  if v_needs_pass then
    insert into spent_passes (event_id, place_index, order_id)
    select p_event_id, p_pass_indexes[n], p_ids[n] from unnest(v_accepted_items) as n
      where n <> all (coalesce(p_given_away, '{}')) and n <> all (coalesce(p_listed, '{}'));
  end if;
  if 0 = any (v_item_totals) then
    perform issue_tickets(p_event_id, array(select p_ids[n] from unnest(v_accepted_items) as n where v_item_totals[n] = 0));
  end if;
end $$;
