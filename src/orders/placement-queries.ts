import { type SQL, sql } from 'drizzle-orm';
import { events } from '../catalog/tables.ts';
import { type Db, rowsOf } from '../platform/db.ts';
import { eq } from 'drizzle-orm';
import type { PlacementItem } from './placement.ts';

/** What the batch was decided by; the same for all of its orders. */
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
  | 'event_not_found'
  | 'category_unknown'
  | 'not_open'
  | 'limit_exceeded'
  | 'network_limit'
  | 'promo_invalid'
  | 'promo_used_up'
  | 'sold_out';

export type PlacementRow = {
  readonly n: number;
  readonly outcome: PlacementOutcome | 'facts';
  readonly order_id: string | null;
  readonly subtotal: string | null;
  readonly discount: string | null;
  readonly fees: string | null;
  readonly total: string | null;
  readonly placed_at_ms: string | null;
  readonly expires_at_ms: string | null;
  readonly detail: Readonly<Record<string, unknown>> | null;
};

/** One call, one transaction, one fsync for the whole batch. The rules are in `drizzle/0008_placement.sql`. */
export async function callPlaceOrders(
  db: Db,
  eventId: string,
  items: readonly PlacementItem[],
  heldPerNetworkMax: number,
): Promise<PlacementRow[]> {
  return rowsOf<PlacementRow>(db, placeOrdersStatement(eventId, items, heldPerNetworkMax));
}

function placeOrdersStatement(eventId: string, items: readonly PlacementItem[], heldPerNetworkMax: number): SQL {
  return sql`select * from place_orders(${eventId}, ${JSON.stringify(items)}::jsonb, ${heldPerNetworkMax}::integer)`;
}

export type EventForOrders = { readonly id: string; readonly organizerId: string; readonly holdSeconds: number };

export async function findEventForOrders(db: Db, slug: string): Promise<EventForOrders | undefined> {
  const [row] = await db
    .select({ id: events.id, organizerId: events.organizerId, holdSeconds: events.holdSeconds })
    .from(events)
    .where(eq(events.slug, slug))
    .limit(1);
  return row;
}

/** Which of these keys (hashes in hex) have made an order of the event already. */
export async function findKnownKeys(db: Db, eventId: string, keyHashes: readonly string[]): Promise<Set<string>> {
  const rows = await rowsOf<{ key: string }>(
    db,
    sql`
      select encode(o.idempotency_key_hash, 'hex') as key
      from unnest(${`{${keyHashes.join(',')}}`}::text[]) as k(hex)
      cross join lateral (
        select o.idempotency_key_hash from orders o
        where o.idempotency_key_hash = decode(k.hex, 'hex') and o.event_id || '' = ${eventId} limit 1) o`,
  );
  return new Set(rows.map((row) => row.key));
}
