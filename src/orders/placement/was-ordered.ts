import type { Db } from '../../platform/database/db.ts';
import { selectWasOrdered } from '../lifecycle/queries.ts';

/**
 * Whether anything of the event, or of one of its categories, was ever ordered. Keeps placements of the event out until
 * the caller's transaction ends, so that what it withdraws cannot be ordered in between.
 */
export async function wasOrdered(tx: Db, eventId: string, ticketCategoryId?: string): Promise<boolean> {
  return selectWasOrdered(tx, eventId, ticketCategoryId);
}
