-- rolling upgrade: no, because it is the first schema: there is no version before it.

-- platform ------------------------------------------------------------------------------------------------------------

-- Jobs staged by committed transactions. The relay adds them to the queue. A row stays until its job is done.
create table outbox (
  id bigint generated always as identity primary key,
  name text not null,
  payload jsonb not null,
  available_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  relays smallint not null default 0,
  -- The event that the job works for, '-' for none. The relay divides the queue's room between events.
  event_id text not null generated always as (
    coalesce(payload ->> 'eventId', 'evt_' || substr(payload ->> 'attemptId', 5, 8), '-')) stored,
  -- Of the sampled trace that staged the job (W3C Trace Context); null for nearly all.
  traceparent text check (char_length(traceparent) <= 55)
);

-- Jobs that are not in the queue yet, by kind and event, so that no kind or event waits behind another's backlog.
create index outbox_staged on outbox (name, event_id, available_at, id) where relays = 0;
-- Jobs that are in the queue and not done, by the end of their lease. Each row is in one of the two indexes.
create index outbox_leased on outbox (available_at, id) where relays > 0;

-- Jobs that were given up, kept for a person, since nothing that matters lives only in Redis.
create table dead_letters (
  id bigint generated always as identity primary key,
  outbox_id bigint not null unique,
  name text not null,
  payload jsonb not null,
  failure text not null,
  staged_at timestamptz not null,
  failed_at timestamptz not null default now()
);

-- operators -----------------------------------------------------------------------------------------------------------

-- The switches that operators have turned, in their present state. Every API process reads the few rows that are on, twice
-- a second.
create table switches (
  name text not null check (name ~ '^[a-z][a-z0-9_]{0,39}$'),
  -- The event it is for, or 'all'.
  event_id text not null,
  event_slug text check ((event_slug is null) = (event_id = 'all')),
  is_on boolean not null,
  -- When it turns off by itself.
  until timestamptz,
  reason text not null,
  changed_by text not null,
  changed_at timestamptz not null default now(),
  primary key (name, event_id)
);

create index switches_on on switches (name) where is_on;

-- Every turn of a switch: what, who, why, when. Append-only: the service itself cannot rewrite it.
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

-- access --------------------------------------------------------------------------------------------------------------

create table organizers (
  id text primary key,
  slug text not null unique check (slug ~ '^[a-z0-9](?:[a-z0-9-]{1,46}[a-z0-9])$'),
  name text not null,
  created_at timestamptz not null default now()
);

-- What an organizer tells buyers about itself, in two languages. Written by the catalog (docs/architecture.md).
create table organizer_profiles (
  organizer_id text primary key references organizers (id),
  contact_email text check (char_length(contact_email) between 3 and 254),
  contact_phone text check (char_length(contact_phone) between 5 and 64),
  privacy_id text not null default '' check (char_length(privacy_id) <= 20000),
  privacy_en text not null default '' check (char_length(privacy_en) <= 20000),
  terms_id text not null default '' check (char_length(terms_id) <= 20000),
  terms_en text not null default '' check (char_length(terms_en) <= 20000),
  changed_at timestamptz not null default now()
);

create table staff (
  id text primary key,
  organizer_id text not null references organizers (id),
  email text not null,
  name text not null,
  role text not null check (role in ('owner', 'manager', 'door')),
  status text not null check (status in ('invited', 'active', 'disabled')),
  password_hash text,
  -- Language of the mails to this member.
  locale text not null default 'id' check (locale in ('id', 'en')),
  -- Created by the local launcher with a published password. Production refuses to start while such a row exists.
  is_demo boolean not null default false,
  -- The member who invited this member last or took the invitation over: an open invitation ends with that member. Null: an
  -- operator.
  invited_by text,
  -- The events that a member is limited to; null for all. An event that does not exist any more stays here and opens nothing.
  event_ids text[] check (cardinality(event_ids) >= 1),
  check (role <> 'owner' or event_ids is null),
  -- The events at which a member with the role door is the manager.
  manager_event_ids text[] check (cardinality(manager_event_ids) >= 1),
  check (role = 'door' or manager_event_ids is null),
  check (event_ids is null or manager_event_ids is null or manager_event_ids <@ event_ids),
  created_at timestamptz not null default now(),
  unique (organizer_id, email),
  check (status <> 'active' or password_hash is not null)
);

-- An address signs in for one organizer. Only accepting an invitation takes the address; being invited does not.
create unique index staff_email_active on staff (email) where status = 'active';

create index staff_organizer on staff (organizer_id, id);

-- One-time links: invitations and password resets. The secret half of the link is a keyed hash of the id, so neither this
-- table nor a job's payload can open one.
create table staff_tokens (
  id text primary key,
  staff_id text not null references staff (id),
  purpose text not null check (purpose in ('invitation', 'password_reset')),
  expires_at timestamptz not null,
  -- When it was used, or voided by a later link or by the end of its member.
  used_at timestamptz,
  created_at timestamptz not null default now()
);

create index staff_tokens_staff on staff_tokens (staff_id);

create table sessions (
  id text primary key,
  staff_id text not null references staff (id),
  -- A keyed hash of address and network of the sign-in: the member is known from that network.
  network_key text,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ended_at timestamptz
);

create index sessions_staff on sessions (staff_id) where ended_at is null;
create index sessions_network on sessions (staff_id, network_key);

create table api_keys (
  id text primary key,
  organizer_id text not null references organizers (id),
  name text not null,
  -- A key never has the rights of an owner, so it cannot make keys.
  role text not null check (role in ('manager', 'door')),
  -- The areas that it is limited to (src/access/credentials/key-scopes.ts). Null, as keys were made before: all that its role may do.
  scopes text[] check (cardinality(scopes) > 0),
  key_hash bytea not null unique,
  created_by text not null,
  -- The member who is responsible for it: its creator, or who took it over. It ends with that member.
  responsible_id text not null,
  created_at timestamptz not null default now(),
  ended_at timestamptz
);

create index api_keys_organizer on api_keys (organizer_id, id);

-- Who changed what. Written in the transaction of the change; never updated, never deleted.
create table audit_log (
  id bigint generated always as identity primary key,
  organizer_id text not null,
  actor_kind text not null check (actor_kind in ('staff', 'api_key', 'device', 'operator', 'system')),
  actor_id text not null,
  act text not null,
  subject_id text not null,
  changes jsonb not null default '{}',
  -- Not the beginning of the transaction: what was done comes after what it made possible.
  at timestamptz not null default clock_timestamp()
);

create index audit_log_organizer on audit_log (organizer_id, id desc);
create index audit_log_actor on audit_log (organizer_id, actor_id, id desc);
create index audit_log_time on audit_log (organizer_id, at);
-- What was done to one order.
create index audit_log_subject on audit_log (subject_id, id);

-- A buyer's proof of an email or phone. The code is a keyed hash of the id, so it is not stored. The row, with the address,
-- is deleted soon after it has ended.
create table buyer_verifications (
  id text primary key,
  channel text not null check (channel in ('email', 'whatsapp')),
  account_key text not null,
  -- The address that gets the code, encrypted for this row.
  target_sealed text not null,
  locale text not null check (locale in ('id', 'en')),
  -- The event that the code is for, if any: the message carries its organizer's name and number.
  organizer_id text,
  event_id text,
  -- Number of wrong codes.
  tries smallint not null default 0 check (tries between 0 and 5),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  confirmed_at timestamptz,
  check (channel <> 'whatsapp' or organizer_id is not null)
);

create index buyer_verifications_expires on buyer_verifications (expires_at);

-- catalog -------------------------------------------------------------------------------------------------------------

-- Files of pictures; a picture's id is a hash of its content and owner.
create table pictures (
  id text primary key check (id ~ '^[0-9a-f]{32}$'),
  organizer_id text not null references organizers (id),
  -- When it was last uploaded, or taken from an event. What no event shows is deleted a day later.
  touched_at timestamptz not null default now()
);
create index pictures_organizer on pictures (organizer_id, touched_at);
create index pictures_touched on pictures (touched_at);

