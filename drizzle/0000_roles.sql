-- rolling upgrade: yes, because it only grants, and sets timeouts of a role that is made with the database.
-- What the API and the workers may do: read and write rows, run functions. Never define tables, never truncate.
-- The role is made by whoever makes the database; where one role does everything, there is nothing to grant.
do $$
begin
  if not exists (select from pg_roles where rolname = 'antre_app') or current_user = 'antre_app' then
    return;
  end if;
  grant usage on schema public to antre_app;
  alter default privileges in schema public grant select, insert, update, delete on tables to antre_app;
  alter default privileges in schema public grant usage, select on sequences to antre_app;
  begin
    -- Set on the role because PgBouncer refuses them at the start of a connection, and a `set` would leak to other clients.
    alter role antre_app set lock_timeout = '2s';
    alter role antre_app set idle_in_transaction_session_timeout = '5s';
    alter role antre_app set statement_timeout = '15s';
    -- A plan kept from before the rush, when the tables were small, can be a thousand times too slow in it.
    alter role antre_app set plan_cache_mode = 'force_custom_plan';
  exception when insufficient_privilege then
    raise notice 'the timeouts of antre_app were not set: % may not change that role', current_user;
  end;
end
$$;
