-- Notes for webhooks that what an order says about its people was changed: its buyer, the holders of its tickets, or answers.
create or replace function note_order_change(p_event_id text, p_order_id text, p_changed text[]) returns void
language sql volatile as $$
  select note_facts(
    array[o.organizer_id], array[o.event_id], array['order.changed'], array[o.id],
    array[jsonb_build_object(
      'orderId', o.id, 'eventId', o.event_id, 'code', order_code(o.id), 'status', o.status,
      'changed', to_jsonb(p_changed))])
  from orders o where o.event_id = p_event_id and o.id = p_order_id
$$;
