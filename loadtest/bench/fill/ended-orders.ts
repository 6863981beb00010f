import { sql } from 'drizzle-orm';
import { storedKeys } from '../../../src/orders/placement/keys.ts';
import type { Db } from '../../../src/platform/database/db.ts';
import type { TestEvent } from '../../../testkit/factories.ts';

/**
 * Orders of one ticket that were not paid in time, with their lines and their buyers' counts, which are zero again: what
 * past sales leave in the tables. Ids rise with time and end at random, and keys and hashes are as long and as scattered as
 * real ones, so the indexes are, too. Written by SQL, in the form that the service would have left.
 */
export async function insertEndedOrders(
  db: Db,
  event: TestEvent,
  { first, last }: { readonly first: number; readonly last: number },
): Promise<void> {
  const { id: categoryId = '', poolId = '', price = 0 } = event.categories[0] ?? {};
  const numbers = sql`generate_series(${first}::bigint, ${last}::bigint) as n`;
  const orderId = sql`'ord_' || ${event.id.slice(4)} || lpad(upper(to_hex(n)), 10, '0') || upper(left(md5('code ' || n), 10))`;
  const keyOfEvent = (storedKeys(event.id, [''])[0] ?? '').slice(0, 8);
  const emailKey = sql`left(md5('email ' || n), 22)`;
  const phoneKey = sql`left(md5('phone ' || n), 22)`;
  await db.execute(sql`
    insert into orders (event_id, id, organizer_id, status, idempotency_key_hash, fingerprint, buyer_name, buyer_email, buyer_phone,
      buyer_keys, network_key, locale, currency, quantity, subtotal, discount, fees, total, placed_at, expires_at, hold_ends_max_at, closed_at)
    select ${event.id}, ${orderId}, ${event.organizer.id}, 'expired', (${keyOfEvent} || left(md5('key ' || n), 24))::uuid, md5('body ' || n)::uuid,
      'Ayu Lestari', 'ayu.' || n || '@example.test', '+6281' || lpad(n::text, 10, '0'), array[${emailKey}, ${phoneKey}],
      left(md5('network ' || n % 20000), 22), 'id', 'IDR', 1, ${price}::bigint, 0, 0, ${price}::bigint, now() - interval '30 days',
      now() - interval '30 days' + interval '15 minutes', now() - interval '30 days' + interval '30 minutes',
      now() - interval '30 days' + interval '16 minutes'
    from ${numbers}`);
  await db.execute(sql`
    insert into order_lines (event_id, order_id, ticket_category_id, pool_id, quantity, unit_price)
    select ${event.id}, ${orderId}, ${categoryId}, ${poolId}, 1, ${price}::bigint from ${numbers}`);
  await db.execute(sql`
    insert into limit_counters (event_id, counter_key, quantity)
    select ${event.id}, 'b:' || key, 0 from ${numbers} cross join lateral (values (${emailKey}), (${phoneKey})) as buyer(key)`);
}
