/** A statement that runs for each order, payment, ticket, scan, place or message, or every few seconds in each process. */
export type HotQuery = {
  readonly name: string;
  /** Matches its text as Postgres keeps it, with single blanks and numbers for values. */
  readonly text: RegExp;
  /** Pages of 8 kB that one call may read, on average. A whole event of the test is several hundred. */
  readonly pagesMax: number;
  /** Reads a whole table that is always short. */
  readonly mayScan?: true;
  /** Runs by the clock, in batches of any size, or in uncommon cases, so it may not run often enough to be measured. */
  readonly byChance?: true;
  /**
   * Postgres keeps its text without the types of its values, so it cannot be explained. Its reads are measured instead.
   */
  readonly unexplained?: true;
};

/** A look-up or a change of a few rows by a whole key. */
const byKey = (name: string, text: RegExp): HotQuery => ({ name, text, pagesMax: 60 });
/**
 * Bound of a statement that calls a SQL function. Each statement of the function has its own bound; this sum also holds the
 * catalog pages read when a connection plans them for the first time, and a busy machine uses more connections.
 */
const functionPagesMax = 3000;
const functionCall = (name: string): HotQuery => ({
  name,
  text: new RegExp(`\\b${name}\\(`),
  pagesMax: functionPagesMax,
});
const batchCall = (name: string): HotQuery => ({ ...functionCall(name), byChance: true });

/** A look-up or a change by whole keys, for a batch of orders: one that the test makes, or one that comes by chance. */
const byKeys = (name: string, text: RegExp): HotQuery => ({ name, text, pagesMax: 200 });
const inBatches = (name: string, text: RegExp): HotQuery => ({ ...byKeys(name, text), byChance: true });
/** Part of the general way of a payment: uncommon cases are handled one by one. */
const oneByOne = (name: string, text: RegExp): HotQuery => ({ ...byKey(name, text), byChance: true });

/** Runs by the clock, over the few rows of a partial index. */
const sweep = (name: string, text: RegExp): HotQuery => ({ ...oneByOne(name, text), mayScan: true });

/** The condition of a partial index is a value of the statement, and is not kept. */
const parted = { mayScan: true, unexplained: true } as const;

const everyOrder =
  'place_orders read_orders issue_tickets revoke_tickets release_holds store_callbacks check_in_tickets join_places note_orders'.split(
    ' ',
  );
const inGroups = (
  'apply_settlements claim_first_attempts record_made_attempts queue_tickets read_current_attempts read_starting_orders ' +
  'read_callbacks request_closes finish_closes'
).split(' ');

