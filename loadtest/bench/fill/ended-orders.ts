import { sql } from 'drizzle-orm';
import type { Db } from '../../../src/platform/database/db.ts';
import type { TestEvent } from '../../../testkit/factories.ts';
import { orderColumns } from './order-columns.ts';

/**
 * Orders of one ticket that were not paid in time, with their lines and their buyers' counts, which are zero again: the
 * remains of past sales. Ids rise with time and have random ends, and keys and hashes are as long and as scattered as
 * real ones, so the indexes are realistic, too. Written by SQL, in the form that the service would have left.
 */
export async function insertEndedOrders(
  db: Db,
  event: TestEvent,
  { first, last }: { readonly first: number; readonly last: number },
): Promise<void> {
  const { price, numbers, orderId, keyOfEvent, emailKey, phoneKey, insertLines } = orderColumns(event, { first, last });
  await db.execute(sql`
    insert into orders (event_id, id, organizer_id, status, idempotency_key_hash, fingerprint, buyer_name, buyer_email, buyer_phone,
      buyer_keys, network_key, locale, currency, quantity, subtotal, discount, fees, total, placed_at, expires_at, hold_ends_max_at, closed_at)
    select ${event.id}, ${orderId}, ${event.organizer.id}, 'expired', (${keyOfEvent} || left(md5('key ' || n), 24))::uuid, md5('body ' || n)::uuid,
      'Ayu Lestari', 'ayu.' || n || '@example.test', '+6281' || lpad(n::text, 10, '0'), array[${emailKey}, ${phoneKey}],
      left(md5('network ' || n % 20000), 22), 'id', 'IDR', 1, ${price}::bigint, 0, 0, ${price}::bigint, now() - interval '30 days',
      now() - interval '30 days' + interval '15 minutes', now() - interval '30 days' + interval '30 minutes',
      now() - interval '30 days' + interval '16 minutes'
    from ${numbers}`);
  await db.execute(insertLines);
  await db.execute(sql`
    insert into limit_counters (event_id, counter_key, quantity)
    select ${event.id}, 'b:' || key, 0 from ${numbers} cross join lateral (values (${emailKey}), (${phoneKey})) as buyer(key)`);
}
