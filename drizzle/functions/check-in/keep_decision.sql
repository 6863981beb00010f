-- Sets what the door decided on an offline scan whose rules were checked (`result`: the refusal by the rules). A person who was let
-- in is inside whatever the rules say, and the refusal becomes the fault. A person who was turned away is not inside.
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
