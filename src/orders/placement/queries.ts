import { type SQL, sql } from 'drizzle-orm';
import { invariant } from '../../platform/assert.ts';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { arrayText } from '../../platform/database/array-text.ts';
import { prepared } from '../../platform/database/prepared.ts';
import { tellStaged } from '../../platform/jobs/tell-staged.ts';
import { storedKeys } from './keys.ts';

/** The event's data that the whole batch was decided with. */
export type PlacementFacts = {
  readonly organizerId: string;
  readonly slug: string;
  readonly currency: string;
  readonly categories: Readonly<Record<string, { name: string; price: number; poolId: string }>>;
};

export type PlacementOutcome =
  | 'placed'
  | 'paid'
  | 'replayed'
  | 'key_reused'
  | 'again'
  | 'too_late'
  | 'pass_required'
  | 'pass_mismatch'
  | 'pass_spent'
  | 'event_not_found'
  | 'category_unknown'
  | 'not_open'
  | 'limit_exceeded'
  | 'network_limit'
  | 'promo_invalid'
  | 'promo_used_up'
  | 'price_changed'
  | 'not_payable'
  | 'sold_out';

export type PlacementRow = {
  readonly n: number;
  readonly outcome: PlacementOutcome;
  readonly order_id: string | null;
  readonly subtotal: string | null;
  readonly discount: string | null;
  readonly fees: string | null;
  readonly total: string | null;
  readonly placed_at_ms: string | null;
  readonly expires_at_ms: string | null;
  readonly detail: Readonly<Record<string, unknown>> | null;
};

export type PlacementAnswer = {
  readonly facts: PlacementFacts;
  /** Postgres' time, in milliseconds since 1970; undefined if there is no such event. */
  readonly decidedAtMs: number | undefined;
  /** In the order of the items. */
  readonly rows: readonly PlacementRow[];
};

/** The one row of the call. Lists are texts with commas. */
type AnswerRow = {
  readonly facts: (PlacementFacts & { readonly holdSeconds: number }) | null;
  readonly decided_at_ms: string | null;
  readonly placed_at_ms: string | null;
  readonly outcomes: string;
  readonly order_ids: string | null;
  readonly subtotals: string | null;
  readonly discounts: string | null;
  readonly fees: string | null;
  readonly totals: string | null;
  readonly details: readonly (Readonly<Record<string, unknown>> | null)[] | null;
};

export type PlacementLimits = {
  readonly heldPerNetworkMax: number;
  readonly notAfterMs: number;
  /** The highest total that a gateway takes, by currency. Default: any. */
  readonly totalMaxes?: Readonly<Record<string, number>> | undefined;
};

/**
 * One call, one transaction, one fsync for the whole batch. The rules are in `drizzle/functions/orders/place_orders.sql`.
 * @param options.notAfterMs by Postgres' clock, in milliseconds since 1970: orders that are not decided by then never will be
 */
export async function callPlaceOrders(
  db: Db,
  eventId: string,
  items: readonly PlacementItem[],
  options: PlacementLimits,
): Promise<PlacementAnswer> {
  const [row] = await rowsOf<AnswerRow>(db, placeOrdersStatement(eventId, items, options));
  invariant(row !== undefined, 'place_orders gave no answer');
  // Only a batch that placed orders has prices. Refusals stage nothing.
  if (row.subtotals !== null) tellStaged(db);
  return {
    facts: row.facts ?? noFacts,
    decidedAtMs: row.decided_at_ms === null ? undefined : Number(row.decided_at_ms),
    rows: rowsOfAnswer(items, row),
  };
}

