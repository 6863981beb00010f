import { and, asc, count, eq, inArray } from 'drizzle-orm';
import { ticketCategories } from '../../catalog/tables.ts';
import type { Db } from '../../platform/database/db.ts';
import { type Gate, gates } from '../tables.ts';
import { gateCategoryUnknown, gateNameTaken } from '../errors.ts';
import { violatedConstraint } from '../../platform/database/db-errors.ts';

export async function listEventGates(db: Db, eventId: string): Promise<Gate[]> {
  return db.select().from(gates).where(eq(gates.eventId, eventId)).orderBy(asc(gates.name), asc(gates.id));
}

/** The number of these ids that are categories of the event. */
export async function countCategories(db: Db, eventId: string, ids: readonly string[]): Promise<number> {
  if (ids.length === 0) return 0;
  const [row] = await db
    .select({ categories: count() })
    .from(ticketCategories)
    .where(and(eq(ticketCategories.eventId, eventId), inArray(ticketCategories.id, [...ids])));
  return row?.categories ?? 0;
}

/** @throws DomainError gate.category_unknown when the gate names a category that the event does not have */
export async function checkGateCategories(tx: Db, gate: Gate): Promise<void> {
  if (gate.ticketCategoryIds === null) return;
  const known = await countCategories(tx, gate.eventId, gate.ticketCategoryIds);
  if (known !== gate.ticketCategoryIds.length) throw gateCategoryUnknown();
}

/** Runs a write of a gate; @throws DomainError gate.name_taken when the event has one of that name */
export async function refuseTakenName<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (violatedConstraint(error) === 'gates_name') throw gateNameTaken();
    throw error;
  }
}
