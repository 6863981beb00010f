import { sql } from 'drizzle-orm';
import { type DateMove, isLeftBehind, movedBy } from '../../catalog/index.ts';
import type { Db } from '../../platform/database/db.ts';

/** Moves the times of an event's gates along with the event. Otherwise the gates would be closed on the new date. */
export async function moveGates(tx: Db, move: DateMove): Promise<void> {
  await tx.execute(sql`
    update gates set opens_at = opens_at + ${movedBy(move)}, closes_at = closes_at + ${movedBy(move)}
    where event_id = ${move.eventId} and ${isLeftBehind(move, sql`opens_at`, sql`closes_at`)}`);
}
