-- Work promised by committed transactions; the relay moves it to the queue and deletes it.
create table outbox (
  id bigint generated always as identity primary key,
  name text not null,
  payload jsonb not null,
  available_at timestamptz not null default now(),
  created_at timestamptz not null default now()
) with (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000);

create index outbox_available_at on outbox (available_at, id);
