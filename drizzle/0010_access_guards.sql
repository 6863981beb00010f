-- A device scans for an event of its own organiser: the database says so, since access does not know the catalogue.
create unique index events_organizer_event on events (organizer_id, id);
drop index events_organizer;
alter table devices add constraint devices_event_of_organizer
  foreign key (organizer_id, event_id) references events (organizer_id, id);

-- The audit log only grows: the service itself cannot rewrite it.
do $$
begin
  if exists (select from pg_roles where rolname = 'antre_app') and current_user <> 'antre_app' then
    revoke update, delete on audit_log from antre_app;
  end if;
end
$$;
