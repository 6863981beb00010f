-- Changes the email and the phone of an order. Its link and the codes of its tickets change, and its counts move from the old addresses
-- to the new ones. Returns corrected, or over_limit if a new address would have more paid tickets than a limit allows; then nothing
-- has changed. The caller holds the order's lock, and has checked that the order is live. An address that stays is given as it is.
create or replace function correct_buyer_addresses(
  p_event_id text, p_order_id text, p_email text, p_email_key text, p_phone text, p_phone_key text
) returns text
language plpgsql as $$
declare
  v_order orders%rowtype;
  v_paid boolean; v_keys text[]; v_changes integer[]; v_maxes integer[]; v_over boolean;
begin
  select * into strict v_order from orders o where o.event_id = p_event_id and o.id = p_order_id for update;
  v_paid := v_order.total > 0 and v_order.status in ('paid', 'partially_refunded');
  -- Every call that returns places or recounts an event's buyers locks the stock before the counters.
  perform 1 from stock s
    where s.event_id = p_event_id
      and s.pool_id in (select l.pool_id from order_lines l where l.event_id = p_event_id and l.order_id = p_order_id)
    order by s.pool_id for update;

  with line as (
    select l.ticket_category_id as category, c.per_buyer_max,
           case when v_order.status in ('pending_payment', 'closing') then l.quantity else (
             select count(*)::integer from tickets t
             where t.event_id || '' = p_event_id and t.order_id = p_order_id and t.ticket_category_id = l.ticket_category_id
               and t.status = 'live') end as quantity
    from order_lines l
    join ticket_categories c on c.event_id = l.event_id and c.id = l.ticket_category_id
    where l.event_id = p_event_id and l.order_id = p_order_id
  ), part as (
    select '' as suffix, e.tickets_per_buyer_max as max, sum(l.quantity)::integer as quantity
    from line l cross join events e where e.id = p_event_id and e.tickets_per_buyer_max is not null group by e.tickets_per_buyer_max
    union all
    select ':' || l.category, l.per_buyer_max, l.quantity from line l where l.per_buyer_max is not null
  ), name (key, sign) as (
    values (asker_key(v_order.confirmed_key, v_order.buyer_keys[1], v_order.buyer_keys[2], v_order.network_key), -1),
           (asker_key(v_order.confirmed_key, p_email_key, p_phone_key, v_order.network_key), 1)
    union all
    select 'b:' || paid.key, paid.sign
      from (values (v_order.buyer_keys[1], -1), (p_email_key, 1), (v_order.buyer_keys[2], -1), (p_phone_key, 1)) as paid (key, sign)
      where v_paid
  ), moved as (
    select n.key || p.suffix as key, sum(n.sign * p.quantity)::integer as change, max(p.max) filter (where n.key like 'b:%') as max
    from name n cross join part p group by 1)
  select array_agg(m.key order by m.key), array_agg(m.change order by m.key), array_agg(m.max order by m.key)
    into v_keys, v_changes, v_maxes from moved m where m.change <> 0;

  if v_keys is not null then
    insert into limit_counters as l (event_id, counter_key, quantity)
      select p_event_id, k.key, 0 from unnest(v_keys, v_changes) as k (key, change) where k.change > 0 order by k.key
      on conflict (event_id, counter_key) do nothing;
    perform change_counters(array_fill(p_event_id, array[cardinality(v_keys)]), v_keys, v_changes);
    select bool_or(l.quantity > k.max and l.quantity > k.change) into v_over
      from unnest(array_fill(p_event_id, array[cardinality(v_keys)]), v_keys, v_changes, v_maxes) as k (event_id, key, change, max)
      join limit_counters l on l.event_id = k.event_id and l.counter_key = k.key
      where k.change > 0 and k.max is not null;
    if v_over then
      perform change_counters(array_fill(p_event_id, array[cardinality(v_keys)]), v_keys, array(select -c from unnest(v_changes) as c));
      return 'over_limit';
    end if;
  end if;

  update orders o set buyer_email = p_email, buyer_phone = p_phone, buyer_keys = array[p_email_key, p_phone_key],
      link_version = o.link_version + 1
    where o.event_id = p_event_id and o.id = p_order_id;
  -- Locked against scans at the door: a scan that has begun is seen by the next statement, and a later one finds the new code.
  perform 1 from tickets t where t.event_id || '' = p_event_id and t.order_id = p_order_id and t.status = 'live' order by t.id for update;
  -- The old address may have the QR codes, so they are replaced. A ticket that has admitted somebody keeps its code: its holder
  -- needs it to leave and return.
  update tickets t set code = new_ticket_code()
    where t.event_id || '' = p_event_id and t.order_id = p_order_id and t.status = 'live' and t.times_transferred = 0
      and not exists (select from admissions a where a.event_id = t.event_id and a.ticket_id = t.id);
  return 'corrected';
end $$;