create table events (
  id text primary key,
  organizer_id text not null references organizers (id),
  slug text not null unique check (slug ~ '^[a-z0-9](?:[a-z0-9-]{1,78}[a-z0-9])$'),
  name text not null,
  summary text not null default '',
  description text not null default '',
  -- For readers of English, as far as they differ.
  name_en text check (name_en <> ''),
  summary_en text check (summary_en <> ''),
  description_en text check (description_en <> ''),
  category text not null,
  city text not null,
  venue text not null,
  address text not null default '',
  time_zone text not null default 'Asia/Jakarta',
  currency text not null default 'IDR' check (currency ~ '^[A-Z]{3}$'),
  -- ISO 3166-1. A phone number without a country code belongs to this country.
  country text not null default 'ID' check (country ~ '^[A-Z]{2}$'),
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  doors_open_at timestamptz not null,
  status text not null default 'draft' check (status in ('draft', 'published', 'cancelled')),
  -- Whether all sales are open, independent of the windows of the categories.
  sales text not null default 'open' check (sales in ('open', 'closed')),
  -- By default long enough for a bank transfer.
  hold_seconds integer not null default 1800 check (hold_seconds between 60 and 86400),
  tickets_per_order_max integer not null default 10 check (tickets_per_order_max between 1 and 100),
  tickets_per_buyer_max integer check (tickets_per_buyer_max between 1 and 10000),
  fee_per_ticket bigint not null default 0 check (fee_per_ticket >= 0),
  -- Whether a buyer may cancel a paid order (which refunds it), and until how long before the start.
  refundable_until_hours integer check (refundable_until_hours >= 0),
  -- Whether people may give their tickets to others.
  transfers_allowed boolean not null default true,
  has_waiting_list boolean not null default false,
  -- Until how long before the doors open buyers give names of holders and answers.
  details_until_hours integer not null default 0 check (details_until_hours between 0 and 8760),
  version integer not null default 1,
  created_at timestamptz not null default now(),
  published_at timestamptz,
  -- Since when the event has no date: its times are those before the postponement.
  postponed_at timestamptz,
  picture_id text references pictures (id),
  picture_alt text not null default '',
  -- The point that every cut of the picture keeps in view, in percent.
  picture_focus_x integer not null default 50 check (picture_focus_x between 0 and 100),
  picture_focus_y integer not null default 50 check (picture_focus_y between 0 and 100),
  -- The search entry, made from the event's texts by src/catalog/search. The worker adds it to rows that were written past
  -- the service and renews older versions.
  search tsvector not null default '',
  city_key text not null default '',
  category_key text not null default '',
  search_version integer not null default 0,
  -- Postgres must know the zone: lists by day ask for local times.
  check (starts_at at time zone time_zone is not null),
  check (starts_at < ends_at and doors_open_at <= ends_at),
  -- Lets the listing of current events begin in the middle of the index instead of at the first event ever.
  check (ends_at - starts_at <= interval '366 days')
);

create unique index events_organizer_event on events (organizer_id, id);
create index events_picture on events (picture_id) where picture_id is not null;
create index events_public on events (starts_at, id) where status = 'published';
create index events_public_city on events (city_key, starts_at, id) where status = 'published';
create index events_search on events using gin (search) where status = 'published';
create index events_search_version on events (search_version);

create table schedule_items (
  event_id text not null references events (id),
  id text not null,
  title text not null,
  stage text not null default '',
  description text not null default '',
  -- For readers of English; null where it reads the same.
  title_en text,
  stage_en text,
  description_en text,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  primary key (event_id, id),
  check (starts_at < ends_at)
);

-- A number of places that one or several ticket categories draw from. Its counters are the row in stock.
create table pools (
  event_id text not null references events (id),
  id text not null,
  name text not null,
  created_at timestamptz not null default now(),
  primary key (event_id, id)
);

create table ticket_categories (
  event_id text not null references events (id),
  id text not null,
  pool_id text not null,
  name text not null,
  description text not null default '',
  name_en text check (name_en <> ''),
  description_en text check (description_en <> ''),
  price bigint not null check (price between 0 and 9000000000000),
  sale_opens_at timestamptz not null,
  sale_closes_at timestamptz not null,
  per_order_min integer not null default 1 check (per_order_min between 1 and 100),
  per_order_max integer not null default 10 check (per_order_max between 1 and 100),
  per_buyer_max integer check (per_buyer_max between 1 and 10000),
  entry_opens_at timestamptz,
  entry_closes_at timestamptz,
  position integer not null default 0,
  status text not null default 'on_sale' check (status in ('on_sale', 'closed')),
  -- Whether each ticket carries the name of its holder, which the buyer gives.
  has_holder_names boolean not null default false,
  primary key (event_id, id),
  foreign key (event_id, pool_id) references pools (event_id, id),
  check (sale_opens_at < sale_closes_at),
  check (per_order_min <= per_order_max)
);

-- Door hardware: a device may scan for one event and do nothing else.
create table devices (
  id text primary key,
  organizer_id text not null references organizers (id),
  event_id text not null,
  name text not null,
  token_hash bytea not null unique,
  created_by text not null,
  responsible_id text not null,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  -- Must be an event of its own organizer. The database checks that, since the room access does not know the catalog.
  constraint devices_event_of_organizer foreign key (organizer_id, event_id) references events (organizer_id, id)
);

create index devices_event on devices (organizer_id, event_id, id);

-- orders --------------------------------------------------------------------------------------------------------------

-- The only truth about what may still be sold. The table is narrow, has no index on a counter, and leaves room on each
-- page, so that updates are in place (HOT).
create table stock (
  event_id text not null,
  pool_id text not null,
  capacity integer not null check (capacity >= 0),
  available integer not null check (available >= 0),
  held integer not null default 0 check (held >= 0),
  sold integer not null default 0 check (sold >= 0),
  blocked integer not null default 0 check (blocked >= 0),
  -- People wait for places of this pool: only the waiting list takes them.
  is_listed boolean not null default false,
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
  -- The text that buyers' input is compared with: the code without its hyphens.
  code_key text not null generated always as (replace(code, '-', '')) stored check (code_key <> ''),
  kind text not null check (kind in ('percent', 'amount')),
  value bigint not null check (value > 0),
  redemptions_max integer check (redemptions_max >= 1),
  redemptions integer not null default 0 check (redemptions >= 0),
  valid_from timestamptz,
  valid_until timestamptz,
  status text not null default 'active' check (status in ('active', 'closed')),
  created_at timestamptz not null default now(),
  primary key (event_id, id),
  unique (code_key, event_id),
  check (kind <> 'percent' or value <= 100),
  constraint promo_codes_limit check (redemptions_max is null or redemptions <= redemptions_max)
) with (fillfactor = 50);

-- Quantities counted against a limit: per buyer (b:<key>), per buyer and category (b:<key>:<category>), held per network
-- (n:<key>). The keys are keyed hashes, which identify nobody.
create table limit_counters (
  event_id text not null,
  counter_key text not null,
  quantity integer not null check (quantity >= 0),
  primary key (event_id, counter_key)
) with (fillfactor = 80);

-- No foreign key to events: placement reads the event itself, and a key-share lock per order on one row would cost too
-- much.
--
-- Half of each page is left for the row's next version. Its updates change indexed columns and are never HOT, but in one page they
-- write an eighth less WAL than with a fillfactor of 80, and a version that nobody needs any more makes room for the next. Each order is
-- paid, expires or is cancelled, so the table is no larger. The same holds for payment_attempts, deliveries
-- and webhook_deliveries.
create table orders (
  event_id text not null,
  id text not null,
  organizer_id text not null,
  status text not null check (status in (
    'pending_payment', 'closing', 'paid', 'partially_refunded', 'refunded', 'expired', 'cancelled')),
  -- 128 bits of each. Four of the key's bytes come from the event, so that the keys of one event are together in the index.
  idempotency_key_hash uuid not null,
  fingerprint uuid not null,
  buyer_name text not null,
  buyer_email text not null,
  -- E.164.
  buyer_phone text not null,
  -- Keyed hashes of the normalised email and phone.
  buyer_keys text[] not null,
  -- The one of the two that the asker had proven when ordering, by a pass or a buyer token.
  confirmed_key text,
  -- Of the link that opens the order. A corrected email makes the links before it worthless.
  link_version smallint not null default 1 check (link_version between 1 and 99),
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
  -- The status of a closing hold once no attempt is open.
  close_reason text check (close_reason in ('expired', 'cancelled')),
  -- Reasons for a person to look, of src/orders/flags.ts. Without a check, which each write of an order would read and try.
  flags text[] not null default '{}',
  -- Who gave the hold up, if somebody did. Buyers get no message about their own acts.
  cancelled_by text check (cancelled_by in ('buyer', 'organizer', 'event')),
  -- Of the sampled trace that placed the order: what follows belongs to it. Null for nearly all.
  traceparent text check (char_length(traceparent) <= 55),
  primary key (event_id, id),
  check (status not in ('paid', 'partially_refunded') or paid_at is not null)
) with (fillfactor = 50);

