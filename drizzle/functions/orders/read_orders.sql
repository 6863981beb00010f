-- Orders, each with its event's slug and its lines in the order of the event's categories. Buyers poll them: kept, the plan of this
-- statement costs nothing, and planned anew each time it costs more than the read itself.
create or replace function read_orders(p_event_ids text[], p_ids text[])
returns table (whole orders, event_slug text, lines json)
language sql stable
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off as $$
  select o, e.slug, (
      select coalesce(json_agg(json_build_object(
          'ticketCategoryId', l.ticket_category_id, 'name', c.name, 'nameEn', c.name_en, 'quantity', l.quantity, 'unitPrice', l.unit_price
        ) order by c.position, c.id), '[]')
      from order_lines l
      join ticket_categories c on c.event_id = l.event_id and c.id = l.ticket_category_id
      where l.event_id = o.event_id and l.order_id = o.id)
  from unnest(p_event_ids, p_ids) as i(event_id, id)
  join orders o on o.event_id = i.event_id and o.id = i.id
  join events e on e.id = o.event_id
$$;
