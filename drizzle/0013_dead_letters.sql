-- The relay takes due work by kind, so that no kind waits behind the backlog of another. A row stays until its job is done.
alter table outbox add column relays smallint not null default 0;

drop index outbox_available_at;
create index outbox_due on outbox (name, available_at, id);

-- Jobs that were given up, kept for a person: nothing that matters lives only in Redis.
create table dead_letters (
  id bigint generated always as identity primary key,
  outbox_id bigint not null unique,
  name text not null,
  payload jsonb not null,
  failure text not null,
  staged_at timestamptz not null,
  failed_at timestamptz not null default now()
);