create unique index orders_idempotency on orders (idempotency_key_hash, event_id);
-- Holds that end. Placement reads those of its own event, the sweeper one event after another. A lookup by id with a status
-- must not use this index (see "planner" at the end), so its condition is written differently.
create index orders_hold_end on orders (event_id, expires_at) where status || '' = 'pending_payment';
-- Orders that have been closing for too long. The condition is written differently for the same reason.
create index orders_closing on orders (expires_at) where status || '' = 'closing';
-- The ten characters that a buyer reads out. The desk searches within an event; a lost link searches one event after
-- another.
create index orders_code on orders (right(id, 10), event_id);
-- Orders paid in the last minutes. Each must have its delivery.
create index orders_paid_at on orders (paid_at) where paid_at is not null;
-- Holds that ended in the last minutes, for the figures of a sale.
create index orders_expired_at on orders (closed_at) where status || '' = 'expired';
-- Paid orders by their buyer, for a lost link. They get their entries when money comes: placement writes none.
create index orders_paid_email on orders using hash ((buyer_keys[1])) where paid_at is not null;
create index orders_paid_phone on orders using hash ((buyer_keys[2])) where paid_at is not null;

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
  -- 128 random bits, which the QR code carries in base 32.
  code bytea not null check (length(code) = 16),
  -- Codes that this ticket had before.
  codes_before integer not null default 0,
  status text not null default 'live' check (status in ('live', 'revoked')),
  issued_at timestamptz not null default now(),
  revoked_at timestamptz,
  revoked_reason text,
  holder_name text check (length(holder_name) between 1 and 100),
  -- When the name that the ticket shows has changed: its own, or that of the buyer.
  named_at timestamptz,
  times_named smallint not null default 0,
  -- Above zero the ticket belongs to the person whom its latest transfer names, and no longer to the order's buyer.
  times_transferred smallint not null default 0,
  primary key (event_id, id),
  unique (code, event_id),
  check (holder_name is null or named_at is not null)
);

create index tickets_order on tickets (order_id, event_id);

-- What an organizer asks the buyers of an event after they have paid.
create table questions (
  event_id text not null references events (id),
  id text not null,
  text text not null check (char_length(text) between 1 and 200),
  -- For readers of English; without it they read text.
  text_en text check (char_length(text_en) between 1 and 200),
  kind text not null check (kind in ('text', 'choice', 'yes_no')),
  scope text not null check (scope in ('order', 'ticket')),
  choices jsonb not null default '[]',
  is_required boolean not null default false,
  position integer not null default 0,
  status text not null default 'open' check (status in ('open', 'closed')),
  created_at timestamptz not null default now(),
  primary key (event_id, id)
);

-- Apart from orders and tickets, whose rows are hot. The subject is the order, or one of its tickets.
create table answers (
  event_id text not null,
  order_id text not null,
  question_id text not null,
  subject_id text not null,
  value text not null check (char_length(value) between 1 and 500),
  answered_at timestamptz not null,
  primary key (event_id, order_id, question_id, subject_id),
  foreign key (event_id, question_id) references questions (event_id, id)
);

create index answers_question on answers (event_id, question_id);

-- What staff wrote about an order. Never updated, never deleted.
create table order_notes (
  event_id text not null,
  id text not null,
  order_id text not null,
  author_kind text not null check (author_kind in ('staff', 'api_key')),
  author_id text not null,
  text text not null check (char_length(text) between 1 and 2000),
  created_at timestamptz not null default now(),
  primary key (event_id, id)
);

create index order_notes_order on order_notes (order_id, event_id, id);

-- What the desk finds orders by, folded as src/orders/search folds it. A worker adds the rows some seconds after the orders, so that
-- placing an order does not pay for the index.
create table order_searches (
  event_id text not null,
  order_id text not null,
  organizer_id text not null,
  name text not null,
  -- Email and the digits of the phone.
  contact text not null,
  primary key (event_id, order_id)
);

create extension if not exists pg_trgm;
create extension if not exists btree_gin;
create index order_searches_terms on order_searches
  using gin (organizer_id, event_id, name gin_trgm_ops, contact gin_trgm_ops);
-- Whole phone numbers: a mistyped one is found among its neighbours.
create index order_searches_phone on order_searches (organizer_id, substring(contact from '[0-9]*$'));

-- How far each event's orders have been added to order_searches.
create table order_search_marks (
  event_id text primary key,
  after_order_id text not null
);

-- The door list in the order of change, so that a device gets only what is new.
create index tickets_changed on tickets (event_id, greatest(issued_at, revoked_at, named_at), id);

-- Ed25519 keys that sign the codes of an event's tickets. An event with a signing key has signed codes.
create table ticket_keys (
  event_id text not null references events (id),
  key_id integer not null check (key_id between 0 and 255),
  public_key bytea not null check (length(public_key) = 32),
  -- Encrypted with ENCRYPTION_KEY for this event and number.
  private_key text not null,
  -- accepted: signs no more, but its codes are good. withdrawn: its codes open no door.
  status text not null check (status in ('signing', 'accepted', 'withdrawn')),
  created_at timestamptz not null default now(),
  primary key (event_id, key_id)
);

create unique index ticket_keys_signing on ticket_keys (event_id) where status = 'signing';

-- Codes that were replaced. The trigger retire_code writes them, so that devices learn of them.
create table retired_codes (
  event_id text not null,
  code bytea not null,
  ticket_id text not null,
  retired_at timestamptz not null,
  primary key (event_id, code)
);

create index stock_listed on stock (event_id) where is_listed;

-- People who wait for places of a sold-out category. A row is deleted when its person leaves, and after the event.
create table waiting_entries (
  event_id text not null,
  id text not null,
  ticket_category_id text not null,
  pool_id text not null,
  quantity smallint not null check (quantity > 0),
  name text not null,
  email text not null,
  email_key text not null,
  phone text not null,
  locale text not null check (locale in ('id', 'en')),
  -- offering: an order is being placed. ended: a limit of the sale refused it.
  status text not null check (status in ('unconfirmed', 'waiting', 'offering', 'offered', 'ended')),
  created_at timestamptz not null default now(),
  -- When the address was confirmed: the order of the line.
  joined_at timestamptz,
  order_id text,
  primary key (event_id, id),
  check ((joined_at is null) = (status = 'unconfirmed')),
  check ((order_id is null) = (status <> 'offered'))
);

create unique index waiting_entries_once on waiting_entries (event_id, ticket_category_id, email_key)
  where status in ('waiting', 'offering');
create index waiting_entries_address on waiting_entries (event_id, ticket_category_id, email_key) where status = 'unconfirmed';
create index waiting_entries_line on waiting_entries (event_id, pool_id, joined_at, id) where status in ('waiting', 'offering');
create index waiting_entries_unconfirmed on waiting_entries (created_at) where status = 'unconfirmed';

-- Who was given a ticket. The number is part of the link that opens the ticket, so a transfer ends the links before it.
create table ticket_transfers (
  event_id text not null,
  ticket_id text not null,
  number smallint not null,
  holder_name text not null check (length(holder_name) between 1 and 100),
  holder_email text not null,
  -- Keyed hash of the address, as in orders.buyer_keys.
  holder_key text not null,
  transferred_at timestamptz not null default now(),
  primary key (event_id, ticket_id, number)
);

-- What a person was given, for one who asks what is kept of them.
create index ticket_transfers_holder on ticket_transfers (holder_key);

create index retired_codes_changed on retired_codes (event_id, retired_at);

-- payments ------------------------------------------------------------------------------------------------------------

