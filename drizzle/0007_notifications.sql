-- One row per (what it is about, template, channel, recipient, version): the one effect. Addresses are not kept here;
-- they are read from the order or the staff member when the message is made.
create table deliveries (
  id text primary key,
  organizer_id text not null,
  event_id text,
  subject_id text not null,
  template text not null,
  channel text not null check (channel in ('email', 'whatsapp')),
  recipient_key text not null,
  version integer not null default 1,
  status text not null default 'queued' check (status in (
    'queued', 'sending', 'accepted', 'sent', 'delivered', 'read', 'failed', 'unknown', 'suppressed')),
  sender_id text,
  provider_message_id text,
  tries integer not null default 0,
  failure text,
  created_at timestamptz not null default now(),
  sending_at timestamptz,
  accepted_at timestamptz,
  delivered_at timestamptz,
  -- When somebody looks whether it is stuck; null once nothing is left to do.
  next_check_at timestamptz default now() + interval '15 minutes',
  -- Sends whose outcome nobody told us.
  unknowns smallint not null default 0,
  unique (subject_id, template, channel, recipient_key, version)
) with (fillfactor = 80);

create index deliveries_provider_message on deliveries (provider_message_id) where provider_message_id is not null;
create index deliveries_next_check on deliveries (next_check_at) where next_check_at is not null;

-- Numbers that WhatsApp messages go out from: the organiser's own, or the platform's (organizer_id null).
create table senders (
  id text primary key,
  organizer_id text references organizers (id),
  kind text not null check (kind in ('whatsapp_cloud')),
  phone_number_id text not null unique,
  -- JSON of access token, app secret and verify token, encrypted for this sender.
  credentials text not null,
  messages_per_second integer not null default 60 check (messages_per_second between 1 and 1000),
  status text not null default 'active' check (status in ('active', 'cooling', 'disabled')),
  cooling_until timestamptz,
  last_failure text,
  created_at timestamptz not null default now()
);

-- Recipients that a channel has refused for good.
create table suppressions (
  channel text not null,
  recipient_key text not null,
  reason text not null,
  until timestamptz,
  created_at timestamptz not null default now(),
  primary key (channel, recipient_key)
);

-- Paid orders of the last minutes, each of which must have its delivery.
create index orders_paid_at on orders (paid_at) where paid_at is not null;
