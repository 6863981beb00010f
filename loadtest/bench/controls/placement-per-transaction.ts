import { type SQL, sql } from 'drizzle-orm';
import type { PlacementFacts, PlacementRow, PlacementItem } from '../../../src/orders/placement/queries.ts';
import { type Placed, type Placement, refusedRow } from '../../../src/orders/placement/placement.ts';
import { storedKeys } from '../../../src/orders/placement/keys.ts';
import { arrayText } from '../../../src/platform/database/array-text.ts';
import { type Db, rowsOf, transaction } from '../../../src/platform/database/db.ts';

/**
 * The control of the order benches: the usual interactive transaction per order, with the rules that the benches need
 * (several categories, limits per buyer and network, idempotency, hold, lines, outbox). It is tuned: the hot row is locked
 * last, for one statement and the commit. With the lock taken first, as is common, it reaches about half of that.
 */
export function placementPerTransaction(db: Db, heldPerNetworkMax: number): Placement {
  return {
    submit: (eventId, item) => transaction(db, (tx) => place(tx, eventId, item, heldPerNetworkMax)),
    drain: () => Promise.resolve(),
  };
}

type Item = PlacementItem;
type Category = {
  id: string;
  name: string;
  price: string;
  pool_id: string;
  open: boolean;
  max: number;
  available: number;
};
type Event = {
  organizer_id: string;
  slug: string;
  currency: string;
  hold_seconds: number;
  buyer_max: number | null;
  fee: string;
};
type Line = { readonly category: Category; readonly quantity: number };

const storedKey = (eventId: string, item: Item) => storedKeys(eventId, [item.key_hash])[0] ?? '';

async function place(tx: Db, eventId: string, item: Item, heldPerNetworkMax: number): Promise<Placed> {
  const { event, lines } = await readCatalogue(tx, eventId, item);
  const facts = factsOf(event, lines);
  const known = await rowsOf<{ id: string }>(
    tx,
    sql`select id from orders where event_id = ${eventId} and idempotency_key_hash = ${storedKey(eventId, item)}::uuid`,
  );
  if (known[0] !== undefined) return { row: rowOf('replayed', known[0].id), facts };
  const isLeft = lines.every(({ category, quantity }) => category.available >= quantity);
  if (!isLeft) return { row: rowOf('sold_out', null), facts };
  await countLimits(tx, eventId, item, event.buyer_max, heldPerNetworkMax);
  const placed = await insertOrder(tx, eventId, item, event, lines);
  for (const line of lines) await takeStock(tx, eventId, line);
  return { row: placed, facts };
}

/** The hot row is locked last, and only for this call and the commit. */
async function takeStock(tx: Db, eventId: string, { category, quantity }: Line): Promise<void> {
  const taken = await rowsOf(
    tx,
    sql`update stock set available = available - ${quantity}::int, held = held + ${quantity}::int
        where event_id = ${eventId} and pool_id = ${category.pool_id} and available >= ${quantity}::int returning pool_id`,
  );
  if (taken.length === 0) throw new Error('sold out meanwhile');
}

/** The event and the requested categories, ordered by pool, so that two orders cannot deadlock. */
async function readCatalogue(tx: Db, eventId: string, item: Item): Promise<{ event: Event; lines: Line[] }> {
  const [event] = await rowsOf<Event>(
    tx,
    sql`select organizer_id, slug, currency, hold_seconds, tickets_per_buyer_max as buyer_max, fee_per_ticket::text as fee
        from events where id = ${eventId}`,
  );
  const categories = await rowsOf<Category>(
    tx,
    sql`select c.id, c.name, c.price::text, c.pool_id, c.per_order_max as max, s.available,
               now() >= c.sale_opens_at and now() < c.sale_closes_at as open
        from ticket_categories c join stock s on s.event_id = c.event_id and s.pool_id = c.pool_id
        where c.event_id = ${eventId} and c.id = any (${arrayText(item.categories)}::text[]) order by c.pool_id`,
  );
  const lines = categories.map((category) => ({
    category,
    quantity: item.quantities[item.categories.indexOf(category.id)] ?? 0,
  }));
  const isOnSale = lines.every(({ category, quantity }) => category.open && quantity <= category.max);
  if (event === undefined || lines.length !== item.categories.length || !isOnSale) throw new Error('not on sale');
  return { event, lines };
}

