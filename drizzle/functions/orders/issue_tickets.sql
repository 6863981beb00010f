-- Issues the tickets of orders: one row per place, numbered within the order, with a code of 128 random bits. The time is a subquery,
-- which is read once: tickets that are issued together have one time.
create or replace function issue_tickets(p_event_id text, p_order_ids text[]) returns void
language sql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off as $$
  insert into tickets (event_id, id, order_id, ticket_category_id, code, issued_at)
  select p_event_id,
         'tkt_' || substr(l.order_id, 5) || lpad((
           (select count(*) from tickets t where t.event_id || '' = p_event_id and t.order_id = l.order_id)
           + row_number() over (partition by l.order_id order by l.ticket_category_id, place))::text, 3, '0'),
         l.order_id, l.ticket_category_id,
         new_ticket_code(),
         (select clock_timestamp())
  from order_lines l cross join generate_series(1, l.quantity) as place
  where l.event_id = p_event_id and l.order_id = any (p_order_ids);
  -- An order that gets its tickets has just become paid.
  select note_orders(array_fill(p_event_id, array[cardinality(p_order_ids)]), p_order_ids);
$$;
