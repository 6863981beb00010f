create table payment_accounts (
  organizer_id text not null references organizers (id),
  gateway text not null check (gateway in ('midtrans')),
  merchant_id text not null,
  -- JSON of the gateway's keys, encrypted for this organiser and gateway.
  credentials text not null,
  updated_at timestamptz not null default now(),
  primary key (organizer_id, gateway)
);

create table payment_attempts (
  event_id text not null,
  id text not null,
  order_id text not null,
  organizer_id text not null,
  number smallint not null check (number between 1 and 99),
  gateway text not null,
  method text not null,
  amount bigint not null check (amount > 0),
  currency text not null,
  status text not null check (status in (
    'creating', 'unknown', 'pending', 'review', 'authorized', 'captured', 'settled', 'denied', 'failed', 'expired',
    'cancelled', 'voided', 'reversed', 'refunded', 'partially_refunded', 'charged_back')),
  -- The gateway's own id of the transaction, once it is known.
  gateway_reference text,
  redirect_url text,
  instructions jsonb not null default '{}',
  received bigint not null default 0 check (received >= 0),
  refunded bigint not null default 0 check (refunded >= 0 and refunded <= received),
  failure text,
  created_at timestamptz not null default now(),
  -- When the gateway stops accepting money for it.
  expires_at timestamptz,
  -- When the reconciler or the closer asks the gateway next; null when there is nothing to ask.
  next_check_at timestamptz,
  checks integer not null default 0,
  close_requested_at timestamptz,
  updated_at timestamptz not null default now(),
  primary key (event_id, id)
) with (fillfactor = 80);

-- One open attempt per order.
create unique index payment_attempts_open on payment_attempts (event_id, order_id)
  where status in ('creating', 'unknown', 'pending', 'review', 'authorized');
create index payment_attempts_order on payment_attempts (event_id, order_id, number);
create index payment_attempts_next_check on payment_attempts (next_check_at) where next_check_at is not null;

-- The inbox. The row with its deduplication key stays for at least 30 days and is not partitioned; the raw bytes are,
-- and go by the day.
create table callbacks (
  id bigint generated always as identity primary key,
  gateway text not null,
  organizer_id text not null,
  dedup_key bytea not null,
  attempt_id text,
  status text not null default 'received' check (status in ('received', 'applied', 'ignored', 'refused')),
  outcome text,
  received_at timestamptz not null default now(),
  applied_at timestamptz,
  unique (gateway, organizer_id, dedup_key)
);

create index callbacks_received on callbacks (received_at) where status = 'received';

create table callback_payloads (
  callback_id bigint not null,
  payload bytea not null,
  received_at timestamptz not null default now(),
  primary key (callback_id, received_at)
) partition by range (received_at);

create table callback_payloads_default partition of callback_payloads default;

-- Makes the partitions of today and the next days, and drops those older than `keep_days`. Owned by the owner of the
-- tables, so that the service itself needs no right to change them.
create function maintain_callback_partitions(keep_days integer) returns void
language plpgsql security definer set search_path = public as $$
declare
  day date;
  partition_name text;
begin
  for day in select generate_series(current_date, current_date + 3, interval '1 day')::date loop
    partition_name := 'callback_payloads_' || to_char(day, 'YYYYMMDD');
    if to_regclass(partition_name) is null
       and not exists (select 1 from callback_payloads_default where received_at >= day and received_at < day + 1) then
      execute format('create table %I partition of callback_payloads for values from (%L) to (%L)', partition_name, day, day + 1);
    end if;
  end loop;
  for partition_name in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'callback_payloads'::regclass and c.relname ~ '^callback_payloads_\d{8}$'
      and to_date(right(c.relname, 8), 'YYYYMMDD') < current_date - greatest(keep_days, 2)
  loop
    execute format('drop table %I', partition_name);
  end loop;
  delete from callback_payloads_default where received_at < current_date - greatest(keep_days, 2);
end $$;

select maintain_callback_partitions(14);

create table refunds (
  event_id text not null,
  id text not null,
  order_id text not null,
  attempt_id text not null,
  organizer_id text not null,
  amount bigint not null check (amount > 0),
  currency text not null,
  reason text not null check (reason in (
    'requested', 'buyer_cancelled', 'late_payment', 'double_payment', 'underpaid', 'surplus', 'event_cancelled', 'external')),
  -- manual_required: the rail has no refund API, a person must pay it back; a task says so.
  status text not null check (status in ('requested', 'processing', 'done', 'failed', 'manual_required')),
  -- Tickets that this refund takes back; null for all of the order.
  ticket_ids text[],
  gateway_refund_key text not null,
  requested_by text not null,
  tries integer not null default 0,
  next_check_at timestamptz,
  failure text,
  -- Of the request that asked for it, when a person did.
  idempotency_key_hash bytea,
  fingerprint bytea,
  created_at timestamptz not null default now(),
  done_at timestamptz,
  primary key (event_id, id),
  unique (event_id, attempt_id, gateway_refund_key)
);

create unique index refunds_idempotency on refunds (event_id, order_id, idempotency_key_hash, attempt_id)
  where idempotency_key_hash is not null;
create index refunds_organizer on refunds (organizer_id, id);

create index refunds_order on refunds (event_id, order_id);
create index refunds_next_check on refunds (next_check_at) where next_check_at is not null;

-- Double-entry bookkeeping: the entries of one posting add up to zero. Never updated, never deleted.
create table ledger_entries (
  event_id text not null,
  posting text not null,
  account text not null check (account in (
    'gateway', 'bank', 'sales', 'fees', 'discounts', 'refunds_due', 'chargebacks')),
  order_id text not null,
  attempt_id text not null,
  amount bigint not null check (amount <> 0),
  currency text not null,
  posted_at timestamptz not null default now(),
  primary key (event_id, posting, account)
);

create index ledger_entries_order on ledger_entries (event_id, order_id);

-- Work for a person, by name: what the machine must not or cannot decide.
create table tasks (
  id text primary key,
  organizer_id text not null,
  event_id text not null,
  order_id text not null,
  kind text not null,
  subject_id text not null,
  detail jsonb not null default '{}',
  created_at timestamptz not null default now(),
  resolved_at timestamptz,
  resolved_by text,
  unique (event_id, kind, subject_id)
);

create index tasks_open on tasks (organizer_id, id) where resolved_at is null;
