-- The waiting room of an event. A row exists once an organizer has planned one.
--
-- A place is an index, given out once per confirmed account, counted up under the row's lock without gaps. The indexes
-- below `frozen_places` were there before the freeze and are drawn; a later one is its own position.
create table waiting_rooms (
  event_id text primary key references events (id),
  organizer_id text not null references organizers (id),
  phase text not null default 'closed' check (phase in (
    'closed', 'pre_queue', 'drawing', 'open', 'probably_sold_out', 'over')),
  pre_queue_opens_at timestamptz not null,
  freezes_at timestamptz not null,
  opens_at timestamptz not null,
  -- How much work a browser does before it may join; 0 asks for none.
  challenge_difficulty integer not null check (challenge_difficulty between 0 and 10000000),
  -- Places called per second at the most.
  rate_max double precision not null check (rate_max > 0 and rate_max <= 10000),
  -- How long after its turn a place may still be exchanged for a pass, and how long a pass is good for.
  turn_seconds integer not null check (turn_seconds between 60 and 3600),
  pass_seconds integer not null check (pass_seconds between 60 and 3600),
  -- Indexes given out so far.
  places integer not null default 0 check (places >= 0),
  frozen_places integer check (frozen_places between 0 and places),
  -- Serving at a time t is serving + rate * (t - serving_at); every position below it has been called.
  serving double precision not null default 0 check (serving >= 0),
  serving_at timestamptz,
  rate double precision not null default 0 check (rate >= 0),
  -- Positions below this had their turn and let it pass.
  lapsed_below bigint not null default 0 check (lapsed_below >= 0),
  paused boolean not null default false,
  changed_at timestamptz not null default now(),
  check (pre_queue_opens_at < freezes_at and freezes_at < opens_at),
  check ((frozen_places is null) = (phase in ('closed', 'pre_queue')) or phase = 'over')
) with (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);

create index waiting_rooms_live on waiting_rooms (event_id) where phase <> 'over';

-- One place per account and event. `account_key` is the keyed hash of a normalised email or phone that orders count by.
create table places (
  event_id text not null,
  place_index integer not null check (place_index >= 0),
  account_key text not null,
  joined_at timestamptz not null,
  -- Taken out before the freeze (the account was found to be false): keeps its index, is never called.
  voided_at timestamptz,
  primary key (event_id, place_index),
  unique (event_id, account_key)
);

-- A place gives the right to one order; the row is written by the call that places it.
create table spent_passes (
  event_id text not null,
  place_index integer not null,
  order_id text not null,
  primary key (event_id, place_index)
);

-- Draws of a room, each with what was published and when. A draw that breaks its own rules is void, in public, and the
-- next number is committed to. Everything but the unrevealed seed is public.
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
  primary key (event_id, number),
  check (state <> 'drawn' or (seed is not null and merkle_root is not null and beacon_randomness is not null and draw_key is not null)),
  check ((state = 'void') = (void_reason is not null))
);

-- The leaves of the frozen list, 1,024 of 32 bytes to a row, so that a proof reads one row and an audit reads them all.
create table draw_leaves (
  event_id text not null,
  chunk integer not null check (chunk >= 0),
  leaves bytea not null,
  root bytea not null check (octet_length(root) = 32),
  primary key (event_id, chunk)
);
