import { type ChangeDeps, type EventOfActor, changeLockedEvent } from '../events/change-locked-event.ts';
import { ticketCategoryHasOrders, ticketCategoryNotFound } from '../errors.ts';
import type { CategoryMoved, WasOrdered } from '../ports.ts';
import type { Db } from '../../platform/database/db.ts';
import { ticketCategories } from '../tables.ts';
import { ticketCategoryIs } from '../queries.ts';

/**
 * Deletes a category that was never ordered.
 * @throws DomainError ticket_category.not_found, ticket_category.has_orders, event.not_publishable, event.not_found,
 * event.cancelled
 */
export async function deleteTicketCategory(
  deps: ChangeDeps & { readonly wasOrdered: WasOrdered; readonly categoryMoved: CategoryMoved },
  { ticketCategoryId, ...of }: EventOfActor & { readonly ticketCategoryId: string },
): Promise<void> {
  return changeLockedEvent(deps, of, async (tx, event) => {
    if (await deps.wasOrdered(tx, event.id, ticketCategoryId)) throw ticketCategoryHasOrders();
    const name = await deleteTicketCategoryRow(tx, event.id, ticketCategoryId);
    if (name === undefined) throw ticketCategoryNotFound();
    await deps.categoryMoved(tx, event.id, ticketCategoryId);
    return { event, result: undefined, act: 'ticket_category.deleted', subjectId: ticketCategoryId, changes: { name } };
  });
}

/** The name of the row that is gone. */
async function deleteTicketCategoryRow(tx: Db, eventId: string, id: string): Promise<string | undefined> {
  const [row] = await tx
    .delete(ticketCategories)
    .where(ticketCategoryIs(eventId, id))
    .returning({ name: ticketCategories.name });
  return row?.name;
}
