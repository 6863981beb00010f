import { sql } from 'drizzle-orm';
import { entriesPerEventMax } from './limits.ts';

/** Whether people may wait for the category `c` of the event `e`: it is on sale now, as far as it has tickets. */
export const isSold = sql`e.has_waiting_list and e.status = 'published' and e.sales = 'open' and c.status = 'on_sale'
  and now() >= c.sale_opens_at and now() < least(c.sale_closes_at, e.ends_at)`;

/** Whether the category `c` has no tickets to order, by the stock `s` of its pool. */
export const isWaitNeeded = sql`(s.is_listed or s.available < c.per_order_min)`;

/**
 * Whether the waiting list of the event `e` is full. Only confirmed addresses count: anybody can send the form with any
 * number of addresses, which would otherwise keep people out.
 */
export const isFull = sql`(
  select count(*) from waiting_entries other where other.event_id = e.id and other.status in ('waiting', 'offering')) >= ${entriesPerEventMax}`;