async function countLimits(
  tx: Db,
  eventId: string,
  item: Item,
  buyerMax: number | null,
  heldPerNetworkMax: number,
): Promise<void> {
  const quantity = item.quantities.reduce((sum, one) => sum + one, 0);
  const [emailKey, phoneKey] = item.buyer_keys;
  const asker = sql`asker_key(${item.confirmed ?? null}, ${emailKey}, ${phoneKey}, ${item.network_key})`;
  if (buyerMax !== null) await count(tx, { eventId, key: asker, quantity, max: buyerMax });
  await count(tx, { eventId, key: sql`${`n:${item.network_key}`}`, quantity, max: heldPerNetworkMax });
}

type Counted = { readonly eventId: string; readonly key: SQL; readonly quantity: number; readonly max: number };

async function count(tx: Db, { eventId, key, quantity, max }: Counted): Promise<void> {
  const [counter] = await rowsOf<{ quantity: number }>(
    tx,
    sql`insert into limit_counters as l (event_id, counter_key, quantity) values (${eventId}, ${key}, ${quantity})
        on conflict (event_id, counter_key) do update set quantity = l.quantity + excluded.quantity returning quantity`,
  );
  if ((counter?.quantity ?? 0) > max) throw new Error('over a limit');
}

async function insertOrder(
  tx: Db,
  eventId: string,
  item: Item,
  event: Event,
  lines: readonly Line[],
): Promise<PlacementRow> {
  const quantity = lines.reduce((sum, line) => sum + line.quantity, 0);
  const subtotal = lines.reduce((sum, line) => sum + Number(line.category.price) * line.quantity, 0);
  const fees = Number(event.fee) * quantity;
  const [placed] = await rowsOf<{ placed_at_ms: string; expires_at_ms: string }>(
    tx,
    sql`insert into orders (event_id, id, organizer_id, status, idempotency_key_hash, fingerprint, buyer_name, buyer_email, buyer_phone,
          buyer_keys, network_key, locale, currency, quantity, subtotal, discount, fees, total, placed_at, expires_at, hold_ends_max_at)
        values (${eventId}, ${item.id}, ${event.organizer_id}, 'pending_payment', ${storedKey(eventId, item)}::uuid, ${item.fingerprint.slice(0, 32)}::uuid,
          ${item.name}, ${item.email}, ${item.phone}, ${arrayText(item.buyer_keys)}::text[], ${item.network_key}, ${item.locale}, ${event.currency},
          ${quantity}, ${subtotal}, 0, ${fees}, ${subtotal + fees}, now(), now() + make_interval(secs => ${event.hold_seconds}),
          now() + make_interval(secs => ${2 * event.hold_seconds}))
        returning floor(extract(epoch from placed_at) * 1000)::text as placed_at_ms, floor(extract(epoch from expires_at) * 1000)::text as expires_at_ms`,
  );
  for (const line of lines) {
    await tx.execute(
      sql`insert into order_lines (event_id, order_id, ticket_category_id, pool_id, quantity, unit_price)
          values (${eventId}, ${item.id}, ${line.category.id}, ${line.category.pool_id}, ${line.quantity}, ${line.category.price}::bigint)`,
    );
  }
  await tx.execute(
    sql`insert into outbox (name, payload) values ('order.placed', ${JSON.stringify({ eventId, orderId: item.id })}::jsonb)`,
  );
  return {
    ...rowOf('placed', item.id),
    subtotal: String(subtotal),
    discount: '0',
    fees: String(fees),
    total: String(subtotal + fees),
    placed_at_ms: placed?.placed_at_ms ?? '0',
    expires_at_ms: placed?.expires_at_ms ?? '0',
  };
}

function factsOf(event: Event, lines: readonly Line[]): PlacementFacts {
  return {
    organizerId: event.organizer_id,
    slug: event.slug,
    currency: event.currency,
    categories: Object.fromEntries(
      lines.map(({ category }) => [
        category.id,
        { name: category.name, price: Number(category.price), poolId: category.pool_id },
      ]),
    ),
  };
}

function rowOf(outcome: PlacementRow['outcome'], orderId: string | null): PlacementRow {
  return { ...refusedRow, n: 1, outcome, order_id: orderId };
}
