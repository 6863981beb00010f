-- Notes for webhooks that orders were paid, refunded (also in part), cancelled or have expired. For an organizer without an
-- endpoint this costs two look-ups.
create or replace function note_orders(p_event_ids text[], p_order_ids text[]) returns void
language plpgsql volatile
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off as $$
begin
  if not exists (
    select from events v join webhook_endpoints w on w.organizer_id = v.organizer_id and w.status <> 'deleted'
    where v.id = any (p_event_ids)) then
    return;
  end if;
  perform note_facts(f.organizer_ids, f.event_ids, f.types, f.order_ids, f.data)
  from (
    select array_agg(o.organizer_id) as organizer_ids, array_agg(o.event_id) as event_ids, array_agg(o.id) as order_ids,
      array_agg('order.' || case o.status when 'partially_refunded' then 'refunded' else o.status end) as types,
      array_agg(jsonb_build_object(
        'orderId', o.id, 'eventId', o.event_id, 'code', order_code(o.id), 'status', o.status,
        'quantity', o.quantity, 'liveTickets', (
          select count(*) from tickets t where t.event_id || '' = o.event_id and t.order_id = o.id and t.status = 'live'),
        'total', jsonb_build_object('amount', o.total, 'currency', o.currency),
        'placedAt', iso_time(o.placed_at), 'paidAt', iso_time(o.paid_at), 'closedAt', iso_time(o.closed_at),
        'cancelledBy', o.cancelled_by)) as data
    from unnest(p_event_ids, p_order_ids) as p(event_id, order_id)
    cross join lateral (select * from orders o where o.event_id = p.event_id and o.id = p.order_id) o
    where o.status in ('paid', 'partially_refunded', 'refunded', 'cancelled', 'expired')) f
  where f.order_ids is not null;
end $$;
