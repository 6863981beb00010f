-- Notes for webhooks that the money of a refund is on its way back.
create or replace function note_refund(p_event_id text, p_refund_id text) returns void
language sql volatile as $$
  select note_facts(
    array[r.organizer_id], array[r.event_id], array['refund.paid'], array[r.order_id],
    array[jsonb_build_object(
      'refundId', r.id, 'orderId', r.order_id, 'eventId', r.event_id, 'status', r.status, 'reason', r.reason,
      'amount', jsonb_build_object('amount', r.amount, 'currency', r.currency))])
  from refunds r where r.event_id = p_event_id and r.id = p_refund_id
$$;
