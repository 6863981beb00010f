import { violatedConstraint } from '../../platform/database/db-errors.ts';
import {
  type CategoryOfEvent,
  type ChangeDeps,
  type EventOfActor,
  changeLockedEvent,
  differences,
} from '../events/change-locked-event.ts';
import { poolConstraint } from './create-ticket-category.ts';
import { poolUnknown, ticketCategoryHasOrders, ticketCategoryNotFound } from '../errors.ts';
import { requireCategoryLimits, ticketCategoryValues } from '../input-rows.ts';
import type { CategoryMoved, LimitsChanged, WasOrdered } from '../ports.ts';
import { ticketCategoryIs, type TicketCategoryRow } from '../queries.ts';
import type { ChangeTicketCategory } from './schemas.ts';
import type { Db } from '../../platform/database/db.ts';
import { ticketCategories } from '../tables.ts';

/**
 * Changes a category, also while it is on sale. A new price applies to orders placed from now on; a limit per buyer also counts what buyers
 * already have. The pool cannot change once something was ordered.
 * @throws DomainError ticket_category.not_found, ticket_category.pool_unknown, ticket_category.has_orders,
 * request.invalid, event.not_publishable, event.not_found, event.cancelled
 */
export async function changeTicketCategory(
  deps: ChangeDeps & {
    readonly limitsChanged: LimitsChanged;
    readonly wasOrdered: WasOrdered;
    readonly categoryMoved: CategoryMoved;
  },
  input: EventOfActor & { readonly ticketCategoryId: string; readonly values: ChangeTicketCategory },
): Promise<CategoryOfEvent> {
  try {
    return await changeLockedEvent(deps, input, async (tx, event) => {
      const before = await findTicketCategory(tx, event.id, input.ticketCategoryId);
      if (before === undefined) throw ticketCategoryNotFound();
      const values = ticketCategoryValues(input.values, event.currency);
      requireCategoryLimits({ ...before, ...values });
      const changes = differences(event, before, values);
      if (Object.keys(changes).length === 0) return { event, result: { event, category: before } };
      if ('poolId' in changes && (await deps.wasOrdered(tx, event.id, before.id))) throw ticketCategoryHasOrders();
      const category = await updateTicketCategory(tx, before, values);
      if ('poolId' in changes) await deps.categoryMoved(tx, event.id, category.id);
      if ((category.perBuyerMax === null) !== (before.perBuyerMax === null)) await deps.limitsChanged(tx, event.id);
      return { event, result: { event, category }, act: 'ticket_category.changed', subjectId: category.id, changes };
    });
  } catch (error) {
    throw violatedConstraint(error) === poolConstraint ? poolUnknown() : error;
  }
}

async function findTicketCategory(db: Db, eventId: string, id: string): Promise<TicketCategoryRow | undefined> {
  const [row] = await db.select().from(ticketCategories).where(ticketCategoryIs(eventId, id));
  return row;
}

async function updateTicketCategory(
  tx: Db,
  category: TicketCategoryRow,
  changes: Partial<Omit<TicketCategoryRow, 'eventId' | 'id'>>,
): Promise<TicketCategoryRow> {
  if (Object.keys(changes).length === 0) return category;
  const [row] = await tx
    .update(ticketCategories)
    .set(changes)
    .where(ticketCategoryIs(category.eventId, category.id))
    .returning();
  return row ?? category;
}
