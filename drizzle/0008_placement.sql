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
-- service's role therefore plans each call anew (see 0000_roles.sql), but here that would cost a tenth of the batch. So
-- sequential scans and hash joins are off inside, and what is looked up by key is looked up in a lateral subquery with a
-- limit, which cannot be planned as anything but one descent of the index per key.

-- Takes the event's lane until the end of the transaction.
create function enter_lane(p_event_id text) returns void
language sql as $$ select pg_advisory_xact_lock(hashtextextended('lane:' || p_event_id, 0)) $$;

-- Issues the tickets of orders: one row per place, numbered within the order, with 128 random bits as its code.
create function issue_tickets(p_event_id text, p_order_ids text[]) returns void
language sql set plan_cache_mode = force_custom_plan as $$
  insert into tickets (event_id, id, order_id, ticket_category_id, code, issued_at)
  select p_event_id,
         'tkt_' || substr(l.order_id, 5) || lpad((
           (select count(*) from tickets t where t.event_id = p_event_id and t.order_id = l.order_id)
           + row_number() over (partition by l.order_id order by l.ticket_category_id, place))::text, 3, '0'),
         l.order_id, l.ticket_category_id,
         substring(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())) from 1 for 16),
         clock_timestamp()
  from order_lines l cross join generate_series(1, l.quantity) as place
  where l.event_id = p_event_id and l.order_id = any (p_order_ids)
$$;

create function place_orders(p_event_id text, p_items jsonb, p_held_per_network_max integer)
returns table (
  n integer, outcome text, order_id text, subtotal bigint, discount bigint, fees bigint, total bigint,
  placed_at_ms bigint, expires_at_ms bigint, detail jsonb)
language plpgsql volatile
set plan_cache_mode = auto set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
#variable_conflict use_column
declare
  v_event events%rowtype;
  v_now timestamptz;
  v_count integer := jsonb_array_length(p_items);
  v_limited boolean;
  c_ids text[]; c_pools integer[]; c_prices bigint[]; c_mins integer[]; c_maxes integer[]; c_buyer_maxes integer[]; c_open boolean[];
  p_ids text[]; p_available integer[]; p_held integer[]; p_sold integer[];
  m_ids text[]; m_codes text[]; m_kinds text[]; m_values bigint[]; m_left integer[]; m_taken integer[]; m_open boolean[];
  w_keys text[]; w_held integer[]; w_added integer[];
  a_subtotals bigint[]; a_discounts bigint[]; a_fees bigint[]; a_totals bigint[]; a_promos text[]; a_quantities integer[];
  r record;
  v_category integer; v_pool integer; v_line integer; v_taken_lines integer; v_quantity integer; v_promo integer; v_network integer;
  v_subtotal bigint; v_discount bigint; v_fees bigint;
