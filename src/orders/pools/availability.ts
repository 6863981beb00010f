import type { Db } from '../../platform/database/db.ts';
import { findAvailability } from './queries.ts';

/**
 * What may still be bought of each ticket category of an event, in the order of the categories. Categories that share a
 * pool each show all of what it has. Reads only.
 */
export async function availabilityOf(
  db: Db,
  eventId: string,
): Promise<{ ticketCategoryId: string; available: number; capacity: number }[]> {
  return findAvailability(db, eventId);
}
