-- Orders as messages tell of them: with their lines in the order of the categories, and their live tickets, without those given to
-- others. Names of categories are in the language of the order. Codes are hex, because JSON has no form for bytes. The plan is kept:
-- made anew for each group of messages it costs more than the read itself.
create or replace function read_order_subjects(p_event_ids text[], p_order_ids text[])
returns table (whole orders, lines json, own_tickets json, live_tickets integer)
language sql stable
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off as $$
  select o,
    (select coalesce(json_agg(json_build_object('name', case when o.locale = 'en' then coalesce(c.name_en, c.name) else c.name end,
        'quantity', l.quantity, 'unitPrice', l.unit_price) order by c.position, c.id), '[]')
      from order_lines l join ticket_categories c on c.event_id = l.event_id and c.id = l.ticket_category_id
      where l.event_id = o.event_id and l.order_id = o.id),
    live.tickets, live.number
  from unnest(p_event_ids, p_order_ids) as i(event_id, id)
  join orders o on o.event_id = i.event_id and o.id = i.id
  cross join lateral (
    select count(*)::integer as number, coalesce(
        json_agg(json_build_object('codeHex', encode(t.code, 'hex'), 'codesBefore', t.codes_before,
          'categoryName', case when o.locale = 'en' then coalesce(c.name_en, c.name) else c.name end) order by t.id)
        filter (where t.times_transferred = 0), '[]') as tickets
    from tickets t join ticket_categories c on c.event_id = t.event_id and c.id = t.ticket_category_id
    where t.order_id = o.id and t.event_id || '' = o.event_id and t.status = 'live') live
$$;
