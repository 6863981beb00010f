-- Notes for webhooks that what an order says about its people was changed: its buyer, the holders of its tickets, or answers.
-- The first change is told at once. A change that follows within ten seconds of another is told ten seconds after that one. It
-- takes over from an earlier change that no endpoint was called with, so that many changes of an order make few webhooks. The
-- caller holds the order's lock.
create or replace function note_order_change(p_event_id text, p_order_id text, p_changed text[]) returns void
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off as $$
declare
  v_order orders%rowtype; v_last webhooks%rowtype;
  v_deliveries integer; v_untried integer;
  v_changed text[] := p_changed; v_due timestamptz;
begin
  select * into strict v_order from orders o where o.event_id = p_event_id and o.id = p_order_id;
  -- A replay locks a webhook before it adds a delivery of it, and such a webhook stays.
  select * into v_last from webhooks m
    where m.id = (select max(s.id || '') from webhooks s where s.subject_id = p_order_id) and m.type = 'order.changed'
    for update skip locked;
  if v_last.id is not null then
    select count(*) into v_deliveries
      from webhook_endpoints w join webhook_deliveries d on d.endpoint_id = w.id and d.webhook_id = v_last.id
      where w.organizer_id = v_order.organizer_id and w.status <> 'deleted';
    -- A delivery that is locked is about to be sent.
    select count(*), min(u.due_at) into v_untried, v_due from (
      select d.due_at from webhook_endpoints w join webhook_deliveries d on d.endpoint_id = w.id and d.webhook_id = v_last.id
      where w.organizer_id = v_order.organizer_id and w.status <> 'deleted' and d.status = 'pending' and d.tried_at is null
      for update of d skip locked) u;
    if v_untried = v_deliveries then
      delete from webhook_deliveries d using webhook_endpoints w
        where w.organizer_id = v_order.organizer_id and w.status <> 'deleted' and d.endpoint_id = w.id and d.webhook_id = v_last.id;
      delete from webhooks m where m.id = v_last.id;
      select v_changed || coalesce(array_agg(part), '{}') into v_changed
        from jsonb_array_elements_text(v_last.data -> 'changed') as part where part <> all (p_changed);
    else
      v_due := v_last.occurred_at + interval '10 seconds';
    end if;
  end if;
  perform note_facts(
    array[v_order.organizer_id], array[p_event_id], array['order.changed'], array[p_order_id],
    array[jsonb_build_object(
      'orderId', v_order.id, 'eventId', p_event_id, 'code', order_code(v_order.id), 'status', v_order.status,
      'changed', to_jsonb(v_changed))]);
  if v_due > clock_timestamp() then
    update webhook_deliveries d set due_at = v_due from webhook_endpoints w
      where w.organizer_id = v_order.organizer_id and w.status <> 'deleted' and d.endpoint_id = w.id
        and d.subject_id = p_order_id and d.webhook_id > v_last.id and d.status = 'pending';
  end if;
end
$$;