create table payment_accounts (
  organizer_id text not null references organizers (id),
  gateway text not null check (gateway ~ '^[a-z][a-z0-9_]*$'),
  merchant_id text not null,
  -- The account adds the gateway's fee to the payment. What exceeds our total is that fee, even if the gateway does not say
  -- so.
  buyer_pays_fee boolean not null default false,
  -- The gateway's keys as JSON, encrypted for this organiser and gateway.
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
  -- The gateway's own transaction id, once known.
  gateway_reference text,
  redirect_url text,
  instructions jsonb not null default '{}',
  received bigint not null default 0 check (received >= 0),
  refunded bigint not null default 0 check (refunded >= 0 and refunded <= received),
  -- The part of the received money that the gateway keeps: never earned, never owed.
  gateway_fee bigint not null default 0 check (gateway_fee >= 0 and gateway_fee <= received),
  failure text,
  created_at timestamptz not null default now(),
  -- When the gateway stops accepting money for it.
  expires_at timestamptz,
  -- When the reconciler or the closer asks the gateway next; null if there is nothing to ask.
  next_check_at timestamptz,
  -- Until then a worker makes the attempt at the gateway. Afterwards that worker is gone, and another may take it.
  claimed_until timestamptz,
  checks integer not null default 0,
  -- Consecutive looks without an answer from the gateway. They do not count as checks.
  failed_looks smallint not null default 0,
  close_requested_at timestamptz,
  updated_at timestamptz not null default now(),
  -- Whether money may still come. The index names this column instead of the status: an attempt that the gateway has made stays open, so
  -- recording it changes no index.
  is_open boolean not null generated always as (
    status in ('creating', 'unknown', 'pending', 'review', 'authorized')) stored,
  primary key (event_id, id)
) with (fillfactor = 50);

-- One open attempt per order.
create unique index payment_attempts_open on payment_attempts (order_id, event_id) where is_open;
create index payment_attempts_order on payment_attempts (order_id, event_id, number);
create index payment_attempts_next_check on payment_attempts (event_id, next_check_at) where next_check_at is not null;

-- The inbox. The row with its deduplication key is kept for at least 30 days and is not partitioned. The raw bytes are
-- partitioned and dropped by day.
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

-- The callbacks of one attempt, for the desk. A bloom filter for each stretch of pages costs a callback next to nothing.
create index callbacks_attempt on callbacks using brin (attempt_id text_bloom_ops)
  with (pages_per_range = 32, autosummarize = on);

-- The condition is written so that a lookup by id with a status does not use this index.
create index callbacks_received on callbacks (received_at) where status || '' = 'received';

create table callback_payloads (
  callback_id bigint not null,
  payload bytea not null,
  received_at timestamptz not null default now(),
  primary key (callback_id, received_at)
) partition by range (received_at);

create table callback_payloads_default partition of callback_payloads default;

create table refunds (
  event_id text not null,
  id text not null,
  order_id text not null,
  attempt_id text not null,
  organizer_id text not null,
  amount bigint not null check (amount > 0),
  currency text not null,
  reason text not null check (reason in (
    'requested', 'buyer_cancelled', 'late_payment', 'double_payment', 'underpaid', 'surplus', 'over_limit', 'event_cancelled',
    'external', 'wrong_facts')),
  -- manual_required: the gateway has no refund by API, so a person must pay it back, and a task says so.
  status text not null check (status in ('requested', 'processing', 'done', 'failed', 'manual_required')),
  -- Tickets that this refund revokes; null for all of the order.
  ticket_ids text[],
  gateway_refund_key text not null,
  requested_by text not null,
  tries integer not null default 0,
  -- Sends that the gateway refused because of the payment's state, confirmed by its list of refunds, or for lack of
  -- balance.
  refusals smallint not null default 0,
  -- Consecutive looks without an answer from the gateway.
  failed_looks smallint not null default 0,
  next_check_at timestamptz,
  failure text,
  -- Of the organiser's request, if a person made one.
  idempotency_key_hash bytea,
  created_at timestamptz not null default now(),
  done_at timestamptz,
  primary key (event_id, id),
  unique (attempt_id, gateway_refund_key, event_id)
);

-- Organisers' requests for refunds. A request that revokes free tickets only has no refund, and its key must be known all the same.
create table refund_requests (
  event_id text not null,
  order_id text not null,
  idempotency_key_hash bytea not null,
  fingerprint bytea not null,
  created_at timestamptz not null default now(),
  primary key (event_id, order_id, idempotency_key_hash)
);

create unique index refunds_idempotency on refunds (order_id, event_id, idempotency_key_hash, attempt_id)
  where idempotency_key_hash is not null;
create index refunds_organizer on refunds (organizer_id, id);
create index refunds_order on refunds (order_id, event_id);
create index refunds_next_check on refunds (next_check_at) where next_check_at is not null;

-- Double-entry bookkeeping: the entries of one posting add up to zero. Never updated, never deleted.
create table ledger_entries (
  event_id text not null,
  posting text not null,
  account text not null check (account in (
    'gateway', 'gateway_fees', 'bank', 'sales', 'fees', 'discounts', 'refunds_due', 'chargebacks')),
  order_id text not null,
  attempt_id text not null,
  amount bigint not null check (amount <> 0),
  currency text not null,
  posted_at timestamptz not null default now(),
  primary key (event_id, posting, account)
);

create index ledger_entries_order on ledger_entries (order_id, event_id);

-- Work for a person, by name: what the service must not or cannot decide.
create table tasks (
  id text primary key,
  organizer_id text not null,
  event_id text not null,
  order_id text not null,
  kind text not null,
  subject_id text not null,
  detail jsonb not null default '{}',
  -- Hash of the task's detail: another detail is another task. Empty for work that may recur.
  content text not null default '',
  created_at timestamptz not null default now(),
  resolved_at timestamptz,
  resolved_by text,
  unique (event_id, kind, subject_id, content)
);

create index tasks_open on tasks (organizer_id, id) where resolved_at is null;
create index tasks_resolved on tasks (organizer_id, id) where resolved_at is not null;
-- For the story of an order.
create index tasks_order on tasks (order_id, event_id);

-- check-in ------------------------------------------------------------------------------------------------------------

-- A part of the venue with its own gates. Its people are counted together; a person is in at most one zone at a time.
create table zones (
  event_id text not null references events (id),
  id text not null,
  name text not null,
  -- As `gates.name_key`.
  name_key text not null,
  -- People who may be inside at once; null for no limit.
  capacity integer check (capacity >= 1),
  -- People inside now. It may exceed the capacity: doors without a network do not see the count.
  inside integer not null default 0 check (inside >= 0),
  primary key (event_id, id)
);

create unique index zones_name on zones (event_id, name_key);

create table gates (
  event_id text not null references events (id),
  id text not null,
  name text not null,
  -- The name without case, blanks and differences of Unicode form (`gateKey`), by which gates are told apart.
  name_key text not null,
  -- Categories that may enter here; null for all.
  ticket_category_ids text[],
  -- Entries are let in from `opens_at` until before `closes_at`; null for no limit beside the event's and the category's times.
  opens_at timestamptz,
  closes_at timestamptz,
  check (opens_at < closes_at),
  -- Whether a ticket may enter here again: never, after it left, or also without an exit.
  re_entry text not null default 'after_exit' check (re_entry in ('none', 'after_exit', 'always')),
  -- The zone that the gate leads into.
  zone_id text,
  primary key (event_id, id),
  foreign key (event_id, zone_id) references zones (event_id, id)
);

-- What the organiser allows devices at the door. An event without a row has the defaults.
create table door_settings (
  event_id text primary key references events (id),
  -- Whether devices may keep the names of guests, and find guests by name and phone.
  shows_names boolean not null default false,
  -- What the door does for a category, such as "blue wristband": texts by category id.
  category_notes jsonb not null default '{}',
  updated_at timestamptz not null default now()
);

create unique index gates_name on gates (event_id, name_key);

