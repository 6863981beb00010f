-- The one truth about what may still be sold. Narrow, updated in place (HOT): room on the page, no index on a counter.
create table stock (
  event_id text not null,
  pool_id text not null,
  capacity integer not null check (capacity >= 0),
  available integer not null check (available >= 0),
  held integer not null default 0 check (held >= 0),
  sold integer not null default 0 check (sold >= 0),
  blocked integer not null default 0 check (blocked >= 0),
  primary key (event_id, pool_id),
  foreign key (event_id, pool_id) references pools (event_id, id),
  constraint stock_conserved check (available + held + sold + blocked = capacity)
) with (
  fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500,
  autovacuum_vacuum_cost_delay = 0, autovacuum_analyze_threshold = 100000
);

create table promo_codes (
  event_id text not null references events (id),
  id text not null,
  code text not null check (code ~ '^[A-Z0-9-]{3,32}$'),
  kind text not null check (kind in ('percent', 'amount')),
  value bigint not null check (value > 0),
  redemptions_max integer check (redemptions_max >= 1),
  redemptions integer not null default 0 check (redemptions >= 0),
  valid_from timestamptz,
  valid_until timestamptz,
  status text not null default 'active' check (status in ('active', 'closed')),
  created_at timestamptz not null default now(),
  primary key (event_id, id),
  unique (event_id, code),
  check (kind <> 'percent' or value <= 100),
  constraint promo_codes_limit check (redemptions_max is null or redemptions <= redemptions_max)
) with (fillfactor = 50);

-- Quantities counted against a limit: per buyer (b:<key>), per buyer and category (b:<key>:<category>), held per
-- network (n:<key>). Keys are keyed hashes; no one can be read from them.
create table limit_counters (
  event_id text not null,
  counter_key text not null,
  quantity integer not null check (quantity >= 0),
  primary key (event_id, counter_key)
) with (fillfactor = 80);

-- No foreign key to events: placement reads the event itself, and a key-share lock per order on one row would be felt.
create table orders (
  event_id text not null,
  id text not null,
  organizer_id text not null,
  status text not null check (status in (
    'pending_payment', 'closing', 'paid', 'partially_refunded', 'refunded', 'expired', 'cancelled')),
  idempotency_key_hash bytea not null,
  fingerprint bytea not null,
  buyer_name text not null,
  buyer_email text not null,
  buyer_phone text not null,
  buyer_keys text[] not null,
  network_key text not null,
  locale text not null check (locale in ('id', 'en')),
  currency text not null,
  quantity integer not null check (quantity > 0),
  subtotal bigint not null check (subtotal >= 0),
  discount bigint not null check (discount >= 0 and discount <= subtotal),
  fees bigint not null check (fees >= 0),
  total bigint not null check (total = subtotal - discount + fees),
  promo_code_id text,
  placed_at timestamptz not null,
  -- When the hold ends. Moved once, when the payment instructions are ready, and never beyond hold_ends_max_at.
  expires_at timestamptz not null,
  hold_ends_max_at timestamptz not null,
  paid_at timestamptz,
  closed_at timestamptz,
  -- What a hold that is closing will become once no attempt is open.
  close_reason text check (close_reason in ('expired', 'cancelled')),
  -- Why a person should look: late_no_stock, double_payment, underpaid, overpaid, reversed, ...
  attention text[] not null default '{}',
  primary key (event_id, id),
  check (status not in ('paid', 'partially_refunded') or paid_at is not null)
) with (fillfactor = 80);

create unique index orders_idempotency on orders (idempotency_key_hash, event_id);
-- Holds that end: the sweeper, and the reclaim inside placement.
create index orders_hold_end on orders (expires_at) where status = 'pending_payment';
-- The desk and the lost-link look-up ask by the ten characters a buyer reads out.
create index orders_code on orders (right(id, 10));

create table order_lines (
  event_id text not null,
  order_id text not null,
  ticket_category_id text not null,
  pool_id text not null,
  quantity integer not null check (quantity > 0),
  unit_price bigint not null check (unit_price >= 0),
  primary key (event_id, order_id, ticket_category_id)
);

create table tickets (
  event_id text not null,
  id text not null,
  order_id text not null,
  ticket_category_id text not null,
  -- 128 random bits; what the QR carries, in base 32.
  code bytea not null check (length(code) = 16),
  status text not null default 'live' check (status in ('live', 'revoked')),
  issued_at timestamptz not null default now(),
  revoked_at timestamptz,
  revoked_reason text,
  primary key (event_id, id),
  unique (event_id, code)
);

create index tickets_order on tickets (event_id, order_id);
