-- Takes the event's lane until the end of the transaction.
create or replace function enter_lane(p_event_id text) returns void
language sql as $$ select pg_advisory_xact_lock(hashtextextended('lane:' || p_event_id, 0)) $$;
