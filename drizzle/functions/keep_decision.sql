-- Gives an offline scan of which the rules are known (`result`: what they refuse it with) what the door decided. Who was let
-- in is in, whatever the rules say: they become the fault. Who was turned away is not.
create or replace function keep_decision(p_scan check_in_scan) returns check_in_scan
language plpgsql immutable as $$
declare
  v_scan check_in_scan := p_scan;
begin
  if v_scan.replayed or v_scan.reused or not v_scan.own then
    return v_scan;
  end if;
  if v_scan.passed then
    if v_scan.direction = 'entry' then
      v_scan.fault := v_scan.result;
    end if;
    if v_scan.ticket_id is not null then
      v_scan.result := null;
    end if;
  elsif v_scan.ticket_id is not null then
    v_scan.result := v_scan.decision;
  end if;
  return v_scan;
end
$$;
