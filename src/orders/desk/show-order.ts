import { type Actor, atLeast } from '../../access/actor.ts';
import type { Db } from '../../platform/database/db.ts';
import { idPatterns } from '../../platform/ids.ts';
import { findOrder } from '../buyer/queries.ts';
import { orderNotFound } from '../../access/errors.ts';
import { presentDeskOrder } from '../buyer/present.ts';

/**
 * An order as the desk sees it.
 * @throws DomainError order.not_found, also for another organiser's order
 */
export async function showDeskOrder(
  deps: { db: Db },
  actor: Actor,
  orderId: string,
): Promise<ReturnType<typeof presentDeskOrder>> {
  const facts = idPatterns.order.test(orderId) ? await findOrder(deps.db, orderId) : undefined;
  if (facts === undefined || facts.order.organizerId !== actor.organizerId) throw orderNotFound();
  return presentDeskOrder(facts, { showContact: atLeast(actor, 'manager') });
}
