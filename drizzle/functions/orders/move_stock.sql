-- Moves the places of orders between two counters of the stock: held -> sold, held -> available, sold -> available ...
create or replace function move_stock(p_event_ids text[], p_pool_ids text[], p_quantities integer[], p_from text, p_to text) returns void
language plpgsql as $$
begin
  perform 1 from stock s
    join (select distinct m.event_id, m.pool_id from unnest(p_event_ids, p_pool_ids) as m(event_id, pool_id)) d
      on d.event_id = s.event_id and d.pool_id = s.pool_id
    order by s.event_id, s.pool_id for update of s;
  update stock s set
      available = s.available + case when p_to = 'available' then d.quantity when p_from = 'available' then -d.quantity else 0 end,
      held = s.held + case when p_to = 'held' then d.quantity when p_from = 'held' then -d.quantity else 0 end,
      sold = s.sold + case when p_to = 'sold' then d.quantity when p_from = 'sold' then -d.quantity else 0 end,
      blocked = s.blocked + case when p_to = 'blocked' then d.quantity when p_from = 'blocked' then -d.quantity else 0 end
    from (
      select m.event_id, m.pool_id, sum(m.quantity)::integer as quantity
      from unnest(p_event_ids, p_pool_ids, p_quantities) as m(event_id, pool_id, quantity) group by 1, 2) d
    where s.event_id = d.event_id and s.pool_id = d.pool_id;
end $$;
