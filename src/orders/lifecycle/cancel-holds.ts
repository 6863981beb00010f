import type { Db } from '../../platform/database/db.ts';
import { callCancelHolds } from './queries.ts';

/**
 * Begins to end at most `limit` holds of an event that was called off: each becomes `closing`, and `order.closing` is
 * staged for it.
 * @returns how many were begun
 */
export async function cancelHolds(db: Db, eventId: string, limit: number): Promise<number> {
  return callCancelHolds(db, eventId, limit);
}
