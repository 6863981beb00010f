import type { Db } from '../../platform/database/db.ts';
import { gateCategoryUnknown } from '../errors.ts';
import { countCategories } from './queries.ts';
import type { Gate } from '../tables.ts';

/** @throws DomainError gate.category_unknown when the gate names a category that the event does not have */
export async function checkGateCategories(tx: Db, gate: Gate): Promise<void> {
  if (gate.ticketCategoryIds === null) return;
  const known = await countCategories(tx, gate.eventId, gate.ticketCategoryIds);
  if (known !== gate.ticketCategoryIds.length) throw gateCategoryUnknown();
}
