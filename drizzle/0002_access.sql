create table organizers (
  id text primary key,
  slug text not null unique check (slug ~ '^[a-z0-9](?:[a-z0-9-]{1,46}[a-z0-9])$'),
  name text not null,
  created_at timestamptz not null default now()
);

create table staff (
  id text primary key,
  organizer_id text not null references organizers (id),
  email text not null unique,
  name text not null,
  role text not null check (role in ('owner', 'manager', 'door')),
  status text not null check (status in ('invited', 'active', 'disabled')),
  password_hash text,
  -- Language of the mails to this member.
  locale text not null default 'id' check (locale in ('id', 'en')),
  -- Made by the local launcher with a published password; production refuses to start while one exists.
  is_demo boolean not null default false,
  created_at timestamptz not null default now(),
  check (status <> 'active' or password_hash is not null)
);

create index staff_organizer on staff (organizer_id, id);

-- One-time links: invitations and password resets. The secret half of the link is a keyed hash of the id, so that
-- neither this table nor a job's payload can open one.
create table staff_tokens (
  id text primary key,
  staff_id text not null references staff (id),
  purpose text not null check (purpose in ('invitation', 'password_reset')),
  expires_at timestamptz not null,
  -- When it was used, or made void by a later link or by the end of its member.
  used_at timestamptz,
  created_at timestamptz not null default now()
);

create index staff_tokens_staff on staff_tokens (staff_id);

create table sessions (
  id text primary key,
  staff_id text not null references staff (id),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ended_at timestamptz
);

create index sessions_staff on sessions (staff_id) where ended_at is null;

create table api_keys (
  id text primary key,
  organizer_id text not null references organizers (id),
  name text not null,
  -- A key never has the rights of an owner, so it cannot make keys.
  role text not null check (role in ('manager', 'door')),
  key_hash bytea not null unique,
  created_by text not null,
  created_at timestamptz not null default now(),
  ended_at timestamptz
);

create index api_keys_organizer on api_keys (organizer_id, id);

-- Door hardware: a device may scan for one event, and nothing else.
create table devices (
  id text primary key,
  organizer_id text not null references organizers (id),
  event_id text not null,
  name text not null,
  token_hash bytea not null unique,
  created_by text not null,
  created_at timestamptz not null default now(),
  ended_at timestamptz
);

create index devices_event on devices (organizer_id, event_id, id);

-- Who changed what. Written in the transaction of the change; never updated, never deleted.
create table audit_log (
  id bigint generated always as identity primary key,
  organizer_id text not null,
  actor_kind text not null check (actor_kind in ('staff', 'api_key', 'device', 'operator', 'system')),
  actor_id text not null,
  act text not null,
  subject_id text not null,
  changes jsonb not null default '{}',
  at timestamptz not null default now()
);

create index audit_log_organizer on audit_log (organizer_id, id desc);
