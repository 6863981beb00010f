import { type Actor, atLeast } from '../../access/actor.ts';
import type { Db } from '../../platform/database/db.ts';
import { buyerKeys } from '../placement/keys.ts';
import { parseOrderCode } from '../buyer/look-up-order.ts';
import { ownEvent } from './own-event.ts';
import { presentDeskOrder } from '../buyer/present.ts';
import { type OrderStatus, orders } from '../tables.ts';
import { and, desc, eq, lt, sql } from 'drizzle-orm';
import { readOrders } from '../buyer/queries.ts';

export type ListOrdersInput = {
  readonly eventId: string;
  readonly status?: OrderStatus | undefined;
  /** A complete order code or email address; other texts find nothing. */
  readonly q?: string | undefined;
  readonly before?: string | undefined;
  readonly limit: number;
};

/**
 * Orders of an event, newest first; one more than `limit` if there is a next page.
 * @throws DomainError event.not_found
 */
export async function listOrders(
  deps: { db: Db; hashSecret: string },
  actor: Actor,
  { eventId, status, q, before, limit }: ListOrdersInput,
): Promise<ReturnType<typeof presentDeskOrder>[]> {
  const event = await ownEvent(deps.db, actor, eventId);
  const sought = soughtBy(deps.hashSecret, actor, q);
  if (sought === 'nothing') return [];
  const ids = await findOrderIds(deps.db, { eventId: event.id, status, before, ...sought }, limit + 1);
  const found = await readOrders(deps.db, ids);
  const showContact = atLeast(actor, 'manager');
  return ids.flatMap((id) => found.get(id) ?? []).map((facts) => presentDeskOrder(facts, { showContact }));
}

/** The role door may not search by email: it could find out whether an address has an order. */
function soughtBy(
  hashSecret: string,
  actor: Actor,
  q: string | undefined,
): Pick<OrderFilter, 'code' | 'emailKey'> | 'nothing' {
  if (q === undefined) return {};
  if (q.includes('@')) {
    return atLeast(actor, 'manager') ? { emailKey: buyerKeys(hashSecret, { email: q, phone: '' })[0] } : 'nothing';
  }
  const code = parseOrderCode(q);
  return code === undefined ? 'nothing' : { code };
}

type OrderFilter = {
  readonly eventId: string;
  readonly status?: OrderStatus | undefined;
  /** The ten characters of an order's code. */
  readonly code?: string | undefined;
  /** The buyer's email as limits compare it. */
  readonly emailKey?: string | undefined;
  /** The last order of the previous page. */
  readonly before?: string | undefined;
};

/**
 * Orders of one event, newest first. Ids rise with time, so the primary key gives this order and a page costs the same at any depth.
 * Filters by status and email scan along the primary key.
 */
async function findOrderIds(db: Db, filter: OrderFilter, limit: number): Promise<string[]> {
  const rows = await db
    .select({ id: orders.id })
    .from(orders)
    .where(
      and(
        eq(orders.eventId, filter.eventId),
        filter.before === undefined ? undefined : lt(orders.id, filter.before),
        filter.status === undefined ? undefined : eq(orders.status, filter.status),
        filter.code === undefined ? undefined : sql`right(${orders.id}, 10) = ${filter.code}`,
        filter.emailKey === undefined ? undefined : sql`${orders.buyerKeys}[1] = ${filter.emailKey}`,
      ),
    )
    .orderBy(desc(orders.id))
    .limit(limit);
  return rows.map(({ id }) => id);
}
