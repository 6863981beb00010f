-- The common case of a callback in one call: money for an open attempt of an order that waits for payment. The general way
-- (`applyFact`) takes ten round trips. The pool's stock row is locked from `pay_order` to the commit, and every payment of the
-- pool queues for it, so one round trip matters. Any other case is left to the general way: the answer is then `other`, or
-- SQLSTATE AN001 if only paying showed it, and nothing was changed. The caller has checked signature, merchant and signed status.
create or replace function apply_settlement(
  p_callback_id bigint, p_event_id text, p_order_id text, p_attempt_id text, p_status text, p_amount bigint, p_currency text,
  p_reference text, p_method text, p_instructions jsonb, p_check_seconds integer,
  -- The gateway's fee within p_amount, if the gateway states it; and whether an unexplained excess is that fee.
  p_fee bigint, p_buyer_pays_fee boolean) returns text
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off as $$
declare
  v_order orders%rowtype;
  v_attempt payment_attempts%rowtype;
  v_fee bigint;
  v_outcome text;
begin
  select * into v_order from orders o where o.event_id = p_event_id and o.id = p_order_id for update;
  if not found or v_order.status not in ('pending_payment', 'closing')
     or exists (select 1 from events e where e.id = p_event_id and e.status = 'cancelled') then
    return 'other';
  end if;
  select * into v_attempt from payment_attempts a where a.event_id = p_event_id and a.id = p_attempt_id for update;
  if not found or v_attempt.order_id <> p_order_id or v_attempt.status not in ('creating', 'unknown', 'pending', 'review', 'authorized')
     or v_attempt.received <> 0 or v_attempt.currency <> p_currency then
    return 'other';
  end if;
  v_fee := coalesce(p_fee, case when p_buyer_pays_fee then greatest(p_amount - v_attempt.amount, 0) else 0 end);
  if v_attempt.amount <> p_amount - v_fee or v_order.total <> p_amount - v_fee then
    return 'other';
  end if;
  update callbacks c set status = 'applied', outcome = p_status, applied_at = now()
    where c.id = p_callback_id and c.status = 'received' and c.attempt_id = p_attempt_id
      -- Signed with the key of the organiser whose attempt it is.
      and c.organizer_id = v_attempt.organizer_id;
  if not found then
    return 'other';
  end if;
  update payment_attempts a set status = p_status, received = p_amount, gateway_fee = v_fee, gateway_reference = p_reference,
      method = coalesce(p_method, a.method), instructions = a.instructions || p_instructions, checks = 0, failed_looks = 0,
      next_check_at = now() + make_interval(secs => p_check_seconds), updated_at = now()
    where a.event_id = p_event_id and a.id = p_attempt_id;
  insert into ledger_entries (event_id, posting, account, order_id, attempt_id, amount, currency)
    select p_event_id, p_attempt_id || ':capture:1', e.account, p_order_id, p_attempt_id, e.amount, p_currency
    from (values ('gateway', p_amount), ('gateway_fees', -v_fee), ('sales', -v_order.subtotal), ('fees', -v_order.fees), ('discounts', v_order.discount))
      as e(account, amount)
    where e.amount <> 0;
  v_outcome := pay_order(p_event_id, p_order_id);
  if v_outcome <> 'paid' then
    -- Undoes everything that this call has written; the caller then takes the general way.
    raise exception 'an order that waits was not paid but %', v_outcome using errcode = 'AN001';
  end if;
  return 'paid';
end $$;
