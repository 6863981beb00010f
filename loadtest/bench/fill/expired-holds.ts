import { sql } from 'drizzle-orm';
import type { Db } from '../../../src/platform/database/db.ts';
import type { TestEvent } from '../../../testkit/factories.ts';
import { orderColumns } from './order-columns.ts';

const networks = 20_000;
const ordersPerStatement = 100_000;

/**
 * Orders of one ticket with an expired hold that no sweep has released: each with its line, an attempt, and its counts for buyer, network
 * and stock. Written by SQL, in the form that the service would have left.
 * @param attempts `expired`: the gateway has closed them. `pending`: their pages are over, and they must be closed first.
 */
export async function insertExpiredHolds(
  db: Db,
  event: TestEvent,
  count: number,
  attempts: 'expired' | 'pending' = 'expired',
): Promise<void> {
  for (let first = 0; first < count; first += ordersPerStatement) {
    const range = { first, last: Math.min(first + ordersPerStatement, count) - 1 };
    await insertSome(db, event, range, attempts);
  }
  await db.execute(sql`
    insert into limit_counters (event_id, counter_key, quantity)
    select event_id, 'n:' || network_key, count(*) from orders where event_id = ${event.id} group by 1, 2
    union all
    select event_id, asker_key(confirmed_key, buyer_keys[1], buyer_keys[2], network_key), count(*) from orders
    where event_id = ${event.id} group by 1, 2`);
  await db.execute(sql`
    update stock set available = available - ${count}::integer, held = held + ${count}::integer where event_id = ${event.id}`);
  for (const table of ['orders', 'order_lines', 'limit_counters', 'payment_attempts'])
    await db.execute(sql`vacuum (analyze) ${sql.identifier(table)}`);
}

async function insertSome(
  db: Db,
  event: TestEvent,
  range: { readonly first: number; readonly last: number },
  attempts: 'expired' | 'pending',
): Promise<void> {
  const { price, numbers, orderId, keyOfEvent, emailKey, phoneKey, insertLines } = orderColumns(event, range);
  await db.execute(sql`
    insert into orders (event_id, id, organizer_id, status, idempotency_key_hash, fingerprint, buyer_name, buyer_email, buyer_phone,
      buyer_keys, network_key, locale, currency, quantity, subtotal, discount, fees, total, placed_at, expires_at, hold_ends_max_at)
    select ${event.id}, ${orderId}, ${event.organizer.id}, 'pending_payment', (${keyOfEvent} || left(md5('key ' || n), 24))::uuid,
      md5('body ' || n)::uuid, 'Ayu Lestari', 'ayu.' || n || '@example.test', '+6281' || lpad(n::text, 10, '0'), array[${emailKey}, ${phoneKey}],
      left(md5('network ' || n % ${networks}::bigint), 22), 'id', 'IDR', 1, ${price}::bigint, 0, 0, ${price}::bigint, now() - interval '20 minutes',
      now() - interval '5 minutes' + n * interval '10 microseconds', now()
    from ${numbers}`);
  await db.execute(insertLines);
  await db.execute(sql`
    insert into payment_attempts (event_id, id, order_id, organizer_id, number, gateway, method, amount, currency, status, expires_at,
      next_check_at)
    select ${event.id}, 'pay_' || substr(id, 5) || '01', id, ${event.organizer.id}, 1, 'midtrans', 'any', ${price}::bigint, 'IDR', ${attempts},
      now() - interval '7 minutes', case when ${attempts} = 'pending' then now() + interval '1 hour' end
    from (select ${orderId} as id from ${numbers}) placed`);
}
