-- Makes the partitions of today and the next days, and drops those older than `p_keep_days`. Owned by the owner of the
-- tables, so that the service itself needs no right to change them.
create or replace function maintain_callback_partitions(p_keep_days integer) returns void
language plpgsql security definer set search_path = public as $$
declare
  v_day date;
  v_partition text;
begin
  for v_day in select generate_series(current_date, current_date + 3, interval '1 day')::date loop
    v_partition := 'callback_payloads_' || to_char(v_day, 'YYYYMMDD');
    if to_regclass(v_partition) is null
       and not exists (select 1 from callback_payloads_default where received_at >= v_day and received_at < v_day + 1) then
      execute format('create table %I partition of callback_payloads for values from (%L) to (%L)', v_partition, v_day, v_day + 1);
    end if;
  end loop;
  for v_partition in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'callback_payloads'::regclass and c.relname ~ '^callback_payloads_\d{8}$'
      and to_date(right(c.relname, 8), 'YYYYMMDD') < current_date - greatest(p_keep_days, 2)
  loop
    execute format('drop table %I', v_partition);
  end loop;
  delete from callback_payloads_default where received_at < current_date - greatest(p_keep_days, 2);
end $$;
