import { invariant } from '../../platform/assert.ts';
import { violatedConstraint } from '../../platform/database/db-errors.ts';
import { newId } from '../../platform/ids.ts';
import {
  type CategoryOfEvent,
  type ChangeDeps,
  type EventOfActor,
  changeLockedEvent,
} from '../events/change-locked-event.ts';
import { limitReached, poolUnknown } from '../errors.ts';
import { requireCategoryLimits, ticketCategoryValues } from '../input-rows.ts';
import { ticketCategoriesPerEventMax } from '../limits.ts';
import type { TicketCategoryRow } from '../queries.ts';
import { listTicketCategories } from '../public/queries.ts';
import type { CreateTicketCategory } from './schemas.ts';
import type { Db } from '../../platform/database/db.ts';
import { ticketCategories } from '../tables.ts';

/** The foreign key that requires a pool of the same event. */
export const poolConstraint = 'ticket_categories_event_id_pool_id_fkey';

/**
 * Creates a ticket category: a price for places of one of the event's pools.
 * @throws DomainError ticket_category.pool_unknown, request.invalid, catalog.limit_reached, event.not_publishable,
 * event.not_found, event.cancelled
 */
export async function createTicketCategory(
  deps: ChangeDeps,
  { values, ...of }: EventOfActor & { readonly values: CreateTicketCategory },
): Promise<CategoryOfEvent> {
  try {
    return await changeLockedEvent(deps, of, async (tx, event) => {
      if ((await listTicketCategories(tx, event.id)).length >= ticketCategoriesPerEventMax) {
        throw limitReached('ticketCategoriesPerEventMax', ticketCategoriesPerEventMax);
      }
      const row = {
        ...values,
        ...ticketCategoryValues(values, event.currency),
        price: values.price.amount,
        saleOpensAt: new Date(values.saleOpensAt),
        saleClosesAt: new Date(values.saleClosesAt),
        entryOpensAt: values.entryOpensAt === null ? null : new Date(values.entryOpensAt),
        entryClosesAt: values.entryClosesAt === null ? null : new Date(values.entryClosesAt),
      };
      requireCategoryLimits(row);
      const category = await insertTicketCategory(tx, { ...row, eventId: event.id, id: newId('cat') });
      const changes = {
        name: category.name,
        price: { amount: category.price, currency: event.currency },
        poolId: category.poolId,
      };
      return { event, result: { event, category }, act: 'ticket_category.created', subjectId: category.id, changes };
    });
  } catch (error) {
    throw violatedConstraint(error) === poolConstraint ? poolUnknown() : error;
  }
}

async function insertTicketCategory(
  tx: Db,
  category: typeof ticketCategories.$inferInsert,
): Promise<TicketCategoryRow> {
  const [row] = await tx.insert(ticketCategories).values(category).returning();
  invariant(row !== undefined, 'a ticket category was not inserted');
  return row;
}
