create table events (
  id text primary key,
  organizer_id text not null references organizers (id),
  slug text not null unique check (slug ~ '^[a-z0-9](?:[a-z0-9-]{1,78}[a-z0-9])$'),
  name text not null,
  summary text not null default '',
  description text not null default '',
  category text not null,
  city text not null,
  venue text not null,
  address text not null default '',
  time_zone text not null default 'Asia/Jakarta',
  currency text not null default 'IDR' check (currency ~ '^[A-Z]{3}$'),
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  doors_open_at timestamptz not null,
  status text not null default 'draft' check (status in ('draft', 'published', 'cancelled')),
  -- The operator's and organiser's hand on the tap, apart from the windows of the categories.
  sales text not null default 'open' check (sales in ('open', 'closed')),
  hold_seconds integer not null default 900 check (hold_seconds between 60 and 86400),
  tickets_per_order_max integer not null default 10 check (tickets_per_order_max between 1 and 100),
  tickets_per_buyer_max integer check (tickets_per_buyer_max between 1 and 10000),
  fee_per_ticket bigint not null default 0 check (fee_per_ticket >= 0),
  -- Whether a buyer may cancel a paid order (which refunds it), and until how long before the start.
  refundable_until_hours integer check (refundable_until_hours >= 0),
  version integer not null default 1,
  created_at timestamptz not null default now(),
  published_at timestamptz,
  -- What the public listing searches: words as they are, since names are in several languages.
  search tsvector not null generated always as (
    to_tsvector('simple', name || ' ' || summary || ' ' || category || ' ' || city || ' ' || venue)) stored,
  check (starts_at < ends_at and doors_open_at <= ends_at),
  -- Lets the listing of what is not over yet begin in the middle of the index instead of at the first event ever.
  check (ends_at - starts_at <= interval '366 days')
);

create index events_organizer on events (organizer_id, id);
create index events_public on events (starts_at, id) where status = 'published';
create index events_public_city on events (lower(city), starts_at, id) where status = 'published';
create index events_search on events using gin (search) where status = 'published';

create table schedule_items (
  event_id text not null references events (id),
  id text not null,
  title text not null,
  stage text not null default '',
  description text not null default '',
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
  primary key (event_id, id),
  foreign key (event_id, pool_id) references pools (event_id, id),
  check (sale_opens_at < sale_closes_at),
  check (per_order_min <= per_order_max)
);
