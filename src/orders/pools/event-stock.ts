import type { Db } from '../../platform/database/db.ts';
import { type EventStock, findEventStock } from './queries.ts';

/** All places of an event that any ticket category on sale draws from, added up. Reads only. */
export async function eventStockOf(db: Db, eventId: string): Promise<EventStock> {
  return findEventStock(db, eventId);
}