function placeOrdersStatement(
  eventId: string,
  items: readonly PlacementItem[],
  { heldPerNetworkMax, notAfterMs, totalMaxes }: PlacementLimits,
): SQL {
  const each = (field: (item: PlacementItem) => string | number | null) => arrayText(items.map(field));
  const ifAny = (field: (item: PlacementItem) => string | number | null) =>
    items.some((item) => field(item) !== null) ? each(field) : null;
  let lines = 0;
  const lineEnds = items.map((item) => (lines += item.categories.length));
  const givenAway = items.flatMap((item, index) => (item.given_away === true ? [index + 1] : []));
  const listed = items.flatMap((item, index) => (item.listed === true ? [index + 1] : []));
  const keys = storedKeys(
    eventId,
    items.map((item) => item.key_hash),
  );
  return sql`select facts, decided_at_ms, placed_at_ms, outcomes, order_ids, subtotals, discounts, fees, totals, details from place_orders(
    ${eventId}, to_timestamp(${notAfterMs / 1000}::float8), ${heldPerNetworkMax}::integer,
    ${each((item) => item.id)}::text[], ${arrayText(keys)}::uuid[], ${each((item) => item.fingerprint.slice(0, fingerprintDigits))}::uuid[],
    ${each((item) => item.name)}::text[], ${each((item) => item.email)}::text[], ${each((item) => item.phone)}::text[],
    ${each((item) => item.buyer_keys[0])}::text[], ${each((item) => item.buyer_keys[1])}::text[],
    ${each((item) => item.network_key)}::text[], ${each((item) => item.locale)}::text[], ${each((item) => item.jitter_seconds)}::integer[],
    ${ifAny((item) => item.promo)}::text[], ${ifAny((item) => item.pass_index)}::integer[], ${ifAny((item) => item.pass_account)}::text[],
    ${ifAny((item) => item.confirmed)}::text[],
    ${ifAny((item) => item.expected_total)}::bigint[], ${totalMaxes === undefined ? null : JSON.stringify(totalMaxes)}::jsonb,
    ${arrayText(lineEnds)}::integer[], ${arrayText(items.flatMap((item) => item.categories))}::text[],
    ${arrayText(items.flatMap((item) => item.quantities))}::integer[], ${givenAway.length === 0 ? null : arrayText(givenAway)}::integer[],
    ${ifAny((item) => item.traceparent ?? null)}::text[],
    ${listed.length === 0 ? null : arrayText(listed)}::integer[]) ${prepared}`;
}

function rowsOfAnswer(items: readonly PlacementItem[], row: AnswerRow): PlacementRow[] {
  const outcomes = row.outcomes.split(',') as PlacementOutcome[];
  const orderIds = row.order_ids?.split(',');
  const subtotals = row.subtotals?.split(',');
  const discounts = row.discounts?.split(',');
  const fees = row.fees?.split(',');
  const totals = row.totals?.split(',');
  const placedAtMs = Number(row.placed_at_ms);
  const holdSeconds = row.facts?.holdSeconds ?? 0;
  return outcomes.map((outcome, index) => {
    const isPlaced = outcome === 'placed' || outcome === 'paid';
    return {
      n: index + 1,
      outcome,
      order_id: isPlaced ? (items[index]?.id ?? null) : orderIds?.[index] || null,
      subtotal: subtotals?.[index] || null,
      discount: discounts?.[index] || null,
      fees: fees?.[index] || null,
      total: totals?.[index] || null,
      placed_at_ms: isPlaced ? String(placedAtMs) : null,
      expires_at_ms: isPlaced ? String(placedAtMs + (holdSeconds + (items[index]?.jitter_seconds ?? 0)) * 1000) : null,
      detail: row.details?.[index] ?? null,
    };
  });
}

/** 128 bits of the body's hash. */
const fingerprintDigits = 32;

const noFacts: PlacementFacts = { organizerId: '', slug: '', currency: '', categories: {} };

/** The keys among these (SHA-256 in hex) that already have an order of the event. */
export async function findKnownKeys(db: Db, eventId: string, keyHashes: readonly string[]): Promise<Set<string>> {
  const rows = await rowsOf<{ n: number }>(
    db,
    sql`
      select k.n::integer as n
      from unnest(${arrayText(storedKeys(eventId, keyHashes))}::uuid[]) with ordinality as k(key, n)
      cross join lateral (
        select 1 from orders o
        where o.idempotency_key_hash = k.key and o.event_id || '' = ${eventId} limit 1) o`,
  );
  return new Set(rows.flatMap(({ n }) => keyHashes[n - 1] ?? []));
}

/** One order in the form of the placement call; the names are those of `drizzle/functions/orders/place_orders.sql`. */
export type PlacementItem = {
  readonly id: string;
  readonly key_hash: string;
  /** SHA-256 in hex, as `key_hash`. */
  readonly fingerprint: string;
  readonly name: string;
  readonly email: string;
  readonly phone: string;
  readonly buyer_keys: readonly [string, string];
  readonly network_key: string;
  readonly locale: 'id' | 'en';
  /** As `promoKeyOf` returns it. */
  readonly promo: string | null;
  /** The total that the buyer was shown, in minor units. */
  readonly expected_total: number | null;
  /** From a verified pass of the waiting room. */
  readonly pass_index: number | null;
  readonly pass_account: string | null;
  /** The buyer key that the asker has proven, or null. */
  readonly confirmed: string | null;
  /** Given away by the desk: the whole price is discount, and it needs no pass and no open sale. */
  readonly given_away?: boolean;
  /** The sampled trace that places it. */
  readonly traceparent?: string | null;
  /**
   * Placed for a person whose turn in the waiting list it is. It needs no pass, and may take places that people wait
   * for.
   */
  readonly listed?: boolean;
  readonly jitter_seconds: number;
  readonly categories: readonly string[];
  readonly quantities: readonly number[];
};
