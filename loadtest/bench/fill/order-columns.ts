import { sql } from 'drizzle-orm';
import { storedKeys } from '../../../src/orders/placement/keys.ts';
import type { TestEvent } from '../../../testkit/factories.ts';

/**
 * Expressions for orders of one ticket that SQL writes, one for each number `n`. Ids, keys and hashes are as long and as scattered as
 * real ones, so the indexes are, too.
 */
export function orderColumns(event: TestEvent, { first, last }: { readonly first: number; readonly last: number }) {
  const { id: categoryId = '', poolId = '', price = 0 } = event.categories[0] ?? {};
  const numbers = sql`generate_series(${first}::bigint, ${last}::bigint) as n`;
  const orderId = sql`'ord_' || ${event.id.slice(4)} || lpad(upper(to_hex(n)), 10, '0') || upper(left(md5('code ' || n), 10))`;
  const keyOfEvent = (storedKeys(event.id, [''])[0] ?? '').slice(0, 8);
  const emailKey = sql`left(md5('email ' || n), 22)`;
  const phoneKey = sql`left(md5('phone ' || n), 22)`;
  const insertLines = sql`
    insert into order_lines (event_id, order_id, ticket_category_id, pool_id, quantity, unit_price)
    select ${event.id}, ${orderId}, ${categoryId}, ${poolId}, 1, ${price}::bigint from ${numbers}`;
  return { price, numbers, orderId, keyOfEvent, emailKey, phoneKey, insertLines };
}
