-- Placement: decides a batch of orders for one event in one call, greedily, in order of arrival.
--
-- Everything scarce is decided here and nowhere else: stock, limits per buyer, held per network, promo codes, and that
-- one Idempotency-Key makes one order. The function is VOLATILE on purpose: each statement inside it sees what was
-- committed before that statement began. So it first takes the event's lane and the stock rows, and only then reads. A
-- single statement would keep the snapshot from before it waited for the lock, and sell the last ticket twice.
--
-- Locks, always in this order: lane of the event, stock rows by pool, limit counters, promo codes. Placement takes the
-- stock rows of all pools of the event, also those that nobody in the batch asks for: whoever gives back (expiry,
-- cancellation, refund) follows the same order without the lane and always begins with stock, so the two never hold
-- something that the other waits for, whichever pools, counters and codes they touch after it. What is given back late
-- only makes this call refuse more, never sell more.
--
-- Plans are kept per connection, and one made while a table was small is still used after the rush has filled it. The
-- service's role therefore plans each call anew (see drizzle/0000_roles.sql), but here that would cost a tenth of the batch. So
-- sequential scans and hash joins are off inside, and what is looked up by key is looked up in a lateral subquery with a
-- limit, which cannot be planned as anything but one descent of the index per key.
--
-- What an order costs Postgres is rows, entries of indexes and look-ups in them; little else counts. Items come as one
-- array per field, parsed once, in order of arrival; counters are read once and written where they were found; what an
-- order leaves in an index lies beside what the other orders of its event left there.
--
-- Whoever orders is refused for what they have themselves and for nothing else: names, emails and phones that nobody has
-- proven can be anybody's, so what others hold or have bought in that name neither blocks an order nor shows in its refusal.
-- An asker is therefore counted by asker_key, in counters `o:`. What has been paid is counted by email and by phone, in
-- counters `b:` (see count_paid), and holds when money comes; an order whose asker has proven an address is also refused
-- for what has been paid in the name of that address.
--
-- `p_not_after` is by this server's clock: a call that was stuck on its way decides nothing after it, so its sender may say
-- what became of its orders. `p_pass_indexes` and `p_pass_accounts` are what the waiting room's passes say; the caller has
-- verified them.
create or replace function place_orders(
  p_event_id text, p_not_after timestamptz, p_held_per_network_max integer,
  p_ids text[], p_keys uuid[], p_fingerprints uuid[], p_names text[], p_emails text[], p_phones text[],
  p_email_keys text[], p_phone_keys text[], p_networks text[], p_locales text[], p_jitters integer[],
  -- Null when no item has any.
  p_promos text[], p_pass_indexes integer[], p_pass_accounts text[],
  -- The email key or phone key that the asker has proven, by a pass or a buyer token.
  p_confirmed text[], p_expected_totals bigint[],
  -- The highest total that a gateway takes, by currency; one that is not named can only be given away. Null: any.
  p_total_maxes jsonb,
  -- The lines of all items, one item after the other; those of item n end at p_line_ends[n].
  p_line_ends integer[], p_line_categories text[], p_line_quantities integer[])
-- One row; what there is one of per item is text with a comma between, empty where there is nothing to say.
returns table (
  facts jsonb, decided_at_ms bigint, placed_at_ms bigint, outcomes text, order_ids text, subtotals text, discounts text,
  fees text, totals text, details jsonb)
