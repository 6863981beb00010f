import { sql } from 'drizzle-orm';
import type { Db } from '../../../src/platform/database/db.ts';
import type { TestEvent } from '../../../testkit/factories.ts';

/**
 * Rows written by SQL instead of the service, which could not reach these numbers in time. They equal the rows that the
 * service would write, so the audit stays clean. `bulkOrderId` gives the id of order number n.
 */
const timeText = '06FJ2V1H8C';
const numberLength = 10;

export function bulkOrderId(event: TestEvent, number: number): string {
  return `ord_${event.id.slice(4)}${timeText}${number.toString(16).toUpperCase().padStart(numberLength, '0')}`;
}

const orderIdOf = (event: TestEvent) =>
  sql`'ord_' || ${event.id.slice(4)} || ${timeText} || lpad(upper(to_hex(n)), ${numberLength}::int, '0')`;

const orderColumns = sql`event_id, id, organizer_id, status, idempotency_key_hash, fingerprint, buyer_name, buyer_email, buyer_phone,
  buyer_keys, network_key, locale, currency, quantity, subtotal, discount, fees, total, placed_at, expires_at, hold_ends_max_at, paid_at, closed_at`;

/**
 * Fields that all these buyers share. Keys and hashes differ by event and number, so that no buyer is sent more messages than the
 * caps allow, and are as long as real ones.
 */
const buyerColumnsOf = ({
  id,
}: TestEvent) => sql`md5('key ' || n)::uuid, md5('body ' || n)::uuid, 'Ayu Lestari', 'ayu.' || n || '@example.test',
  '+6281' || lpad(n::text, 10, '0'), array[left(encode(sha256((${id} || ' email ' || n)::bytea), 'hex'), 32), left(encode(sha256((${id} || ' phone ' || n)::bytea), 'hex'), 32)]`;

type Numbers = { readonly first: number; readonly last: number };

const numbersFrom = ({ first, last }: Numbers) => sql`generate_series(${first}::bigint, ${last}::bigint) as n`;

async function insertLines(db: Db, event: TestEvent, numbers: Numbers, quantity: number): Promise<void> {
  const category = event.categories[0];
  await db.execute(sql`
    insert into order_lines (event_id, order_id, ticket_category_id, pool_id, quantity, unit_price)
    select ${event.id}, ${orderIdOf(event)}, ${category?.id ?? ''}, ${category?.poolId ?? ''}, ${quantity}::int, ${category?.price ?? 0}::bigint
    from ${numbersFrom(numbers)}`);
}

/** Orders of one ticket that were placed a moment ago, without a payment at the gateway. */
export async function insertPlacedOrders(db: Db, event: TestEvent, numbers: Numbers): Promise<void> {
  const { price = 0 } = event.categories[0] ?? {};
  const count = numbers.last - numbers.first + 1;
  await db.execute(sql`
    insert into orders (${orderColumns})
    select ${event.id}, ${orderIdOf(event)}, ${event.organizer.id}, 'pending_payment', ${buyerColumnsOf(event)}, 'bench-network', 'id', 'IDR', 1,
      ${price}::bigint, 0, 0, ${price}::bigint, now(), now() + interval '1 day', now() + interval '2 days', null, null
    from ${numbersFrom(numbers)}`);
  await insertLines(db, event, numbers, 1);
  await db.execute(sql`
    insert into limit_counters as l (event_id, counter_key, quantity) values (${event.id}, 'n:bench-network', ${count}::int)
    on conflict (event_id, counter_key) do update set quantity = l.quantity + excluded.quantity`);
  await db.execute(
    sql`update stock set available = available - ${count}::int, held = held + ${count}::int where event_id = ${event.id}`,
  );
}

