-- What operators have switched, as it is now. Every API process reads the rows that are on twice a second; they are few.
create table switches (
  name text not null check (name ~ '^[a-z][a-z0-9_]{0,39}$'),
  -- The event it is for, or 'all'.
  event_id text not null,
  event_slug text check ((event_slug is null) = (event_id = 'all')),
  is_on boolean not null,
  -- When it goes off by itself.
  until timestamptz,
  reason text not null,
  changed_by text not null,
  changed_at timestamptz not null default now(),
  primary key (name, event_id)
);

create index switches_on on switches (name) where is_on;

-- Every turn of a switch: what, who, why, when. It only grows: the service itself cannot rewrite it.
create table switch_turns (
  id bigint generated always as identity primary key,
  name text not null,
  event_id text not null,
  is_on boolean not null,
  until timestamptz,
  reason text not null check (char_length(reason) between 3 and 300),
  turned_by text not null check (char_length(turned_by) between 1 and 80),
  at timestamptz not null default now()
);

do $$
begin
  if exists (select from pg_roles where rolname = 'antre_app') and current_user <> 'antre_app' then
    revoke update, delete on switch_turns from antre_app;
  end if;
end
$$;
