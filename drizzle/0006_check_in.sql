create table gates (
  event_id text not null references events (id),
  id text not null,
  name text not null,
  -- Categories that may enter here; null for all.
  ticket_category_ids text[],
  primary key (event_id, id)
);

create unique index gates_name on gates (event_id, lower(name));

-- At most one row per ticket: the admission. Re-entry flips `inside`.
create table admissions (
  event_id text not null,
  ticket_id text not null,
  inside boolean not null default true,
  admitted_at timestamptz not null,
  gate text,
  device_id text not null,
  scan_id text not null,
  entries integer not null default 1 check (entries >= 1),
  primary key (event_id, ticket_id)
) with (fillfactor = 80);

-- Every scan and the answer it got; a repeated scan id gets that answer again.
create table scans (
  event_id text not null,
  device_id text not null,
  scan_id text not null,
  ticket_id text,
  direction text not null check (direction in ('entry', 'exit')),
  result text not null check (result in (
    'admitted', 'exited', 'already_used', 'revoked', 'invalid', 'wrong_event', 'not_paid', 'too_early', 'too_late',
    'wrong_gate')),
  -- Two gates let the same ticket in, each without knowing of the other: set on the one that came later.
  conflict boolean not null default false,
  -- The other one of the two.
  conflict_at timestamptz,
  conflict_gate text,
  gate text,
  offline boolean not null default false,
  scanned_at timestamptz not null,
  received_at timestamptz not null default now(),
  first_admitted_at timestamptz,
  first_gate text,
  primary key (event_id, device_id, scan_id)
);

create index scans_ticket on scans (event_id, ticket_id, scanned_at) where ticket_id is not null;
create index scans_conflict on scans (event_id, scanned_at) where conflict;
