-- Claims deliveries: queued ones; mails whose sender crashed, because their Message-ID makes a duplicate recognisable; messages
-- that stayed unknown. A WhatsApp message whose sender crashed becomes unknown first. Of two concurrent callers one gets the
-- row: the other finds its status changed. The plan is kept.
create or replace function claim_deliveries(p_ids text[], p_sending_max_seconds integer, p_unknown_wait_seconds integer)
returns table (
  id text, organizer_id text, subject_id text, template text, channel text, recipient_key text, version integer, status text,
  tries integer, unknowns integer, age_seconds float8, suppressed boolean, sender_kind text, last_sender_id text)
language sql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off as $$
  update deliveries d set
    status = case when d.channel = 'whatsapp' and d.status = 'sending' then 'unknown' else 'sending' end,
    failure = case when d.channel = 'whatsapp' and d.status = 'sending' then 'crash' end,
    unknowns = d.unknowns + case when d.channel = 'whatsapp' and d.status = 'sending' then 1 else 0 end,
    tries = d.tries + case when d.channel = 'whatsapp' and d.status = 'sending' then 0 else 1 end,
    sending_at = now(),
    next_check_at = now() + make_interval(secs =>
      case when d.channel = 'whatsapp' and d.status = 'sending' then p_unknown_wait_seconds else p_sending_max_seconds end)
  where d.id = any (p_ids) and (
    d.status = 'queued'
    or (d.status = 'sending' and d.sending_at <= now() - make_interval(secs => p_sending_max_seconds))
    or (d.status = 'unknown' and d.sending_at <= now() - make_interval(secs => p_unknown_wait_seconds)))
  returning d.id, d.organizer_id, d.subject_id, d.template, d.channel, d.recipient_key, d.version, d.status, d.tries, d.unknowns::integer,
    extract(epoch from now() - d.created_at)::float8,
    exists (select from suppressions s where s.channel = d.channel and s.recipient_key = d.recipient_key
      and (s.until is null or s.until > now())),
    (select s.kind from senders s where s.id = d.sender_id),
    case when d.channel = 'whatsapp' then (
      select l.sender_id from deliveries l where l.recipient_key = d.recipient_key and l.sender_id is not null
        and l.accepted_at is not null order by l.accepted_at desc limit 1) end
$$;
