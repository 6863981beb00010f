-- Queues the messages with the tickets of orders that were paid, in the transaction that pays them: mail, and WhatsApp where the
-- buyer gave a phone and the organizer has a sender. Money has come, so they are counted under no share.
create or replace function queue_tickets(
  p_event_id text, p_orders text[], p_organizers text[], p_emails text[], p_phones text[], p_email_ids text[],
  p_whatsapp_ids text[]) returns void
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off as $$
declare
  v_ids text[]; v_organizers text[]; v_orders text[]; v_channels text[]; v_keys text[]; v_count integer;
begin
  select array_agg(m.id), array_agg(m.organizer_id), array_agg(m.order_id), array_agg(m.channel), array_agg(m.key), count(*)
    into v_ids, v_organizers, v_orders, v_channels, v_keys, v_count
    from unnest(p_orders, p_organizers, p_emails, p_phones, p_email_ids, p_whatsapp_ids)
      as i(order_id, organizer_id, email_key, phone_key, email_id, whatsapp_id)
    cross join lateral (
      select i.email_id, i.organizer_id, i.order_id, 'email', i.email_key
      union all
      select i.whatsapp_id, i.organizer_id, i.order_id, 'whatsapp', i.phone_key
      where i.phone_key is not null and exists (
        select from senders s where s.status <> 'disabled' and (s.organizer_id = i.organizer_id or s.organizer_id is null)))
      as m(id, organizer_id, order_id, channel, key);
  perform queue_deliveries(
    v_ids, v_organizers, array_fill(p_event_id, array[v_count]), v_orders, array_fill('tickets'::text, array[v_count]), v_channels,
    v_keys, array_fill(1, array[v_count]), array_fill(null::text, array[v_count]), array_fill(null::integer, array[v_count]),
    'delivery.send_tickets', 'deliveries.send_tickets');
end $$;
