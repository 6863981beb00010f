-- Notes for webhooks the tickets that have just entered for the first time.
create or replace function note_admissions(p_event_id text, p_ticket_ids text[]) returns void
language plpgsql volatile
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off as $$
begin
  if not exists (
    select from events v join webhook_endpoints w on w.organizer_id = v.organizer_id and w.status <> 'deleted'
    where v.id = p_event_id) then
    return;
  end if;
  perform note_facts(f.organizer_ids, f.event_ids, f.types, f.ticket_ids, f.data)
  from (
    select array_agg(v.organizer_id) as organizer_ids, array_agg(v.id) as event_ids, array_agg(t.id) as ticket_ids,
      array_agg('ticket.checked_in'::text) as types,
      array_agg(jsonb_build_object(
        'ticketId', t.id, 'orderId', t.order_id, 'eventId', v.id, 'ticketCategoryId', t.ticket_category_id,
        'admittedAt', iso_time(a.admitted_at), 'gate', a.gate)) as data
    from unnest(p_ticket_ids) as p(ticket_id)
    join events v on v.id = p_event_id
    cross join lateral (select * from admissions a where a.event_id = p_event_id and a.ticket_id = p.ticket_id limit 1) a
    cross join lateral (select * from tickets t where t.event_id = p_event_id and t.id = p.ticket_id limit 1) t) f
  where f.ticket_ids is not null;
end $$;
