-- Whether an ended order may take its places again: they are free, they do not belong to a waiting list, the event has not begun, and
-- the promo code is not used up.
-- Locks the stock, and the event's lane, so that no placement decides at the same time. Limits per buyer are checked by
-- count_paid.
create or replace function can_take_again(p_order orders) returns boolean
language plpgsql as $$
begin
  perform enter_lane(p_order.event_id);
  perform 1 from stock s where s.event_id = p_order.event_id and s.pool_id in (
      select l.pool_id from order_lines l where l.event_id = p_order.event_id and l.order_id = p_order.id)
    order by s.pool_id for update;
  return exists (select 1 from events e where e.id = p_order.event_id and e.status = 'published'
      and ((select clock_timestamp()) < e.starts_at or e.postponed_at is not null))
    and not exists (
      select 1 from stock s
      join (select l.pool_id, sum(l.quantity) as quantity from order_lines l
            where l.event_id = p_order.event_id and l.order_id = p_order.id group by 1) d on d.pool_id = s.pool_id
      where s.event_id = p_order.event_id and (s.available < d.quantity or s.is_listed))
    and not exists (
      select 1 from promo_codes promo
      where promo.event_id = p_order.event_id and promo.id = p_order.promo_code_id and promo.redemptions >= promo.redemptions_max);
end $$;