language plpgsql volatile
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
#variable_conflict use_column
declare
  v_event events%rowtype;
  v_now timestamptz; v_placed_at timestamptz;
  v_count integer := cardinality(p_ids);
  v_late boolean; v_event_limited boolean; v_category_limited boolean; v_limited boolean; v_room boolean; v_told boolean := false;
  v_least integer; v_changes integer := 0;
  c_ids text[]; c_pools integer[]; c_prices bigint[]; c_mins integer[]; c_maxes integer[]; c_buyer_maxes integer[]; c_open boolean[];
  s_ids text[]; s_available integer[]; s_held integer[]; s_sold integer[]; s_short text[];
  m_ids text[]; m_codes text[]; m_kinds text[]; m_values bigint[]; m_left integer[]; m_taken integer[]; m_open boolean[];
  l_categories integer[];
  -- By whom each item is counted; null when there is no limit per buyer.
  q_askers text[];
  -- Orders that some of the keys have made; items that come later than another of the same asker; items with spent passes.
  k_keys uuid[]; k_ids text[]; k_fingerprints uuid[]; t_later integer[]; x_spent integer[];
  -- What the item's network holds, counted at the first item of that network; and where that is written.
  w_firsts integer[]; w_held integer[]; w_added integer[]; w_rows tid[];
  -- The counters there are of these askers, and of the addresses that they have proven.
  b_keys text[]; b_has integer[]; b_rows tid[];
  -- What became of each item.
  a_accepted integer[] := '{}'; a_outcomes text[]; a_ids text[]; a_quantities integer[]; a_subtotals bigint[]; a_discounts bigint[];
  a_fees bigint[]; a_totals bigint[]; a_promos text[]; a_details jsonb[];
  v_outcome text; v_detail jsonb;
  v_line integer; v_first_line integer; v_last_line integer := 0; v_taken_line integer;
  v_category integer; v_pool integer; v_wanted integer; v_found integer; v_promo integer;
  v_network integer; v_asker integer; v_proven integer;
  v_quantity integer; v_priced integer; v_subtotal bigint; v_discount bigint; v_fees bigint; v_total bigint; v_total_max bigint;
