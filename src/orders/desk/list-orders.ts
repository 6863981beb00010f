import { type Actor, atLeast } from '../../access/actor.ts';
import type { Db } from '../../platform/database/db.ts';
import { buyerKeys } from '../placement/buyer.ts';
import { findOrders, type OrderFilter } from './queries.ts';
import { parseOrderCode } from '../buyer/order-code.ts';
import { ownEvent } from './own-event.ts';
import { presentDeskOrder } from '../buyer/present.ts';
import type { OrderStatus } from '../tables.ts';

export type ListOrdersInput = {
  readonly eventId: string;
  readonly status?: OrderStatus | undefined;
  /** A whole order code or a whole email address; anything else finds nothing. */
  readonly q?: string | undefined;
  readonly before?: string | undefined;
  readonly limit: number;
};

/**
 * Orders of an event, newest first; one more than `limit` when there is a next page.
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
  const rows = await findOrders(deps.db, { eventId: event.id, status, before, ...sought }, limit + 1);
  const showContact = atLeast(actor, 'manager');
  return rows.map((row) => presentDeskOrder(row, { showContact }));
}

/** The door may not learn by trying whether an email address has an order. */
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