/** Orders of one ticket that wait for payment, each with an open attempt at the gateway. */
export async function insertOrdersInPayment(db: Db, event: TestEvent, numbers: Numbers): Promise<void> {
  const { price = 0 } = event.categories[0] ?? {};
  await insertPlacedOrders(db, event, numbers);
  await db.execute(sql`
    insert into payment_attempts (event_id, id, order_id, organizer_id, number, gateway, method, amount, currency, status, expires_at, next_check_at)
    select ${event.id}, 'pay_' || substr(id, 5) || '01', id, ${event.organizer.id}, 1, 'midtrans', 'any', ${price}::bigint, 'IDR', 'pending',
      now() + interval '1 day', now() + interval '1 day'
    from (select ${orderIdOf(event)} as id from ${numbersFrom(numbers)}) placed`);
}

/**
 * Paid orders of free tickets, with the tickets and their mails. `untold` leaves the mails out. The code of ticket m (from
 * 0) is the MD5 of `<secret> m`.
 * @param options.each tickets per order; default 10
 */
export async function insertTickets(
  db: Db,
  event: TestEvent,
  options: { readonly count: number; readonly secret: string; readonly each?: number; readonly untold?: boolean },
): Promise<void> {
  const { count, secret, each = ticketsPerOrder, untold = false } = options;
  const numbers = { first: 0, last: count / each - 1 };
  await db.execute(sql`
    insert into orders (${orderColumns})
    select ${event.id}, ${orderIdOf(event)}, ${event.organizer.id}, 'paid', ${buyerColumnsOf(event)}, 'bench-network', 'id', 'IDR', ${each}::int,
      0, 0, 0, 0, now(), now() + interval '1 day', now() + interval '2 days', now(), null
    from ${numbersFrom(numbers)}`);
  await insertLines(db, event, numbers, each);
  await db.execute(sql`
    insert into tickets (event_id, id, order_id, ticket_category_id, code)
    select ${event.id}, 'tkt_' || substr(id, 5) || lpad((place + 1)::text, 3, '0'), id, ${event.categories[0]?.id ?? ''},
      decode(md5(${secret} || ' ' || n * ${each}::bigint + place), 'hex')
    from (select n, ${orderIdOf(event)} as id from ${numbersFrom(numbers)}) placed
    cross join generate_series(0, ${each - 1}::int) as place`);
  if (!untold) await insertDeliveries(db, event, numbers);
  await db.execute(
    sql`update stock set available = available - ${count}::int, sold = sold + ${count}::int where event_id = ${event.id}`,
  );
}

async function insertDeliveries(db: Db, event: TestEvent, numbers: Numbers): Promise<void> {
  await db.execute(sql`
    insert into deliveries (id, organizer_id, event_id, subject_id, template, channel, recipient_key, status, provider_message_id,
      accepted_at, delivered_at, next_check_at)
    select 'dlv_' || substr(id, 5), ${event.organizer.id}, ${event.id}, id, 'tickets', 'email', 'bench', 'delivered', 'bench ' || id, now(), now(), null
    from (select ${orderIdOf(event)} as id from ${numbersFrom(numbers)}) placed`);
}

/** Stages `order.placed` for these orders, as placement does. */
export const stagePlaced = (db: Db, event: TestEvent, numbers: Numbers) =>
  stageEach(db, 'order.placed', event, numbers);

/** Stages `order.paid` for these orders, as payment does. */
export const stagePaid = (db: Db, event: TestEvent, numbers: Numbers) => stageEach(db, 'order.paid', event, numbers);

async function stageEach(db: Db, name: string, event: TestEvent, numbers: Numbers): Promise<void> {
  await db.execute(sql`
    insert into outbox (name, payload)
    select ${name}, jsonb_build_object('eventId', ${event.id}::text, 'orderId', ${orderIdOf(event)}) from ${numbersFrom(numbers)}`);
}

/** The number of an order, from its buyer's address. */
export function orderNumberIn(address: string): number {
  return Number(/^ayu\.(\d+)@/.exec(address)?.[1] ?? Number.NaN);
}

export const ticketsPerOrder = 10;