-- At most one row per ticket: the admission. Re-entry changes `inside`.
create table admissions (
  event_id text not null,
  ticket_id text not null,
  inside boolean not null default true,
  -- The first valid entry, and its scan.
  admitted_at timestamptz not null,
  gate text,
  actor_id text not null,
  device_id text not null,
  scan_id text not null,
  entries integer not null default 1 check (entries >= 1),
  -- The zone in which the person is counted while inside.
  zone_id text,
  primary key (event_id, ticket_id)
) with (fillfactor = 80);

-- Every scan and its answer. A repeated scan id gets the stored answer.
create table scans (
  event_id text not null,
  -- The credential: a device's token, a staff member or an API key.
  actor_id text not null,
  -- The hardware: the id that it gives itself, or its own token; empty for a login that may be on several phones.
  device_id text not null,
  scan_id text not null,
  -- Hash of code, direction and gate: a scan id with other content is refused.
  content bytea not null,
  ticket_id text,
  direction text not null check (direction in ('entry', 'exit')),
  result text not null check (result in (
    'admitted', 'exited', 'already_used', 'revoked', 'invalid', 'wrong_event', 'not_paid', 'too_early', 'too_late',
    'wrong_gate', 'gate_closed', 'no_reentry', 'zone_full')),
  -- Whether the person went through, because of this answer or because an offline door had decided so.
  passed boolean not null,
  -- Let in offline against the rules: the answer that it should have got.
  fault text,
  -- Went through, but contradicts the rest of the ticket's history: an entry while somebody was inside, or an exit of
  -- somebody who was not. It does not count in the history.
  conflict boolean not null default false,
  -- The other of two entries.
  conflict_at timestamptz,
  conflict_gate text,
  -- A gate of the event by its name, or the label that the scan gave.
  gate text,
  -- The key by which gates are counted: the id of a gate of the event, or the label's `gateKey`.
  gate_key text,
  -- Of an entry: the gate's zone, and whether the gate lets tickets in again that did not leave.
  zone_id text,
  re_enters boolean not null default false,
  offline boolean not null default false,
  -- Of an offline scan: the door's decision if the device sent it, and the time by the device's clock.
  decision text,
  device_at timestamptz,
  -- By the server's clock.
  scanned_at timestamptz not null,
  received_at timestamptz not null default now(),
  first_admitted_at timestamptz,
  first_gate text,
  -- Taken back by a person: the scan keeps its answer, and counts no longer.
  undone_at timestamptz,
  undone_by text,
  undone_reason text,
  check (undone_at is null or not passed),
  primary key (event_id, actor_id, device_id, scan_id)
);

create index scans_ticket on scans (ticket_id, event_id, scanned_at) where ticket_id is not null;
-- The door list tells devices which tickets were scanned since they last asked.
create index scans_changed on scans (event_id, greatest(received_at, undone_at)) where ticket_id is not null;
create index scans_to_look_into on scans (event_id, scanned_at)
  where (conflict and direction = 'entry') or fault is not null;

-- The parameters and result of one scan in check_in_tickets and settle_scan.
create type check_in_scan as (
  n integer,
  actor_id text,
  device_id text,
  scan_id text,
  content bytea,
  gate text,
  gate_key text,
  direction text,
  at timestamptz,
  offline boolean,
  decision text,
  device_at timestamptz,
  -- Offline: the door let the person through.
  passed boolean,
  replayed boolean,
  -- The scan id stands for other content: refused, and not stored.
  reused boolean,
  -- False for an event that does not belong to the actor's organiser: answered, and not stored.
  own boolean,
  ticket_id text,
  ticket_category_id text,
  ticket_category text,
  -- Offline: the ticket has later scans, so this one must be put at its time in the history.
  has_history boolean,
  result text,
  fault text,
  first_admitted_at timestamptz,
  first_gate text,
  conflict boolean,
  conflict_at timestamptz,
  conflict_gate text,
  -- The gate's zone, whether that zone has a capacity, and the gate's rule of re-entry (null: no gate of the event).
  zone_id text,
  is_limited boolean,
  re_entry text
);

-- notifications -------------------------------------------------------------------------------------------------------

-- One row per subject, template, channel, recipient and version: the single effect. Addresses are not stored here. They are
-- read from the order or the staff member when the message is made.
create table deliveries (
  id text primary key,
  -- Null for a code that was requested without an event: it belongs to no organizer.
  organizer_id text,
  event_id text,
  subject_id text not null,
  template text not null,
  channel text not null check (channel in ('email', 'whatsapp')),
  recipient_key text not null,
  version integer not null default 1,
  -- The cap that it was counted against; null for messages about received money.
  share text,
  status text not null default 'queued' check (status in (
    'queued', 'sending', 'accepted', 'sent', 'delivered', 'read', 'failed', 'unknown', 'suppressed', 'capped')),
  sender_id text,
  provider_message_id text,
  tries integer not null default 0,
  failure text,
  -- Not the beginning of the transaction, which also writes what the message tells.
  created_at timestamptz not null default clock_timestamp(),
  sending_at timestamptz,
  accepted_at timestamptz,
  delivered_at timestamptz,
  -- When it is checked for being stuck; null once nothing is left to do.
  next_check_at timestamptz default now() + interval '15 minutes',
  -- Sends with an unknown outcome.
  unknowns smallint not null default 0,
  unique (subject_id, template, channel, recipient_key, version)
) with (fillfactor = 50);

create index deliveries_provider_message on deliveries (provider_message_id) where provider_message_id is not null;
create index deliveries_next_check on deliveries (next_check_at) where next_check_at is not null;
-- Which number wrote to somebody last, and what a number has sent today.
create index deliveries_last_sender on deliveries (recipient_key, accepted_at) where sender_id is not null;
-- Recipients that an organiser's messages did not reach.
create index deliveries_unreached on deliveries (organizer_id, channel, recipient_key) where status in ('failed', 'suppressed');
create index deliveries_sender on deliveries (sender_id, sending_at) where sender_id is not null;

-- What a recipient was sent in the last hour, by channel and kind (see `src/notifications/deliveries/caps.ts`). Only
-- queue_deliveries writes it.
create table message_shares (
  channel text not null check (channel in ('email', 'whatsapp')),
  -- The keyed hash of the normalised address, as in deliveries.
  recipient_key text not null,
  share text not null,
  -- When each was queued: never more than the cap within an hour.
  queued_at timestamptz[] not null,
  -- The cap in force, and the part of it that the latest call was given.
  hourly_max integer not null check (hourly_max >= 0),
  granted integer not null check (granted >= 0),
  asked_at timestamptz not null,
  primary key (channel, recipient_key, share)
) with (fillfactor = 80);

create index message_shares_asked on message_shares (asked_at);

-- A change of an event that ticket holders must learn of, and how many of them were told.
create table event_notices (
  id text primary key,
  event_id text not null references events (id),
  kind text not null check (kind in ('cancelled', 'moved', 'postponed')),
  -- Time and place of the event before the first change of this notice.
  before jsonb not null,
  -- The event's version after the last change. It makes the deliveries unique.
  event_version integer not null,
  created_at timestamptz not null default now(),
  -- Later orders already know the last change.
  changed_at timestamptz not null default now(),
  due_at timestamptz not null,
  -- It waits for the organizer's confirmation, whatever due_at says.
  is_held boolean not null default false,
  confirmed_at timestamptz,
  -- After this, a further change is a notice of its own.
  started_at timestamptz,
  -- Orders up to this one have been told.
  after_order_id text not null default '',
  ended_at timestamptz,
  unique (event_id, kind, event_version)
);

create index event_notices_due on event_notices (due_at) where ended_at is null;
-- Changes before a notice is due join it.
create unique index event_notices_waiting on event_notices (event_id, kind) where started_at is null and ended_at is null;

