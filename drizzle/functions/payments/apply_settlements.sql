-- The common case of callbacks, for many orders of one event in one call: money for an open attempt of an order that waits for
-- payment. Orders, attempts, callbacks, ledger, stock, tickets and deliveries are written in one transaction with one flush to
-- disk. The pool's stock row is locked once per call instead of once per order. Every other case is left to the general path
-- (`applyFact`), one callback at a time. Returns the positions in `p_items` of the items that were paid; nothing was changed for
-- the others. The caller has checked signature, merchant and signed status. Safe to repeat: a callback that was applied no
-- longer has the status `received`.
--
-- Items: [{ "callbackId", "orderId", "attemptId", "status", "amount", "currency", "reference", "method", "instructions",
--   "checkSeconds", "fee": the gateway's fee within the amount, if it states one, "buyerPaysFee": whether an unexplained
--   excess is that fee, "emailId" and "whatsappId": ids for the deliveries of the tickets }]
--
-- Steps
--   1  Lock the orders, attempts and callbacks of the items that are the common case. The others are left.
--   2  Write: callbacks, attempts, ledger, orders, tickets, deliveries.
--   3  Move the places of these orders from held to sold.
--   4  Count their tickets for limits per buyer. If a limit would be exceeded, undo everything, and begin again without the orders of
--      that buyer.
--   5  Count back what their networks hold.
-- The stock comes late, since all orders of the event wait for it from here to the end of the transaction.
--
-- Names. As in place_orders: arrays `v_item_*` have one element per item that is paid, `v_line_*` per line of their orders,
-- `v_counter_*` per counter of a limit.
--
-- Locks: orders, their attempts, their callbacks, then stock by pool, then counters. An order, attempt or callback that another
-- transaction holds is skipped, so this call never waits for one while it holds others. Nothing of a skipped order may be locked: its
-- holder may have the stock, and come to the order's other attempts. Plans are kept, and each look-up can only be done in one way (see
-- "planner" at the end of the schema).
create or replace function apply_settlements(p_event_id text, p_items jsonb) returns integer[]
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off as $$
declare
  -- The items that are paid. Their numbers are positions in p_items.
  v_item_numbers integer[];
  v_item_events text[];
  v_item_organizers text[];
  v_item_callbacks bigint[];
  v_item_orders text[];
  v_item_attempts text[];
  v_item_statuses text[];
  v_item_amounts bigint[];
  v_item_gateway_fees bigint[];
  v_item_currencies text[];
  v_item_references text[];
  v_item_methods text[];
  v_item_instructions jsonb[];
  v_item_check_seconds integer[];

  -- Their orders.
  v_item_subtotals bigint[];
  v_item_fees bigint[];
  v_item_discounts bigint[];
  v_item_networks text[];
  v_item_quantities integer[];
  v_item_email_keys text[];
  v_item_phone_keys text[];
  v_item_email_ids text[];
  v_item_whatsapp_ids text[];

  -- The lines of all these orders.
  v_line_events text[];
  v_line_pools text[];
  v_line_quantities integer[];

  -- What the orders add to the counters of limits per buyer. v_counter_items has the position of the item in its arrays.
  v_buyer_max integer;
  v_is_limited boolean;
  v_counter_items bigint[];
  v_counter_keys text[];
  v_counter_quantities integer[];
  v_counter_maxes integer[];
  v_over integer[];