/** Every hot query of the API, the worker and the SQL functions. The test fails on one that is not here. */
export const hotQueries: readonly HotQuery[] = [
  ...everyOrder.map(functionCall),
  ...inGroups.map(batchCall),

  byKey(
    'order by id',
    /^select "event_id", "id", "organizer_id", "status", .* from "orders" where \("orders"\."event_id" = \$\d+ and "orders"\."id" = \$\d+/,
  ),
  inBatches('link versions of orders with a live stream', /^select o\.id, o\.link_version as version from unnest/),
  oneByOne('hold moved', /^update "orders" set "expires_at"/),
  oneByOne('lines of an order', /^select "order_lines"\./),
  oneByOne('counters of a paid order', /^with limited as \( select b\.key, b\.quantity/),
  oneByOne('attempt written', /^insert into "payment_attempts"/),
  oneByOne('postings of an attempt', /^select count\(distinct "posting"\)/),
  oneByOne('order paid alone', /^select pay_order\(/),
  inBatches('orders whose payment begins', /^select json_build_object\( (?:\$\d+|'id'), o\.id, /),
  inBatches('attempts claimed', /^with waiting as \( select o\.event_id, o\.id as order_id/),
  inBatches('attempts made, or about to be closed', /^with (?:made|wanted) as \( select a\.event_id, a\.id/),
  inBatches('settlements locked', /^with given as materialized \( -- Two callbacks/),
  inBatches('closed attempts locked', /^select array_agg\(o\.event_id\), array_agg\(o\.id\), array_agg\(a\.id\)/),
  inBatches('counts of buyers who pay', /^(?:with counted as \( insert into limit|select array_agg\(b\.n\),)/),
  byKey(
    'order by id, whole row',
    /^select \* from orders o where o\.event_id = p_event_id and o\.id = p_order_id for update/,
  ),
  byKey('orders that a desk looks at', /^select "id" from "orders" where \("orders"\."event_id" = \$\d+ and right/),
  {
    ...inBatches(
      'orders to add to the search',
      /^select o\.event_id, o\.id as order_id, o\.organizer_id, .* left join order_search_marks/,
    ),
    // Not for one batch of one event: a recurring job looks at every current event, and takes up to 500 orders of each.
    pagesMax: 1000,
  },
  inBatches('what stands at the end of a minute', /^insert into sale_minutes \(/),
  inBatches('minutes of sales', /^with paid as \( select o\.event_id, count\(\*\)::int as orders/),
  byKey('link of an order', /^select link_version as version from orders/),
  byKey('order by its code', /^select o\.event_id as "eventId", o\.id as "orderId" from events e cross join lateral/),
  byKey('orders that buyers look at', /^select o, e\.slug, \(/),
  oneByOne('price of an order', /^select e\.currency, e\.fee_per_ticket/),
  byKey('orders by idempotency key', /^select array_agg\(o\.idempotency_key_hash\)/),
  byKey('orders placed', /^with placed as \( insert into orders/),
  byKey('order changed', /^update "orders" set "status"/),
  inBatches('order paid or refunded', /^update orders o set status = /),
  byKey('holds released', /^with ended as \( update orders o/),

  byKey(
    'lines of an order, by pool',
    /^select array_agg\(l\.pool_id\), array_agg\(l\.quantity\).* (?:from|join) order_lines/,
  ),
  byKey('lines of ended holds', /^select array_agg\(i\.n\), array_agg\(l\.ticket_category_id\)/),

  byKey('counters of networks', /^select array_agg\(i\.first order by i\.n\)/),
  byKey('counters of buyers', /^select array_agg\(l\.counter_key\)/),
  inBatches('counters changed', /^update limit_counters l/),
  inBatches('counters locked', /^SELECT (1|\$\d+) from limit_counters l join/),

  byKey(
    'attempts of an order or by id',
    /^select "event_id", "id", "order_id", "organizer_id", "number", .* from "payment_attempts" where \("payment_attempts"\."event_id" = \$\d+ and/,
  ),
  inBatches('attempts that buyers look at', /^select distinct on \(a\.event_id, a\.order_id\) a\.\*/),
  inBatches('attempt changed', /^update "?payment_attempts"? (a )?set (?!checks = planned)/),
  byKeys(
    'unpaid attempts looked at',
    /^select "payment_attempts"\."event_id", .* from unnest\(.*\) as due\(event_id, id\)/,
  ),
  byKeys('next looks planned', /^update payment_attempts a set checks = planned\.checks/),

  inBatches('callbacks stored', /^with given as materialized \( select i\.ord/),
  byKey('callback by id', /^select c\.id, c\.gateway, c\.organizer_id/),
  byKey('callback changed', /^update "?callbacks"? (c )?set/),

  inBatches('ledger written', /^insert into "?ledger_entries"?/),
  byKey('ledger of an attempt', /^select "account", sum\("amount"\)::float8 from "ledger_entries"/),

  byKey(
    'refunds of an attempt or by id',
    /^select "event_id", "id", "order_id", "attempt_id", .* from "refunds" where \("refunds"\."event_id" = \$\d+ and/,
  ),
  byKey('refund written', /^insert into "refunds"/),
  byKey('refund that its buyer is told of', /^select sum\(r\.amount\) over \(partition by r\.currency, r\.reason\)/),
  byKey(
    'holders of the tickets of an order',
    /^select t\.id as "ticketId", h\.holder_key as "holderKey" from orders o/,
  ),
  byKey('transfers of the tickets of an order', /^select "times_transferred" from "tickets" where/),
  // Calls note_facts, which is planned again on each connection.
  {
    name: 'refund noted for webhooks',
    text: /^select note_facts\( array\[r\.organizer_id\]/,
    pagesMax: functionPagesMax,
  },
  byKey('refund changed', /^update "refunds" set/),

  inBatches('tickets issued', /^insert into tickets/),
  byKey('tickets revoked', /^with revoked as \( update tickets t/),
  byKey(
    'live tickets of an order',
    /^select count\(\*\) from tickets t where t\.event_id \|\| (?:\$\d+|'') = p_event_id and t\.order_id = p_order_id/,
  ),
  byKey(
    'tickets of an order',
    /^select ("tickets"\."event_id", .*|"id") from "tickets" .*where \("tickets"\."event_id" = \$\d+ and "tickets"\."order_id" = \$\d+/,
  ),
  byKey('used ticket of an order', /^select t\.id from tickets t join admissions a/),
  // Where its plan was kept from before the statistics were reset, Postgres keeps its text with the value in it.
  byKey(
    'tickets locked at the door',
    /^SELECT from tickets where event_id \|\| (?:\$\d+|'') = p_event_id and status = (\$\d+|'live') and code = any/,
  ),

  byKey('scans judged', /^select array_agg\( row\( s\.n, s\.actor_id/),
  { ...byKey('scans answered', /^\( select json_agg\(case when reused then/), unexplained: true },
  byKey('scans written', /^insert into scans/),
  byKey('admissions written', /^with entries as \( select distinct on \(ticket_id\)/),

  byKey('places looked up and given', /^with asked as materialized \( select a\.n, a\.key, p\.place_index/),

  {
    name: 'deliveries recorded',
    text: /^with candidate as \( with subject as \( select o\.id, o\.event_id/,
    // Calls queue_deliveries, whose own statement is 'deliveries queued': 144 pages a call on a quiet machine, 335 on a busy one.
    pagesMax: functionPagesMax,
    unexplained: true,
  },
  inBatches('deliveries queued', /^with item as \( select i\.\*, row_number\(\) over \(partition by i\.channel/),
  { ...byKey('delivery claimed', /^update deliveries d set status = case when d\.channel/), unexplained: true },
  // Only where a message could not be sent, which a slow machine may bring about.
  { ...byKey('a delivery that failed', /^update deliveries set status = \$1, failure = \$2/), byChance: true },
  byKey('turns of a sender taken', /^with cap as \( select s\.id, coalesce/),
  byKey('statuses of messages', /^with reported as \( select d\.id, max\(array_position/),
  byKey('deliveries sent', /^update deliveries d set status = case when d\.status in/),
  byKey(
    'what a message says of an order',
    /^select o, \( ?select coalesce\(json_agg\(json_build_object\((?:\$\d+|'name')/,
  ),
  {
    name: 'sending of tickets staged',
    text: /^insert into outbox \(name, payload\) select case count/,
    // Calls queue_deliveries, as 'deliveries recorded' does.
    pagesMax: functionPagesMax,
    unexplained: true,
    byChance: true,
  },

  { ...functionCall('expire_holds'), byChance: true },
  {
    ...byKey(
      'events with holds that are over',
      /^with recursive event as \( \(select held\.event_id, held\.expires_at from orders held/,
    ),
    byChance: true,
  },
  { ...byKey('holds that are over', /^select array_agg\(d\.event_id\), array_agg\(d\.id\)/), byChance: true },
  sweep(
    'paid orders without a message',
    /^select o\.event_id as "eventId", o\.id as "orderId" from orders o where \(o\.paid_at/,
  ),
  sweep(
    'orders that close too long',
    /^select o\.event_id as "eventId", o\.id as "orderId" from orders o where o\.status/,
  ),
  sweep('attempts that are due', /^with due as \( select event_id, id, row_number\(\) over/),
  sweep('refunds that are due', /^select r\.event_id as "eventId", r\.id as "refundId" from refunds r/),
  // In a long outbox the two indexes that its text names are read, up to the limits of the statement.
  {
    ...byKey(
      'lateness of jobs, for the status document',
      /^select \(select extract\(\$\d+ from now\(\) - min\(due\.available_at\)\)/,
    ),
    pagesMax: 200,
    mayScan: true,
    byChance: true,
  },
  sweep(
    'kinds of jobs that wait, looked at now and then',
    /^with recursive kind as \( select min\(name\) as name from outbox/,
  ),
  // Asked every few seconds for a metric, of as many due rows as its limit says.
  {
    ...byKey('size of the outbox, for the metric', /^with recursive hop as \( \(select name, event_id from outbox/),
    pagesMax: 200,
    mayScan: true,
    byChance: true,
  },
  {
    ...byKey('callbacks that nobody applied', /^select c\.id::text, c\.attempt_id from callbacks c/),
    mayScan: true,
    unexplained: true,
    byChance: true,
  },

  byKey('job staged', /^insert into "?outbox"?(?! \(name, payload\) select case count)/),
  { ...byKey('jobs done', /^delete from outbox where id = any/), mayScan: true },
  {
    name: 'jobs leased again',
    text: /^select leased\.\* from \(.* from \( select o\.ctid as place/,
    pagesMax: 60,
    ...parted,
  },
  {
    name: 'jobs leased',
    text: /^select leased\.\* from \( select array_agg\(job\.place\)/,
    pagesMax: 300,
    ...parted,
  },
  {
    name: 'leases written',
    text: /^update outbox o set relays = o\.relays \+/,
    pagesMax: 300,
    ...parted,
  },
  {
    name: 'due work by kind and event',
    text: /^with recursive hop \(name, enough, event_id, number\)/,
    pagesMax: 200,
    ...parted,
  },
  {
    name: 'orders that wait for their payment',
    text: /^select e\.organizer_id, sum\(staged\.orders\)/,
    // It counts up to some thousand jobs, every few seconds.
    pagesMax: 200,
    mayScan: true,
  },
];