-- What an organizer tells the buyers of an event. It is previewed and confirmed before anything is sent. Reminders are made by the
-- service.
create table announcements (
  id text primary key,
  event_id text not null references events (id),
  organizer_id text not null,
  -- Counts the announcements of the event. It is the version of their deliveries, which makes them unique.
  number integer not null,
  kind text not null check (kind in ('practical', 'news', 'reminder')),
  status text not null default 'draft' check (status in ('draft', 'sending', 'sent', 'cancelled')),
  channels text[] not null check (cardinality(channels) >= 1 and channels <@ array['email', 'whatsapp']),
  -- Categories, and whether a ticket has entered.
  audience jsonb not null default '{}',
  -- Orders that were paid later are not in the audience: it cannot grow after the preview.
  audience_until timestamptz not null,
  -- Subject and texts in both languages; null for a reminder.
  content jsonb check ((content is null) = (kind = 'reminder')),
  -- What makes an automatic one unique: the start that it reminds of.
  occasion text check ((occasion is null) = (kind <> 'reminder')),
  -- Stands for how it was previewed and whom it would reach.
  digest text not null default '',
  -- Different addresses when it was previewed.
  recipients_email integer not null default 0,
  recipients_whatsapp integer not null default 0,
  created_by text not null,
  created_at timestamptz not null default now(),
  confirmed_at timestamptz check (status not in ('sending', 'sent') or confirmed_at is not null),
  -- Orders up to this one have been told.
  after_order_id text not null default '',
  ended_at timestamptz check ((ended_at is not null) = (status in ('sent', 'cancelled'))),
  unique (event_id, number),
  unique (event_id, kind, occasion)
);

create index announcements_sending on announcements (confirmed_at) where status = 'sending';
create index announcements_drafts on announcements (created_at) where status = 'draft';
-- Who was told by an announcement, and what became of it. Other messages are not in it and cost nothing more.
create index deliveries_announced on deliveries (event_id, version, channel, recipient_key)
  where template in ('event_practical', 'event_news', 'event_reminder');
-- The same of changes of events.
create index deliveries_of_changes on deliveries (event_id, template, version)
  where template in ('event_cancelled', 'event_moved', 'event_postponed');

-- Which messages an event sends by itself. Without a row, the defaults of src/notifications/announcements/limits.ts.
create table message_settings (
  event_id text primary key references events (id),
  reminder_hours integer check (reminder_hours between 1 and 168),
  payment_reminder_minutes integer check (payment_reminder_minutes between 2 and 720),
  -- Whether holders are told of a change by itself after a delay, or once the organizer has confirmed how it reads.
  change_notices text not null default 'automatic' check (change_notices in ('automatic', 'confirmed')),
  changed_at timestamptz not null default now()
);

-- Numbers that WhatsApp messages go out from: the organiser's own, or the platform's (organizer_id null).
create table senders (
  id text primary key,
  organizer_id text references organizers (id),
  kind text not null check (kind in ('whatsapp_cloud', 'waha', 'fonnte', 'wablas')),
  -- What its provider calls it: the phone number id, the session and its instance, the device.
  external_id text not null,
  -- JSON of the secrets that its kind needs, encrypted for this sender.
  credentials text not null,
  -- The WhatsApp Business account whose templates are read; Cloud API only.
  business_account_id text,
  weight integer not null default 100 check (weight between 1 and 1000),
  messages_per_second double precision not null default 60 check (messages_per_second between 0.01 and 1000),
  -- Messages per day; null where only the provider's own limits count.
  daily_cap integer check (daily_cap between 1 and 1000000),
  -- The cap of the first day of a number that warms up. It grows each day until it meets daily_cap.
  warm_up_from integer check (warm_up_from >= 1 and warm_up_from <= daily_cap),
  warm_up_started_on date not null default (now() at time zone 'UTC')::date,
  status text not null default 'active' check (status in ('active', 'cooling', 'disabled')),
  cooling_until timestamptz,
  -- Set while a worker finds that the provider does not answer for this sender.
  circuit_open_until timestamptz,
  last_failure text,
  templates_checked_at timestamptz,
  created_at timestamptz not null default now(),
  unique (kind, external_id),
  check (warm_up_from is null or daily_cap is not null)
);

-- Messages that a sender has taken turns for, by day of UTC. Written by take-turns.ts alone.
create table sender_days (
  sender_id text not null references senders (id) on delete cascade,
  day date not null,
  taken integer not null check (taken >= 0),
  -- What of it the latest call was given.
  granted integer not null check (granted >= 0),
  primary key (sender_id, day)
) with (fillfactor = 50);

-- Templates of the Cloud API as Meta last showed them.
create table sender_templates (
  sender_id text not null references senders (id) on delete cascade,
  name text not null,
  language text not null,
  status text not null,
  reason text,
  -- Variables of its body; null when its text was not shown.
  parameters integer,
  checked_at timestamptz not null default now(),
  primary key (sender_id, name, language)
);

-- An organiser's own wording of a message, for senders without registered templates.
create table message_texts (
  organizer_id text not null references organizers (id),
  template text not null,
  locale text not null check (locale in ('id', 'en')),
  body text not null,
  changed_at timestamptz not null default now(),
  primary key (organizer_id, template, locale)
);

-- Statuses from gateways whose callbacks do not name our delivery. A status may come before the answer to the sending has
-- told us the message's id, so each is kept for some days and applied when the id is known.
create table gateway_statuses (
  id bigint generated always as identity primary key,
  sender_id text not null references senders (id) on delete cascade,
  message_id text,
  -- A second id that some gateways use for later statuses of the same message.
  state_id text,
  status text not null check (status in ('known', 'sent', 'delivered', 'read', 'failed')),
  failure text,
  reported_at timestamptz not null default now()
);

create index gateway_statuses_message on gateway_statuses (sender_id, message_id) where message_id is not null;
create index gateway_statuses_state on gateway_statuses (sender_id, state_id) where state_id is not null;
create index gateway_statuses_reported on gateway_statuses (reported_at);

-- What people write to a sender, for its organiser. Phone and text are encrypted for this row, and deleted with it.
create table inbound_messages (
  id text primary key,
  organizer_id text references organizers (id),
  sender_id text not null references senders (id) on delete cascade,
  provider_message_id text not null,
  -- The keyed hash of the phone, as in deliveries.
  recipient_key text not null,
  sealed text not null,
  command text check (command in ('stop', 'start')),
  received_at timestamptz not null default now(),
  unique (sender_id, provider_message_id)
);

create index inbound_messages_organizer on inbound_messages (organizer_id, id);
create index inbound_messages_received on inbound_messages (received_at);
create index inbound_messages_recipient on inbound_messages (recipient_key, received_at);

-- The buyer of an order wants news of the organiser. Tickets need no consent.
create table news_consents (
  event_id text not null,
  order_id text not null,
  organizer_id text not null,
  -- The version of the wording that was shown, and its language.
  wording text not null,
  locale text not null check (locale in ('id', 'en')),
  given_at timestamptz not null default now(),
  withdrawn_at timestamptz,
  primary key (event_id, order_id)
);

