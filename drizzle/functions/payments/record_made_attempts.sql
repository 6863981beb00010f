-- Records attempts that the gateway has made. They can be paid from now on. The first one starts the pay clock of its order (see
-- `instructionsReady`). Returns the ids of the recorded attempts. The others have moved on meanwhile, or another transaction has
-- locked them. The time of the next look stays that of `claim_first_attempts`, so that no index of the attempt is written again.
create or replace function record_made_attempts(
  p_event_ids text[], p_order_ids text[], p_ids text[], p_redirect_urls text[], p_expires_seconds integer[])
returns setof text
language sql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off as $$
  with made as (
    select a.event_id, a.id, a.order_id, i.redirect_url, i.expires_seconds,
           (select true from payment_attempts earlier
             where earlier.event_id || '' = o.event_id and earlier.order_id = o.id and earlier.redirect_url is not null limit 1) is null as is_first
    from unnest(p_event_ids, p_order_ids, p_ids, p_redirect_urls, p_expires_seconds)
      as i(event_id, order_id, id, redirect_url, expires_seconds)
    cross join lateral (
      select o.event_id, o.id from orders o where o.event_id = i.event_id and o.id = i.order_id for update skip locked) o
    cross join lateral (
      select a.event_id, a.id, a.order_id from payment_attempts a
      -- By the order, so that no attempt is locked whose order is skipped.
      where a.event_id = i.event_id and a.id = i.id and a.order_id || '' = o.id
        -- A callback may have come first: an attempt with a chosen method still gets its page, and a paid one stays paid.
        and (a.status in ('creating', 'unknown') or (a.status = 'pending' and a.redirect_url is null))
      for update skip locked) a
  ), clock as (
    update orders o set expires_at = least(o.hold_ends_max_at, now() + (o.hold_ends_max_at - o.placed_at) / 2)
      from made m
      where m.is_first and o.event_id = m.event_id and o.id = m.order_id and o.status = 'pending_payment'
  ), told as (
    -- A buyer who has not paid after a minute gets a message with the link. One job for all orders of an event in this call.
    insert into outbox (name, payload, available_at)
      select 'orders.unpaid', jsonb_build_object('eventId', m.event_id, 'orderIds', jsonb_agg(m.order_id)), now() + interval '60 seconds'
      from made m where m.is_first group by m.event_id)
  update payment_attempts a set status = 'pending', redirect_url = m.redirect_url, failure = null, checks = 0,
      expires_at = now() + make_interval(secs => m.expires_seconds), updated_at = now()
    from made m
    where a.event_id = m.event_id and a.id = m.id
    returning a.id
$$;