begin
  perform enter_lane(p_event_id);

  select * into v_event from events e where e.id = p_event_id;
  if not found or v_event.status = 'draft' then
    return query select i.n, 'event_not_found', null::text, null::bigint, null::bigint, null::bigint, null::bigint, null::bigint, null::bigint, null::jsonb
      from jsonb_to_recordset(p_items) as i(n integer);
    return;
  end if;

  perform 1 from stock s where s.event_id = p_event_id order by s.pool_id for update;

  v_now := clock_timestamp();

  -- More is asked than there is: take back what nobody can pay for any more.
  if exists (
    select 1 from stock s
    join (
      select c.pool_id, sum(line.quantity) as wanted
      from jsonb_to_recordset(p_items) as i(categories text[], quantities integer[])
      cross join unnest(i.categories, i.quantities) as line(category, quantity)
      join ticket_categories c on c.event_id = p_event_id and c.id = line.category
      group by c.pool_id) d on d.pool_id = s.pool_id
    where s.event_id = p_event_id and s.available < d.wanted)
  then
    perform reclaim_holds(p_event_id, 200);
  end if;

  select array_agg(s.pool_id), array_agg(s.available), array_agg(0), array_agg(0)
    into p_ids, p_available, p_held, p_sold
    from stock s where s.event_id = p_event_id;

  select array_agg(c.id), array_agg(array_position(p_ids, c.pool_id)), array_agg(c.price), array_agg(c.per_order_min),
         array_agg(c.per_order_max), array_agg(c.per_buyer_max),
         array_agg(c.status = 'on_sale' and v_event.status = 'published' and v_event.sales = 'open'
                   and v_now >= c.sale_opens_at and v_now < c.sale_closes_at and v_now < v_event.ends_at),
         v_event.tickets_per_buyer_max is not null or bool_or(c.per_buyer_max is not null)
    into c_ids, c_pools, c_prices, c_mins, c_maxes, c_buyer_maxes, c_open, v_limited
    from ticket_categories c where c.event_id = p_event_id;

  select array_agg(m.id), array_agg(m.code), array_agg(m.kind), array_agg(m.value),
         array_agg(m.redemptions_max - m.redemptions), array_agg(0),
         array_agg(m.status = 'active' and v_now >= coalesce(m.valid_from, v_now) and v_now < coalesce(m.valid_until, 'infinity'))
    into m_ids, m_codes, m_kinds, m_values, m_left, m_taken, m_open
    from (
      select * from promo_codes m
      where m.event_id = p_event_id and m.code in (select i.promo from jsonb_to_recordset(p_items) as i(promo text))
      order by m.id for update) m;

  select array_agg(w.key), array_agg(coalesce(l.quantity, 0)), array_agg(0)
    into w_keys, w_held, w_added
    from (select distinct 'n:' || i.network_key as key from jsonb_to_recordset(p_items) as i(network_key text)) w
    left join lateral (
      select l.quantity from limit_counters l where l.event_id = p_event_id and l.counter_key = w.key limit 1) l on true;

  a_subtotals := array_fill(null::bigint, array[v_count]);
  a_discounts := a_subtotals; a_fees := a_subtotals; a_totals := a_subtotals;
  a_promos := array_fill(null::text, array[v_count]);
  a_quantities := array_fill(null::integer, array[v_count]);

  -- The first row states the facts that the whole batch was decided by.
  n := 0; outcome := 'facts';
  detail := jsonb_build_object(
    'organizerId', v_event.organizer_id, 'slug', v_event.slug, 'currency', v_event.currency,
    'categories', (select jsonb_object_agg(c.id, jsonb_build_object('name', c.name, 'price', c.price, 'poolId', c.pool_id))
                   from ticket_categories c where c.event_id = p_event_id));
  return next;

  for r in
    select i.n, i.id, i.categories, i.quantities, i.promo, i.network_key, i.buyer_keys, i.jitter_seconds,
           o.id as existing_id, o.fingerprint = decode(i.fingerprint, 'hex') as same_body,
           row_number() over (partition by i.key_hash order by i.n) as key_turn,
           case when v_limited then row_number() over (partition by i.buyer_keys[1] order by i.n) else 1 end as first_turn,
           case when v_limited then row_number() over (partition by i.buyer_keys[2] order by i.n) else 1 end as second_turn,
           case when v_event.tickets_per_buyer_max is null then 0 else (
             select coalesce(max(l.quantity), 0) from limit_counters l
             where l.event_id = p_event_id and l.counter_key in ('b:' || i.buyer_keys[1], 'b:' || i.buyer_keys[2])) end as bought
    from jsonb_to_recordset(p_items) as i(
      n integer, id text, key_hash text, fingerprint text, categories text[], quantities integer[], promo text,
      network_key text, buyer_keys text[], jitter_seconds integer)
    left join lateral (
      select o.id, o.fingerprint from orders o
      -- Written so that only the index on the key can serve it: on an empty table the primary key looks as good.
      where o.idempotency_key_hash = decode(i.key_hash, 'hex') and o.event_id || '' = p_event_id limit 1) o on true
    order by i.n
  loop
    n := r.n; order_id := null; detail := null;
    subtotal := null; discount := null; fees := null; total := null; placed_at_ms := null; expires_at_ms := null;

    if r.existing_id is not null then
      outcome := case when r.same_body then 'replayed' else 'key_reused' end;
      order_id := r.existing_id;
      return next;
      continue;
    end if;
    -- Twice in one batch: the later one is decided in the next, when the first one's rows can be seen.
    if r.key_turn > 1 or r.first_turn > 1 or r.second_turn > 1 then
      outcome := 'again';
      return next;
      continue;
    end if;

    outcome := null; v_quantity := 0; v_subtotal := 0; v_taken_lines := 0;
    for v_line in 1 .. cardinality(r.categories) loop
      v_category := array_position(c_ids, r.categories[v_line]);
      if v_category is null then
        outcome := 'category_unknown'; detail := jsonb_build_object('ticketCategoryId', r.categories[v_line]); exit;
      end if;
      if not c_open[v_category] then
        outcome := 'not_open'; detail := jsonb_build_object('ticketCategoryId', r.categories[v_line]); exit;
      end if;
      if r.quantities[v_line] < c_mins[v_category] then
        outcome := 'limit_exceeded';
        detail := jsonb_build_object('limit', 'per_order_min', 'ticketCategoryId', r.categories[v_line], 'min', c_mins[v_category]); exit;
      end if;
      if r.quantities[v_line] > c_maxes[v_category] then
        outcome := 'limit_exceeded';
        detail := jsonb_build_object('limit', 'per_order_max', 'ticketCategoryId', r.categories[v_line], 'max', c_maxes[v_category]); exit;
      end if;
      if c_buyer_maxes[v_category] is not null and r.quantities[v_line] + coalesce((
           select max(l.quantity) from limit_counters l
           where l.event_id = p_event_id and l.counter_key in (
             'b:' || r.buyer_keys[1] || ':' || r.categories[v_line], 'b:' || r.buyer_keys[2] || ':' || r.categories[v_line])), 0)
         > c_buyer_maxes[v_category] then
        outcome := 'limit_exceeded';
        detail := jsonb_build_object('limit', 'per_buyer_max', 'ticketCategoryId', r.categories[v_line], 'max', c_buyer_maxes[v_category]); exit;
      end if;
      v_pool := c_pools[v_category];
      if v_pool is null or p_available[v_pool] < r.quantities[v_line] then
        outcome := 'sold_out';
        detail := jsonb_build_object('ticketCategoryId', r.categories[v_line], 'available', coalesce(p_available[v_pool], 0)); exit;
      end if;
      p_available[v_pool] := p_available[v_pool] - r.quantities[v_line];
      v_taken_lines := v_line;
      v_quantity := v_quantity + r.quantities[v_line];
      v_subtotal := v_subtotal + c_prices[v_category] * r.quantities[v_line];
    end loop;

    if outcome is null then
      if v_quantity > v_event.tickets_per_order_max then
        outcome := 'limit_exceeded'; detail := jsonb_build_object('limit', 'per_order_max', 'max', v_event.tickets_per_order_max);
      elsif v_event.tickets_per_buyer_max is not null and r.bought + v_quantity > v_event.tickets_per_buyer_max then
        outcome := 'limit_exceeded'; detail := jsonb_build_object('limit', 'per_buyer_max', 'max', v_event.tickets_per_buyer_max);
      end if;
    end if;

    v_discount := 0; v_promo := null;
    if outcome is null and r.promo is not null then
      v_promo := array_position(m_codes, r.promo);
      if v_promo is null or not m_open[v_promo] then
        outcome := 'promo_invalid';
      elsif m_left[v_promo] is not null and m_left[v_promo] <= m_taken[v_promo] then
        outcome := 'promo_used_up';
      elsif m_kinds[v_promo] = 'percent' then
        v_discount := v_subtotal * m_values[v_promo] / 100;
      else
        v_discount := least(m_values[v_promo], v_subtotal);
      end if;
    end if;

    v_network := array_position(w_keys, 'n:' || r.network_key);
    if outcome is null and v_subtotal > v_discount and w_held[v_network] + w_added[v_network] + v_quantity > p_held_per_network_max then
      outcome := 'network_limit'; detail := jsonb_build_object('limit', 'held_per_network', 'max', p_held_per_network_max);
    end if;

    if outcome is not null then
      for v_line in 1 .. v_taken_lines loop
        v_pool := c_pools[array_position(c_ids, r.categories[v_line])];
        p_available[v_pool] := p_available[v_pool] + r.quantities[v_line];
      end loop;
      return next;
      continue;
    end if;

    v_fees := case when v_subtotal > v_discount then v_event.fee_per_ticket * v_quantity else 0 end;
    order_id := r.id; subtotal := v_subtotal; discount := v_discount; fees := v_fees; total := v_subtotal - v_discount + v_fees;
    outcome := case when total = 0 then 'paid' else 'placed' end;
    for v_line in 1 .. cardinality(r.categories) loop
      v_pool := c_pools[array_position(c_ids, r.categories[v_line])];
      if total = 0 then p_sold[v_pool] := p_sold[v_pool] + r.quantities[v_line];
      else p_held[v_pool] := p_held[v_pool] + r.quantities[v_line]; end if;
    end loop;
    if total > 0 then w_added[v_network] := w_added[v_network] + v_quantity; end if;
    if v_promo is not null then
      m_taken[v_promo] := m_taken[v_promo] + 1;
      a_promos[n] := m_ids[v_promo];
    end if;
    a_subtotals[n] := v_subtotal; a_discounts[n] := v_discount; a_fees[n] := v_fees; a_totals[n] := total; a_quantities[n] := v_quantity;
    placed_at_ms := floor(extract(epoch from v_now) * 1000);
    expires_at_ms := placed_at_ms + (v_event.hold_seconds + r.jitter_seconds) * 1000;
    return next;
  end loop;

  update stock s
    set available = s.available - d.held - d.sold, held = s.held + d.held, sold = s.sold + d.sold
    from unnest(p_ids, p_held, p_sold) as d(pool_id, held, sold)
    where s.event_id = p_event_id and s.pool_id = d.pool_id and d.held + d.sold > 0;
  if not found then
    return;
  end if;

  insert into orders (
    event_id, id, organizer_id, status, idempotency_key_hash, fingerprint, buyer_name, buyer_email, buyer_phone, buyer_keys,
    network_key, locale, currency, quantity, subtotal, discount, fees, total, promo_code_id, placed_at, expires_at,
    hold_ends_max_at, paid_at)
  select p_event_id, i.id, v_event.organizer_id, case when a_totals[i.n] = 0 then 'paid' else 'pending_payment' end,
         decode(i.key_hash, 'hex'), decode(i.fingerprint, 'hex'), i.name, i.email, i.phone, i.buyer_keys, i.network_key, i.locale,
         v_event.currency, a_quantities[i.n], a_subtotals[i.n], a_discounts[i.n], a_fees[i.n], a_totals[i.n], a_promos[i.n],
         date_trunc('milliseconds', v_now),
         date_trunc('milliseconds', v_now) + make_interval(secs => v_event.hold_seconds + i.jitter_seconds),
         date_trunc('milliseconds', v_now) + make_interval(secs => 2 * (v_event.hold_seconds + i.jitter_seconds)),
         case when a_totals[i.n] = 0 then date_trunc('milliseconds', v_now) end
  from jsonb_to_recordset(p_items) as i(
    n integer, id text, key_hash text, fingerprint text, name text, email text, phone text, buyer_keys text[],
    network_key text, locale text, jitter_seconds integer)
  where a_totals[i.n] is not null;

  insert into order_lines (event_id, order_id, ticket_category_id, pool_id, quantity, unit_price)
  select p_event_id, i.id, line.category, p_ids[c_pools[array_position(c_ids, line.category)]], line.quantity,
         c_prices[array_position(c_ids, line.category)]
  from jsonb_to_recordset(p_items) as i(n integer, id text, categories text[], quantities integer[])
  cross join unnest(i.categories, i.quantities) as line(category, quantity)
  where a_totals[i.n] is not null;

  insert into limit_counters as l (event_id, counter_key, quantity)
  select p_event_id, d.key, d.added from unnest(w_keys, w_added) as d(key, added) where d.added > 0 order by d.key
  on conflict (event_id, counter_key) do update set quantity = l.quantity + excluded.quantity;

  if v_limited then
    insert into limit_counters as l (event_id, counter_key, quantity)
    select p_event_id, counted.key, counted.quantity
    from jsonb_to_recordset(p_items) as i(n integer, buyer_keys text[], categories text[], quantities integer[])
    cross join unnest(i.buyer_keys) as buyer(key)
    cross join lateral (
      select 'b:' || buyer.key as key, a_quantities[i.n] as quantity where v_event.tickets_per_buyer_max is not null
      union all
      select 'b:' || buyer.key || ':' || line.category, line.quantity
      from unnest(i.categories, i.quantities) as line(category, quantity)
      where c_buyer_maxes[array_position(c_ids, line.category)] is not null) counted
    where a_totals[i.n] is not null
    order by counted.key
    on conflict (event_id, counter_key) do update set quantity = l.quantity + excluded.quantity;
  end if;

  if m_ids is not null then
    update promo_codes m set redemptions = m.redemptions + d.taken
      from unnest(m_ids, m_taken) as d(id, taken)
      where m.event_id = p_event_id and m.id = d.id and d.taken > 0;
  end if;

  if 0 = any (a_totals) then
    perform issue_tickets(p_event_id, array(
      select i.id from jsonb_to_recordset(p_items) as i(n integer, id text) where a_totals[i.n] = 0));
  end if;

  insert into outbox (name, payload)
  select case when a_totals[i.n] = 0 then 'order.paid' else 'order.placed' end,
         jsonb_build_object('eventId', p_event_id, 'orderId', i.id)
  from jsonb_to_recordset(p_items) as i(n integer, id text)
  where a_totals[i.n] is not null;
end $$;