-- Who has said STOP or START to a number of an organiser, or to one of the platform (organizer_id ''). The latest word counts.
create table news_stops (
  organizer_id text not null,
  channel text not null check (channel in ('email', 'whatsapp')),
  recipient_key text not null,
  is_stopped boolean not null,
  said_at timestamptz not null,
  primary key (organizer_id, channel, recipient_key)
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

-- Addresses of organizers that get webhooks (docs/features/webhooks.md).
create table webhook_endpoints (
  id text primary key,
  organizer_id text not null references organizers (id),
  url text not null check (char_length(url) <= 500),
  description text not null default '',
  types text[] not null check (cardinality(types) between 1 and 50),
  -- What signatures are made with, encrypted for this endpoint. After a rotation the secret before it signs as well until its end.
  secret text not null,
  previous_secret text,
  previous_secret_until timestamptz,
  -- A deleted endpoint is gone for its organizer; the row goes with its last delivery.
  status text not null default 'active' check (status in ('active', 'disabled', 'deleted')),
  disabled_reason text check (disabled_reason in ('organizer', 'failing', 'gone')),
  disabled_at timestamptz,
  -- From here on every webhook of its types has a delivery.
  subscribed_since timestamptz not null default clock_timestamp(),
  -- Failures in a row. Several open the circuit: until `paused_until` nothing is sent, then one delivery probes.
  failures integer not null default 0,
  failing_since timestamptz,
  paused_until timestamptz,
  -- The turn that sends now, or is about to: one at a time for each endpoint.
  turn integer not null default 0,
  turn_until timestamptz,
  created_at timestamptz not null default now(),
  check ((status = 'disabled') = (disabled_reason is not null) or status = 'deleted'),
  check ((previous_secret is null) = (previous_secret_until is null))
) with (fillfactor = 80);

create index webhook_endpoints_organizer on webhook_endpoints (organizer_id) where status <> 'deleted';

-- Facts that an organizer with an endpoint is told: one row each, whatever the number of endpoints. Kept for 30 days. Ids are in
-- the order of time.
create table webhooks (
  id text primary key,
  organizer_id text not null,
  -- Null for a test.
  event_id text,
  type text not null,
  -- What it is about. An endpoint gets the webhooks of one subject in their order.
  subject_id text not null,
  data jsonb not null check (octet_length(data::text) <= 16384),
  occurred_at timestamptz not null
);

create index webhooks_organizer on webhooks (organizer_id, id);
create index webhooks_subject on webhooks (subject_id);

-- A webhook on its way to one endpoint.
create table webhook_deliveries (
  endpoint_id text not null,
  webhook_id text not null,
  subject_id text not null,
  status text not null default 'pending' check (status in ('pending', 'delivered', 'failed')),
  tries smallint not null default 0,
  -- When it is sent next; null once nothing is left to do.
  due_at timestamptz,
  -- The last try: what was answered, or why nothing was.
  tried_at timestamptz,
  answer_status smallint,
  failure text,
  took_ms integer,
  delivered_at timestamptz,
  primary key (endpoint_id, webhook_id),
  check ((status = 'pending') = (due_at is not null)),
  check ((status = 'delivered') = (delivered_at is not null))
) with (fillfactor = 50);

create index webhook_deliveries_due on webhook_deliveries (endpoint_id, due_at) where status = 'pending';
create index webhook_deliveries_subject on webhook_deliveries (endpoint_id, subject_id, webhook_id) where status = 'pending';

-- reports -------------------------------------------------------------------------------------------------------------

-- Reports that are made again every day or week. A schedule ends with the role of the member who made it.
create table report_schedules (
  id text primary key,
  organizer_id text not null references organizers (id),
  -- The member who gets the mails.
  member_id text not null references staff (id),
  -- Null for all events of the organizer.
  event_id text references events (id),
  kind text not null check (kind in ('attendees', 'orders', 'payments', 'refunds', 'ledger', 'check_ins', 'deliveries')),
  format text not null check (format in ('csv', 'csv_semicolon', 'xlsx')),
  -- Everything until the run, or only what has come since the run before.
  covers text not null check (covers in ('everything', 'period')),
  every text not null check (every in ('day', 'week')),
  -- 1 is Monday.
  weekday smallint check (weekday between 1 and 7),
  hour smallint not null check (hour between 0 and 23),
  time_zone text not null,
  next_run_at timestamptz not null,
  last_run_at timestamptz,
  -- Failures of the next run in a row, and until when it is left alone after the latest.
  failures smallint not null default 0,
  rests_until timestamptz,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  check ((every = 'week') = (weekday is not null))
);

create index report_schedules_organizer on report_schedules (organizer_id, id) where ended_at is null;
create index report_schedules_due on report_schedules (next_run_at) where ended_at is null;

-- Files that an organizer has asked for. The file of a run is at a key made of the report's id and the run's number.
create table reports (
  id text primary key,
  organizer_id text not null references organizers (id),
  event_id text references events (id),
  kind text not null check (kind in ('attendees', 'orders', 'payments', 'refunds', 'ledger', 'check_ins', 'deliveries')),
  format text not null check (format in ('csv', 'csv_semicolon', 'xlsx')),
  filters jsonb not null default '{}',
  status text not null default 'waiting' check (status in ('waiting', 'making', 'ready', 'failed', 'cancelled', 'expired')),
  requested_by text not null,
  -- The member who is mailed; null where a program asked.
  member_id text references staff (id),
  schedule_id text references report_schedules (id),
  -- The run of the schedule that it is made for. One run makes one report.
  period_at timestamptz,
  rows bigint not null default 0 check (rows >= 0),
  bytes bigint check (bytes >= 0),
  -- Counts the workers that have begun it. A worker writes only while its own run is the current one.
  run integer not null default 0,
  failures smallint not null default 0,
  failure text,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  -- A worker that has not renewed it by then is taken for dead.
  lease_until timestamptz,
  finished_at timestamptz,
  -- When its file is deleted.
  expires_at timestamptz,
  -- Since then the storage has no file of it.
  cleared_at timestamptz,
  unique (schedule_id, period_at),
  check ((schedule_id is null) = (period_at is null)),
  check ((status = 'making') = (lease_until is not null)),
  check (status not in ('ready', 'expired') or (bytes is not null and expires_at is not null))
) with (fillfactor = 80);

create unique index reports_one_making on reports (organizer_id) where status = 'making';
create index reports_organizer on reports (organizer_id, id);
create index reports_waiting on reports (organizer_id, id) where status = 'waiting';
create index reports_uncleared on reports (created_at) where cleared_at is null;

-- What an event sold in each minute in which something happened, so that a sale can be looked at again.
create table sale_minutes (
  event_id text not null,
  minute timestamptz not null,
  orders integer not null check (orders >= 0),
  tickets integer not null check (tickets >= 0),
  -- Orders paid in this minute, and what they cost in minor units.
  paid_orders integer not null check (paid_orders >= 0),
  paid_tickets integer not null check (paid_tickets >= 0),
  paid_amount bigint not null check (paid_amount >= 0),
  -- Orders whose hold ended in this minute without money.
  expired_orders integer not null check (expired_orders >= 0),
  -- As things stood at read_at, some seconds after the end of the minute; null for a minute that was written late.
  read_at timestamptz,
  held_orders integer check (held_orders >= 0),
  -- Of the held orders those whose buyers could pay.
  instructed integer check (instructed >= 0),
  available integer check (available >= 0),
  held integer check (held >= 0),
  sold integer check (sold >= 0),
  admitted integer check (admitted >= 0),
  waiting integer check (waiting >= 0),
  -- What happened is counted once the last orders of the minute are committed. Until then the row has its reading only.
  is_counted boolean not null default true,
  primary key (event_id, minute)
);

create index sale_minutes_uncounted on sale_minutes (minute) where not is_counted;

-- waiting room --------------------------------------------------------------------------------------------------------

-- The waiting room of an event. A row exists once an organizer has planned one.
--
-- A place is an index, given out once per confirmed account, in order and without gaps, under the row's lock. The indexes
-- below `frozen_places` existed at the freeze and are drawn. A later index is its own position.
create table waiting_rooms (
  event_id text primary key references events (id),
  organizer_id text not null references organizers (id),
  phase text not null default 'closed' check (phase in (
    'closed', 'pre_queue', 'drawing', 'open', 'probably_sold_out', 'over')),
  pre_queue_opens_at timestamptz not null,
  freezes_at timestamptz not null,
  opens_at timestamptz not null,
  -- The work of a browser before it may join; 0 asks for none.
  challenge_difficulty integer not null check (challenge_difficulty between 0 and 10000000),
  -- The most places called per second.
  rate_max double precision not null check (rate_max > 0 and rate_max <= 10000),
  -- How long after its turn a place may be exchanged for a pass, and how long a pass is valid.
  turn_seconds integer not null check (turn_seconds between 60 and 3600),
  pass_seconds integer not null check (pass_seconds between 60 and 3600),
  -- Number of indexes given out.
  places integer not null default 0 check (places >= 0),
  frozen_places integer check (frozen_places between 0 and places),
  -- Serving at time t is serving + rate * (t - serving_at). Every position below it has been called.
  serving double precision not null default 0 check (serving >= 0),
  serving_at timestamptz,
  rate double precision not null default 0 check (rate >= 0),
  -- Buyers per second who are let in now, as the order path allows; at most rate_max. `rate` counts positions and is
  -- higher, because some buyers do not come: rate = admission_rate / show_ratio, and less when few tickets are left.
  admission_rate double precision not null default 0 check (admission_rate >= 0),
  show_ratio double precision not null default 1 check (show_ratio between 0.3 and 1),
  -- Places exchanged for a pass, as API processes have reported: the show ratio follows from it.
  exchanged bigint not null default 0 check (exchanged >= 0),
  -- Positions below this have lapsed.
  lapsed_below bigint not null default 0 check (lapsed_below >= 0),
  paused boolean not null default false,
  paused_at timestamptz,
  -- The least time from the freeze to the beacon's round, which the organizer leaves for writing the list.
  draw_lead_seconds integer not null default 30 check (draw_lead_seconds between 1 and 3600),
  changed_at timestamptz not null default now(),
  check (pre_queue_opens_at < freezes_at and freezes_at < opens_at),
  check ((frozen_places is null) = (phase in ('closed', 'pre_queue')) or phase = 'over'),
  constraint waiting_rooms_paused check (paused = (paused_at is not null))
) with (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);

create index waiting_rooms_live on waiting_rooms (event_id) where phase <> 'over';
-- The API knows rooms for a day after their end, so that late buyers are told.
create index waiting_rooms_over on waiting_rooms (changed_at) where phase = 'over';

-- One place per account and event. `account_key` is the keyed hash of a normalised email or phone, by which orders count,
-- too.
create table places (
  event_id text not null,
  place_index integer not null check (place_index >= 0),
  account_key text not null,
  joined_at timestamptz not null,
  -- Removed before the freeze (the account was found to be false). It keeps its index and is never called.
  voided_at timestamptz,
  -- Given up for a new place at the end, after its turn had passed. It keeps its index and its leaf, and admits nobody.
  given_up_at timestamptz,
  primary key (event_id, place_index)
);

-- An account has one place at a time.
create unique index places_one_per_account on places (account_key, event_id) where given_up_at is null;
-- An account's places that it gave up: few have any.
create index places_given_up on places (account_key, event_id) where given_up_at is not null;
-- Read by the freeze under the room's lock.
create index places_voided on places (event_id, place_index) where voided_at is not null;

-- A place gives the right to one order. The call that places the order writes the row. The right is used up by that order,
-- or, if order_id is null, by giving up the place. A place is given up after its order, too, if the order has ended unpaid.
create table spent_passes (
  event_id text not null,
  place_index integer not null,
  order_id text,
  primary key (event_id, place_index)
);

-- Draws of a room, with their published values and times. A draw that breaks its own rules is void, in public, and the next
-- number is committed to. Everything except the unrevealed seed is public.
create table draws (
  event_id text not null references waiting_rooms (event_id),
  number integer not null check (number >= 1),
  state text not null check (state in ('committed', 'frozen', 'drawn', 'void')),
  seed_hash bytea not null check (octet_length(seed_hash) = 32),
  -- Encrypted until it is revealed.
  seed_sealed text,
  seed bytea check (octet_length(seed) = 32),
  beacon_chain text not null,
  beacon_round bigint not null check (beacon_round > 0),
  beacon_round_at timestamptz not null,
  committed_at timestamptz not null,
  frozen_at timestamptz,
  places integer,
  voided_places integer[],
  merkle_root bytea check (octet_length(merkle_root) = 32),
  beacon_signature bytea,
  beacon_randomness bytea check (octet_length(beacon_randomness) = 32),
  draw_key bytea check (octet_length(draw_key) = 32),
  drawn_at timestamptz,
  void_reason text,
  -- When the root was written. A draw counts only if that was before its beacon round.
  rooted_at timestamptz,
  -- When the seed was published; also for a void draw.
  revealed_at timestamptz,
  -- The lead with which this draw's round was chosen. If the root of the draw before was late, it is twice as long.
  lead_seconds integer not null default 30 check (lead_seconds between 1 and 3600),
  primary key (event_id, number),
  constraint draws_root_before_beacon check (state = 'void' or rooted_at is null or rooted_at < beacon_round_at),
  constraint draws_seed_after_freeze check (seed is null or state <> 'committed'),
  constraint draws_committed_before_beacon check (committed_at < beacon_round_at),
  check (state <> 'drawn' or (seed is not null and merkle_root is not null and beacon_randomness is not null and draw_key is not null)),
  check ((state = 'void') = (void_reason is not null))
);

-- The leaves of the frozen list, 1,024 of 32 bytes to a row, so that a proof reads one row and an audit reads all.
create table draw_leaves (
  event_id text not null,
  chunk integer not null check (chunk >= 0),
  leaves bytea not null,
  root bytea not null check (octet_length(root) = 32),
  primary key (event_id, chunk)
);

-- Serving, orders and exchanges, recorded every few seconds of the last turn. They decide whose turn is over. Older rows
-- are deleted.
create table serving_marks (
  event_id text not null,
  at timestamptz not null,
  serving double precision not null,
  orders integer not null,
  exchanged bigint not null,
  primary key (event_id, at)
);

-- planner -------------------------------------------------------------------------------------------------------------

-- A sale adds 100,000 rows per minute to these tables, for an event that no statistics know. Postgres then expects one row
-- of that event. All indexes that begin with event_id seem equally cheap, and it may read the whole event for a lookup by
-- key. Four things prevent that:
--
-- 1. Only the primary key, and indexes that are read by the event alone, begin with event_id. Others have their other key
-- first.
--
-- 2. A partial index that is read by the event alone has a condition that lookups by key do not state.
--
-- 3. Postgres collects no statistics on event_id. It is told that an event is a twentieth of the table, so it prefers a
-- whole key to an event at every size. ANALYZE leaves a column with target 0 alone. If the number is lost (as in a
-- restore), Postgres assumes a two-hundredth.
--
-- 4. In functions, whose plans are kept from a time when the table was small, a look-up by key can be done in one way only. The event
-- comes from the same list as the key: `from unnest(events, ids) as i(event_id, id) join orders o on o.event_id = i.event_id and
-- o.id = i.id`. A constant beside a joined key, or a second table joined by the same event, lets Postgres read the whole event
-- and compare; then each look-up is a subquery of its own, with `limit 1` or `for update`. A look-up by another key than the
-- primary one hides the event from the primary key: `t.order_id = o.id and t.event_id || '' = o.event_id`.
-- This does not help a list that is joined to a table that was counted while it had a few rows: Postgres may then read the whole table
-- and compare, until it counts again. So a trial sale is not counted (see the thresholds below): Postgres assumes at least ten pages of a
-- table that it has never counted.
--
-- test/drizzle/plans.test.ts checks this for every hot query, in the first sale of a new database, too.
do $$
declare
  v_table text;
begin
  foreach v_table in array array[
    'orders', 'order_lines', 'tickets', 'payment_attempts', 'refunds', 'ledger_entries', 'admissions', 'scans', 'places',
    'spent_passes', 'limit_counters', 'promo_codes'] loop
    execute format('alter table %I alter column event_id set statistics 0', v_table);
    -- Since Postgres 18.
    if exists (select from pg_proc where proname = 'pg_restore_attribute_stats') then
      execute format($stats$
        select pg_restore_attribute_stats('schemaname', current_schema()::text, 'relname', %L::text, 'attname', 'event_id'::text,
          'inherited', false, 'null_frac', 0::real, 'avg_width', 13, 'n_distinct', 20::real)$stats$, v_table);
    end if;
  end loop;

  -- Rows are counted again after changes of 10,000 rows and a fiftieth of the table, whatever the server's settings are. Before, Postgres
  -- assumes ten pages or what the table has, which is better than a count of a few rows. Vacuum counts, too, so its thresholds are as high.
  -- Append-only tables are vacuumed too, so that they can be read from indexes alone.
  foreach v_table in array array[
    'orders', 'order_lines', 'tickets', 'payment_attempts', 'callbacks', 'refunds', 'ledger_entries', 'admissions', 'scans',
    'deliveries', 'message_shares', 'webhooks', 'webhook_deliveries', 'places', 'spent_passes', 'limit_counters', 'outbox'] loop
    execute format('alter table %I set (
      autovacuum_analyze_threshold = 10000, autovacuum_analyze_scale_factor = 0.02,
      autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_scale_factor = 0.02,
      autovacuum_vacuum_insert_threshold = 5000, autovacuum_vacuum_insert_scale_factor = 0.1)', v_table);
  end loop;
end
$$;

-- guards --------------------------------------------------------------------------------------------------------------

-- The audit log, the log of switches and the notes on orders are append-only: the service itself cannot rewrite them.
do $$
begin
  if exists (select from pg_roles where rolname = 'antre_app') and current_user <> 'antre_app' then
    revoke update, delete on audit_log, switch_turns, order_notes from antre_app;
  end if;
end
$$;
