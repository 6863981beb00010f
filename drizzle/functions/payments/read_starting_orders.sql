-- What a first payment needs to know of its order, in one statement whose plan is kept.
create or replace function read_starting_orders(p_event_ids text[], p_ids text[])
returns table ("order" json, lines json, seconds_left float8, seconds_left_if_ready_now float8, is_untried boolean)
language sql stable
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off as $$
  select json_build_object(
      'id', o.id, 'eventId', o.event_id, 'organizerId', o.organizer_id, 'status', o.status, 'buyerName', o.buyer_name,
      'buyerEmail', o.buyer_email, 'buyerPhone', o.buyer_phone, 'currency', o.currency, 'discount', o.discount,
      'fees', o.fees, 'total', o.total),
    (select json_agg(json_build_object('id', l.ticket_category_id, 'name', c.name, 'price', l.unit_price,
        'quantity', l.quantity) order by l.ticket_category_id)
      from order_lines l join ticket_categories c on c.event_id = l.event_id and c.id = l.ticket_category_id
      where l.event_id = o.event_id and l.order_id = o.id),
    extract(epoch from o.expires_at - now())::float8,
    extract(epoch from least(o.hold_ends_max_at - now(), (o.hold_ends_max_at - o.placed_at) / 2))::float8,
    not exists (select from payment_attempts a
      where a.event_id || '' = o.event_id and a.order_id = o.id and not (a.number = 1 and a.status = 'creating' and a.checks = 0))
  from unnest(p_event_ids, p_ids) as i(event_id, id)
  join orders o on o.event_id = i.event_id and o.id = i.id
$$;