begin
  perform enter_lane(p_event_id);

  select * into v_event from events e where e.id = p_event_id;
  if not found or v_event.status = 'draft' then
    outcomes := array_to_string(array_fill('event_not_found'::text, array[v_count]), ',');
    return next;
    return;
  end if;

  -- A row that had to be waited for is read as it is then.
  select array_agg(s.pool_id), array_agg(s.available), array_agg(0), array_agg(0), min(s.available)
    into s_ids, s_available, s_held, s_sold, v_least
    from (select * from stock s where s.event_id = p_event_id order by s.pool_id for update) s;

  v_now := clock_timestamp();
  v_placed_at := date_trunc('milliseconds', v_now);
  v_late := coalesce(v_now > p_not_after, false);

  select array_agg(c.id), array_agg(array_position(s_ids, c.pool_id)), array_agg(c.price), array_agg(c.per_order_min),
         array_agg(c.per_order_max), array_agg(c.per_buyer_max),
         array_agg(c.status = 'on_sale' and v_event.status = 'published' and v_event.sales = 'open'
                   and v_now >= c.sale_opens_at and v_now < c.sale_closes_at and v_now < v_event.ends_at),
         bool_or(c.per_buyer_max is not null),
         needs_pass(p_event_id),
         jsonb_object_agg(c.id, jsonb_build_object('name', c.name, 'price', c.price, 'poolId', c.pool_id))
    into c_ids, c_pools, c_prices, c_mins, c_maxes, c_buyer_maxes, c_open, v_category_limited, v_room, facts
    from ticket_categories c where c.event_id = p_event_id;
  v_event_limited := v_event.tickets_per_buyer_max is not null;
  v_total_max := case when p_total_maxes is not null then coalesce((p_total_maxes ->> v_event.currency)::bigint, 0) end;
  select array_agg(array_position(c_ids, l.category) order by l.n), sum(l.quantity) into l_categories, v_wanted
    from unnest(p_line_categories, p_line_quantities) with ordinality as l(category, quantity, n);

  -- More is asked than there is: take back what nobody can pay for any more.
  if v_wanted > v_least and not v_late then
    select array_agg(s_ids[d.pool]) into s_short
      from (select c_pools[l.category] as pool, sum(l.quantity) as wanted
            from unnest(l_categories, p_line_quantities) as l(category, quantity) group by 1) d
      where s_available[d.pool] < d.wanted;
    if s_short is not null then
      if reclaim_holds(p_event_id, s_short, 200) > 0 then
        s_available := array(select s.available from stock s where s.event_id = p_event_id order by s.pool_id);
      end if;
    end if;
  end if;

  if p_promos is not null then
    select array_agg(m.id), array_agg(m.code_key), array_agg(m.kind), array_agg(m.value),
           array_agg(m.redemptions_max - m.redemptions), array_agg(0),
           array_agg(m.status = 'active' and v_now >= coalesce(m.valid_from, v_now) and v_now < coalesce(m.valid_until, 'infinity'))
      into m_ids, m_codes, m_kinds, m_values, m_left, m_taken, m_open
      from (
        select * from promo_codes m
        where m.event_id = p_event_id and m.code_key in (select promo from unnest(p_promos) as promo)
        order by m.id for update) m;
  end if;

  select array_agg(o.idempotency_key_hash), array_agg(o.id), array_agg(o.fingerprint) into k_keys, k_ids, k_fingerprints
    from orders o
    -- Written so that only the index on the key can serve it: on an empty table the primary key looks as good.
    where o.idempotency_key_hash = any (p_keys) and o.event_id || '' = p_event_id;

  if v_room and p_pass_indexes is not null then
    select array_agg(i.n) into x_spent from unnest(p_pass_indexes) with ordinality as i(place, n)
      where exists (select 1 from spent_passes s where s.event_id = p_event_id and s.place_index = i.place)
         or exists (select 1 from places p where p.event_id = p_event_id and p.place_index = i.place and p.voided_at is not null);
  end if;

  v_limited := v_event_limited or v_category_limited;
  if v_limited then
    q_askers := array(
      select asker_key(p_confirmed[n], p_email_keys[n], p_phone_keys[n], p_networks[n]) from generate_series(1, v_count) as n order by n);
  end if;

  -- The same key, asker or pass twice in one batch: the later one is decided in the next, when the first one's rows can be
  -- seen. A process sends no such batch, so it is only looked at closely when there is one.
  if v_count > 1 and (
       (select count(distinct i) from unnest(p_keys) as i) < v_count
       or v_limited and (select count(distinct i) from unnest(q_askers) as i) < v_count
       or v_room and (select count(i) > count(distinct i) from unnest(p_pass_indexes) as i))
  then
    select array_agg(i.n) into t_later from (
      select n, row_number() over (partition by p_keys[n] order by n) as key_turn,
             row_number() over (partition by q_askers[n] order by n) as asker_turn,
             row_number() over (partition by p_pass_indexes[n] order by n) as pass_turn
      from generate_series(1, v_count) as n) i
    where i.key_turn > 1 or v_limited and i.asker_turn > 1
       or v_room and p_pass_indexes[i.n] is not null and i.pass_turn > 1;
  end if;

  select array_agg(i.first order by i.n), array_agg(coalesce(w.quantity, 0) order by i.n), array_agg(w.ctid order by i.n)
    into w_firsts, w_held, w_rows
    from (select n, min(n) over (partition by p_networks[n]) as first from generate_series(1, v_count) as n) i
    left join lateral (
      select l.ctid, l.quantity from limit_counters l
      where l.event_id = p_event_id and l.counter_key = 'n:' || p_networks[i.n] limit 1) w on true;
  -- Most buyers have nothing yet.
  if v_event_limited then
    select array_agg(l.counter_key), array_agg(l.quantity), array_agg(l.ctid) into b_keys, b_has, b_rows
      from limit_counters l
      where l.event_id = p_event_id
        and l.counter_key = any (q_askers || array(select 'b:' || i from unnest(p_confirmed) as i where i is not null));
  end if;

  w_added := array_fill(0, array[v_count]);
  a_outcomes := array_fill(null::text, array[v_count]); a_ids := a_outcomes; a_promos := a_outcomes;
  a_totals := array_fill(null::bigint, array[v_count]); a_subtotals := a_totals; a_discounts := a_totals; a_fees := a_totals;
  a_quantities := array_fill(null::integer, array[v_count]);
  a_details := array_fill(null::jsonb, array[v_count]);

  for n in 1 .. v_count loop
    v_first_line := v_last_line + 1;
    v_last_line := p_line_ends[n];

    if k_keys is not null then
      v_found := array_position(k_keys, p_keys[n]);
      if v_found is not null then
        a_outcomes[n] := case when k_fingerprints[v_found] = p_fingerprints[n] then 'replayed' else 'key_reused' end;
        a_ids[n] := k_ids[v_found];
        continue;
      end if;
    end if;
    v_outcome := case
      when v_late then 'too_late'
      when n = any (t_later) then 'again'
      when not v_room then null
      when p_pass_indexes[n] is null then 'pass_required'
      when p_pass_accounts[n] in (p_email_keys[n], p_phone_keys[n]) is not true then 'pass_mismatch'
      when n = any (x_spent) then 'pass_spent'
    end;
    if v_outcome is not null then
      a_outcomes[n] := v_outcome;
      continue;
    end if;

    v_detail := null; v_quantity := 0; v_priced := 0; v_subtotal := 0; v_taken_line := v_first_line - 1;
    for v_line in v_first_line .. v_last_line loop
      v_category := l_categories[v_line];
      v_wanted := p_line_quantities[v_line];
      if v_category is null then
        v_outcome := 'category_unknown'; v_detail := '{}'; exit;
      end if;
      if not c_open[v_category] then
        v_outcome := 'not_open'; v_detail := '{}'; exit;
      end if;
      if v_wanted < c_mins[v_category] then
        v_outcome := 'limit_exceeded'; v_detail := jsonb_build_object('limit', 'per_order_min', 'min', c_mins[v_category]); exit;
      end if;
      if v_wanted > c_maxes[v_category] then
        v_outcome := 'limit_exceeded'; v_detail := jsonb_build_object('limit', 'per_order_max', 'max', c_maxes[v_category]); exit;
      end if;
      if c_buyer_maxes[v_category] is not null then
        select coalesce(max(l.quantity), 0) into v_found from limit_counters l
          where l.event_id = p_event_id and l.counter_key in (
            q_askers[n] || ':' || c_ids[v_category], 'b:' || p_confirmed[n] || ':' || c_ids[v_category]);
        if v_found + v_wanted > c_buyer_maxes[v_category] then
          v_outcome := 'limit_exceeded'; v_detail := jsonb_build_object('limit', 'per_buyer_max', 'max', c_buyer_maxes[v_category]); exit;
        end if;
      end if;
      v_pool := c_pools[v_category];
      if v_pool is null or s_available[v_pool] < v_wanted then
        v_outcome := 'sold_out'; v_detail := jsonb_build_object('available', coalesce(s_available[v_pool], 0)); exit;
      end if;
      s_available[v_pool] := s_available[v_pool] - v_wanted;
      v_taken_line := v_line;
      v_quantity := v_quantity + v_wanted;
      if c_prices[v_category] > 0 then
        v_priced := v_priced + v_wanted;
      end if;
      v_subtotal := v_subtotal + c_prices[v_category] * v_wanted;
    end loop;

    v_discount := 0; v_promo := null; v_network := w_firsts[n]; v_asker := null; v_proven := null;
    if b_keys is not null then
      v_asker := array_position(b_keys, q_askers[n]);
      v_proven := array_position(b_keys, 'b:' || p_confirmed[n]);
    end if;
    if v_outcome is not null then
      v_detail := v_detail || jsonb_build_object('ticketCategoryId', p_line_categories[v_taken_line + 1]);
    elsif v_quantity > v_event.tickets_per_order_max then
      v_outcome := 'limit_exceeded'; v_detail := jsonb_build_object('limit', 'per_order_max', 'max', v_event.tickets_per_order_max);
    elsif greatest(b_has[v_asker], b_has[v_proven], 0) + v_quantity > v_event.tickets_per_buyer_max then
      v_outcome := 'limit_exceeded'; v_detail := jsonb_build_object('limit', 'per_buyer_max', 'max', v_event.tickets_per_buyer_max);
    elsif p_promos[n] is not null then
      v_promo := array_position(m_codes, p_promos[n]);
      if v_promo is null or not m_open[v_promo] then
        v_outcome := 'promo_invalid';
      elsif m_left[v_promo] <= m_taken[v_promo] then
        v_outcome := 'promo_used_up';
      elsif m_kinds[v_promo] = 'percent' then
        v_discount := v_subtotal * m_values[v_promo] / 100;
      else
        v_discount := least(m_values[v_promo], v_subtotal);
      end if;
    end if;
    -- The fee is for tickets that cost something after the discount. A discount is shared by the priced tickets of an order
    -- in proportion to their prices, so either all of them still cost something, or none does.
    v_fees := case when v_subtotal > v_discount then v_event.fee_per_ticket * v_priced else 0 end;
    v_total := v_subtotal - v_discount + v_fees;
    if v_outcome is null and v_total > v_total_max then
      v_outcome := 'not_payable'; v_detail := jsonb_build_object('currency', v_event.currency, 'total', v_total, 'max', v_total_max);
    elsif v_outcome is null and p_expected_totals[n] <> v_total then
      v_outcome := 'price_changed';
      v_detail := jsonb_build_object(
        'currency', v_event.currency, 'subtotal', v_subtotal, 'discount', v_discount, 'fees', v_fees, 'total', v_total);
    elsif v_outcome is null and v_total > 0 and w_held[v_network] + w_added[v_network] + v_quantity > p_held_per_network_max then
      v_outcome := 'network_limit'; v_detail := jsonb_build_object('limit', 'held_per_network', 'max', p_held_per_network_max);
    end if;

    if v_outcome is not null then
      a_outcomes[n] := v_outcome;
      if v_detail is not null then
        a_details[n] := v_detail; v_told := true;
      end if;
      for v_line in v_first_line .. v_taken_line loop
        v_pool := c_pools[l_categories[v_line]];
        s_available[v_pool] := s_available[v_pool] + p_line_quantities[v_line];
      end loop;
      continue;
    end if;

    a_fees[n] := v_fees;
    a_accepted := a_accepted || n;
    a_outcomes[n] := case when v_total = 0 then 'paid' else 'placed' end;
    a_quantities[n] := v_quantity; a_subtotals[n] := v_subtotal; a_discounts[n] := v_discount; a_totals[n] := v_total;
    for v_line in v_first_line .. v_last_line loop
      v_pool := c_pools[l_categories[v_line]];
      if v_total = 0 then
        s_sold[v_pool] := s_sold[v_pool] + p_line_quantities[v_line];
      else
        s_held[v_pool] := s_held[v_pool] + p_line_quantities[v_line];
      end if;
    end loop;
    if v_total > 0 then
      if w_added[v_network] = 0 and w_rows[v_network] is not null then
        v_changes := v_changes + 1;
      end if;
      w_added[v_network] := w_added[v_network] + v_quantity;
    end if;
    if v_asker is not null then
      v_changes := v_changes + 1;
    end if;
    if v_promo is not null then
      m_taken[v_promo] := m_taken[v_promo] + 1;
      a_promos[n] := m_ids[v_promo];
    end if;
  end loop;

  facts := jsonb_build_object(
    'organizerId', v_event.organizer_id, 'slug', v_event.slug, 'currency', v_event.currency,
    'holdSeconds', v_event.hold_seconds, 'categories', facts);
  decided_at_ms := floor(extract(epoch from v_now) * 1000);
  placed_at_ms := decided_at_ms;
  outcomes := array_to_string(a_outcomes, ',');
  order_ids := case when k_keys is not null then array_to_string(a_ids, ',', '') end;
  if a_accepted <> '{}' then
    subtotals := array_to_string(a_subtotals, ',', ''); discounts := array_to_string(a_discounts, ',', '');
    fees := array_to_string(a_fees, ',', ''); totals := array_to_string(a_totals, ',', '');
  end if;
  details := case when v_told then to_jsonb(a_details) end;
  return next;
  if a_accepted = '{}' then
    return;
  end if;

  update stock s
    set available = s.available - d.held - d.sold, held = s.held + d.held, sold = s.sold + d.sold
    from unnest(s_ids, s_held, s_sold) as d(pool_id, held, sold)
    where s.event_id = p_event_id and s.pool_id = d.pool_id and d.held + d.sold > 0;

  -- In the order of their ids, which is how they lie in the indexes: pages fill up instead of being split in the middle.
  if v_count > 1 then
    a_accepted := array(select n from unnest(a_accepted) as n order by p_ids[n]);
  end if;
  -- Nobody else changes the event's counters now: whoever does holds its stock or its lane. So those that were found are
  -- where they were, and those that were not are still to be made.
  with placed as (
    insert into orders (
      event_id, id, organizer_id, status, idempotency_key_hash, fingerprint, buyer_name, buyer_email, buyer_phone, buyer_keys,
      confirmed_key, network_key, locale, currency, quantity, subtotal, discount, fees, total, promo_code_id, placed_at, expires_at,
      hold_ends_max_at, paid_at)
    select p_event_id, p_ids[n], v_event.organizer_id, case when a_totals[n] = 0 then 'paid' else 'pending_payment' end,
           p_keys[n], p_fingerprints[n], p_names[n], p_emails[n], p_phones[n], array[p_email_keys[n], p_phone_keys[n]],
           p_confirmed[n], p_networks[n], p_locales[n], v_event.currency, a_quantities[n], a_subtotals[n], a_discounts[n], a_fees[n], a_totals[n],
           a_promos[n], v_placed_at, v_placed_at + make_interval(secs => v_event.hold_seconds + p_jitters[n]),
           v_placed_at + make_interval(secs => 2 * (v_event.hold_seconds + p_jitters[n])),
           case when a_totals[n] = 0 then v_placed_at end
    from unnest(a_accepted) as n
  ), lines as (
    insert into order_lines (event_id, order_id, ticket_category_id, pool_id, quantity, unit_price)
    select p_event_id, p_ids[n], p_line_categories[line], s_ids[c_pools[l_categories[line]]], p_line_quantities[line],
           c_prices[l_categories[line]]
    from unnest(a_accepted) as n
    cross join lateral generate_series(coalesce(p_line_ends[n - 1], 0) + 1, p_line_ends[n]) as line
  ), counters as (
    insert into limit_counters (event_id, counter_key, quantity)
    select p_event_id, 'n:' || p_networks[n], w_added[n] from generate_series(1, v_count) as n
    where w_added[n] > 0 and w_rows[n] is null
    union all
    select p_event_id, q_askers[n], a_quantities[n] from unnest(a_accepted) as n
    where v_event_limited and coalesce(q_askers[n] <> all (b_keys), true)
  )
  insert into outbox (name, payload)
  select case when a_totals[n] = 0 then 'order.paid' else 'order.placed' end,
         jsonb_build_object('eventId', p_event_id, 'orderId', p_ids[n])
  from unnest(a_accepted) as n;

  if v_changes > 0 then
    update limit_counters l set quantity = l.quantity + d.added
      from (
        select w_rows[n] as place, w_added[n] as added from generate_series(1, v_count) as n
        where w_added[n] > 0 and w_rows[n] is not null
        union all
        select b_rows[array_position(b_keys, q_askers[n])], a_quantities[n] from unnest(a_accepted) as n
        where q_askers[n] = any (b_keys)) d
      where l.ctid = d.place;
    get diagnostics v_found = row_count;
    if v_found <> v_changes then
      raise exception 'somebody counts in % without its stock or its lane', p_event_id;
    end if;
  end if;
  if v_category_limited then
    insert into limit_counters as l (event_id, counter_key, quantity)
    select p_event_id, q_askers[n] || ':' || p_line_categories[line], p_line_quantities[line]
    from unnest(a_accepted) as n
    cross join lateral generate_series(coalesce(p_line_ends[n - 1], 0) + 1, p_line_ends[n]) as line
    where c_buyer_maxes[l_categories[line]] is not null
    on conflict (event_id, counter_key) do update set quantity = l.quantity + excluded.quantity;
  end if;

  if m_ids is not null then
    update promo_codes m set redemptions = m.redemptions + d.taken
      from unnest(m_ids, m_taken) as d(id, taken)
      where m.event_id = p_event_id and m.id = d.id and d.taken > 0;
  end if;
  if v_room then
    insert into spent_passes (event_id, place_index, order_id)
    select p_event_id, p_pass_indexes[n], p_ids[n] from unnest(a_accepted) as n;
  end if;
  if 0 = any (a_totals) then
    perform issue_tickets(p_event_id, array(select p_ids[n] from unnest(a_accepted) as n where a_totals[n] = 0));
  end if;
end $$;
