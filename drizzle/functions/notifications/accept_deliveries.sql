-- The provider has these messages. A status that came before this call is kept. The plan is kept, too.
create or replace function accept_deliveries(p_ids text[], p_message_ids text[], p_sender_ids text[]) returns void
language sql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off as $$
  update deliveries d set
    status = case when d.status in ('sending', 'unknown', 'queued') then 'accepted' else d.status end,
    provider_message_id = i.message_id, sender_id = coalesce(i.sender_id, d.sender_id),
    accepted_at = coalesce(d.accepted_at, now()), failure = null, next_check_at = null
  from unnest(p_ids, p_message_ids, p_sender_ids) as i(id, message_id, sender_id)
  where d.id = i.id and d.status in ('sending', 'unknown', 'queued', 'sent', 'delivered', 'read')
$$;