begin
  -- A block of its own, which is undone as a whole if the limit of a buyer would be exceeded.
  begin
    -- 1. Lock the items of the common case ------------------------------------------------------------------------------
    perform 1 from events e where e.id = p_event_id and e.status <> 'cancelled';
    if not found then
      return '{}';
    end if;

    with given as materialized (
      -- Two callbacks for one order: the second finds the order paid, which is not the common case.
      select distinct on (i.item ->> 'orderId') i.n::integer as n, (i.item ->> 'callbackId')::bigint as callback_id,
             i.item ->> 'orderId' as order_id, i.item ->> 'attemptId' as attempt_id, i.item ->> 'status' as status,
             (i.item ->> 'amount')::bigint as amount, i.item ->> 'currency' as currency, i.item ->> 'reference' as reference,
             i.item ->> 'method' as method, i.item -> 'instructions' as instructions, (i.item ->> 'checkSeconds')::integer as check_seconds,
             (i.item ->> 'fee')::bigint as fee, (i.item ->> 'buyerPaysFee')::boolean as buyer_pays_fee,
             i.item ->> 'emailId' as email_id, i.item ->> 'whatsappId' as whatsapp_id
      from jsonb_array_elements(p_items) with ordinality as i(item, n)
      order by i.item ->> 'orderId', i.n
    ), locked as (
      select g.*, f.fee as kept, coalesce(g.method, a.method) as chosen, a.instructions || g.instructions as merged, a.organizer_id,
             o.subtotal, o.fees, o.discount, o.network_key, o.quantity, o.buyer_keys[1] as email_key,
             case when o.buyer_phone <> '' then o.buyer_keys[2] end as phone_key
      from given g
      cross join lateral (
        select * from orders o where o.event_id = p_event_id and o.id = g.order_id and o.status in ('pending_payment', 'closing')
        for update skip locked) o
      -- Looked for by the order that is locked: Postgres could otherwise lock the attempts first, also those of an order that is skipped.
      cross join lateral (
        select * from payment_attempts a
        where a.event_id = p_event_id and a.id = g.attempt_id and a.order_id || '' = o.id and a.received = 0 and a.currency = g.currency
          and a.status in ('creating', 'unknown', 'pending', 'review', 'authorized')
        for update skip locked) a
      cross join lateral (
        select * from callbacks c where c.id = g.callback_id and c.attempt_id || '' = a.id and c.status = 'received'
        for update skip locked) c
      cross join lateral (
        select coalesce(g.fee, case when g.buyer_pays_fee then greatest(g.amount - a.amount, 0) else 0 end) as fee) f
      where a.amount = g.amount - f.fee and o.total = g.amount - f.fee
        -- Signed with the key of the organiser whose attempt it is.
        and c.organizer_id = a.organizer_id
    )
    select array_agg(n), array_agg(callback_id), array_agg(order_id), array_agg(attempt_id), array_agg(organizer_id), array_agg(status),
           array_agg(amount), array_agg(kept), array_agg(currency), array_agg(reference), array_agg(chosen), array_agg(merged),
           array_agg(check_seconds), array_agg(subtotal), array_agg(fees), array_agg(discount), array_agg(network_key),
           array_agg(quantity), array_agg(email_key), array_agg(phone_key), array_agg(email_id), array_agg(whatsapp_id)
      into v_item_numbers, v_item_callbacks, v_item_orders, v_item_attempts, v_item_organizers, v_item_statuses,
           v_item_amounts, v_item_gateway_fees, v_item_currencies, v_item_references, v_item_methods, v_item_instructions,
           v_item_check_seconds, v_item_subtotals, v_item_fees, v_item_discounts, v_item_networks,
           v_item_quantities, v_item_email_keys, v_item_phone_keys, v_item_email_ids, v_item_whatsapp_ids
      from locked;
    if v_item_numbers is null then
      return '{}';
    end if;
    v_item_events := array_fill(p_event_id, array[cardinality(v_item_orders)]);

    -- 2. Write everything but stock and counters ------------------------------------------------------------------------
    update callbacks c set status = 'applied', outcome = i.status, applied_at = now()
      from unnest(v_item_callbacks, v_item_statuses) as i(id, status)
      where c.id = i.id;
    update payment_attempts a set status = i.status, received = i.amount, gateway_fee = i.fee, gateway_reference = i.reference,
        method = i.method, instructions = i.instructions, checks = 0, failed_looks = 0,
        next_check_at = now() + make_interval(secs => i.check_seconds), updated_at = now()
      from unnest(v_item_events, v_item_attempts, v_item_statuses, v_item_amounts, v_item_gateway_fees, v_item_references,
                  v_item_methods, v_item_instructions, v_item_check_seconds)
        as i(event_id, id, status, amount, fee, reference, method, instructions, check_seconds)
      where a.event_id = i.event_id and a.id = i.id;
    insert into ledger_entries (event_id, posting, account, order_id, attempt_id, amount, currency)
      select p_event_id, i.attempt_id || ':capture:1', e.account, i.order_id, i.attempt_id, e.amount, i.currency
      from unnest(v_item_attempts, v_item_orders, v_item_amounts, v_item_gateway_fees, v_item_currencies, v_item_subtotals,
                  v_item_fees, v_item_discounts)
        as i(attempt_id, order_id, amount, fee, currency, subtotal, fees, discount)
      cross join lateral (values
        ('gateway', i.amount), ('gateway_fees', -i.fee), ('sales', -i.subtotal), ('fees', -i.fees), ('discounts', i.discount))
        as e(account, amount)
      where e.amount <> 0;
    update orders o set status = 'paid', paid_at = clock_timestamp(), closed_at = null, close_reason = null, cancelled_by = null
      from unnest(v_item_events, v_item_orders) as i(event_id, id)
      where o.event_id = i.event_id and o.id = i.id;
    perform issue_tickets(p_event_id, v_item_orders);
    perform queue_tickets(
      p_event_id, v_item_orders, v_item_organizers, v_item_email_keys, v_item_phone_keys, v_item_email_ids, v_item_whatsapp_ids);

    -- 3. Sell the held places -------------------------------------------------------------------------------------------
    select array_agg(l.pool_id), array_agg(l.quantity) into v_line_pools, v_line_quantities
      from unnest(v_item_events, v_item_orders) as i(event_id, order_id)
      join order_lines l on l.event_id = i.event_id and l.order_id = i.order_id;
    v_line_events := array_fill(p_event_id, array[cardinality(v_line_pools)]);
    perform move_stock(v_line_events, v_line_pools, v_line_quantities, 'held', 'sold');

    -- 4. Limits per buyer -----------------------------------------------------------------------------------------------
    -- Limits are read after the stock is locked: setting a limit locks the stock first, too, and then counts what is paid.
    select e.tickets_per_buyer_max into v_buyer_max from events e where e.id = p_event_id;
    v_is_limited := v_buyer_max is not null or exists (
      select from ticket_categories c where c.event_id = p_event_id and c.per_buyer_max is not null);

    if v_is_limited then
      -- The batch form of `count_paid`. All orders of a buyer who may exceed a limit are left to `count_paid`.
      select array_agg(b.n), array_agg(b.key), array_agg(b.quantity), array_agg(b.max)
        into v_counter_items, v_counter_keys, v_counter_quantities, v_counter_maxes
        from (
          select i.n, b.key, b.quantity, case when b.category is null then v_buyer_max else (
                   select c.per_buyer_max from ticket_categories c where c.event_id = p_event_id and c.id = b.category) end as max
          -- `offset 0`: inlined into one join, the whole rows make Postgres 18 fail with "variable not found in subplan target list".
          from (
            select i.n, o as whole from unnest(v_item_events, v_item_orders) with ordinality as i(event_id, order_id, n)
            join orders o on o.event_id = i.event_id and o.id = i.order_id offset 0) i
          cross join lateral buyer_counts(i.whole, true) b) b
        where b.max is not null;
      with counted as (
        insert into limit_counters as l (event_id, counter_key, quantity)
        select p_event_id, c.key, sum(c.quantity) from unnest(v_counter_keys, v_counter_quantities) as c(key, quantity)
        group by c.key order by c.key
        on conflict (event_id, counter_key) do update set quantity = l.quantity + excluded.quantity
        returning l.counter_key, l.quantity
      ), over as materialized (
        select counted.counter_key as key from counted
        -- Nearly all buyers are below the lowest of the limits. Comparing each with all items takes the square of their number.
        where counted.quantity > (select min(m.max) from unnest(v_counter_maxes) as m(max)) and exists (
          select from unnest(v_counter_keys, v_counter_quantities, v_counter_maxes) as c(key, quantity, max)
          where c.key = counted.counter_key and counted.quantity > c.max and counted.quantity > c.quantity)
      )
      select array_agg(distinct c.place::integer) into v_over
        from unnest(v_counter_keys, v_counter_items) as c(key, place) where c.key in (select o.key from over o);
      if v_over is not null then
        raise exception 'the limit of a buyer would be exceeded' using errcode = 'AN001';
      end if;
    end if;

    -- 5. Networks -------------------------------------------------------------------------------------------------------
    perform change_counters(
      v_item_events,
      array(select 'n:' || key from unnest(v_item_networks) with ordinality as k(key, n) order by n),
      array(select -q from unnest(v_item_quantities) with ordinality as k(q, n) order by n));
    return v_item_numbers;
  exception when sqlstate 'AN001' then
    null;
  end;

  -- Again without the orders of that buyer ----------------------------------------------------------------------------
  v_over := array(select v_item_numbers[place] from unnest(v_over) as place);
  -- Positions in the answer stay those of `p_items`: an item that is left out is replaced by one that names no order.
  return apply_settlements(
    p_event_id,
    (select jsonb_agg(case when i.n = any (v_over) then '{}'::jsonb else i.item end order by i.n)
     from jsonb_array_elements(p_items) with ordinality as i(item, n)));
end $$;
