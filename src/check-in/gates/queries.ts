import { and, asc, count, eq, inArray } from 'drizzle-orm';
import { ticketCategories } from '../../catalog/tables.ts';
import type { Db } from '../../platform/database/db.ts';
import { type Gate, gates } from '../tables.ts';

export async function listEventGates(db: Db, eventId: string): Promise<Gate[]> {
  return db.select().from(gates).where(eq(gates.eventId, eventId)).orderBy(asc(gates.name), asc(gates.id));
}

export async function countGates(db: Db, eventId: string): Promise<number> {
  const [row] = await db.select({ gates: count() }).from(gates).where(eq(gates.eventId, eventId));
  return row?.gates ?? 0;
}

/** How many of these are categories of the event. */
export async function countCategories(db: Db, eventId: string, ids: readonly string[]): Promise<number> {
  if (ids.length === 0) return 0;
  const [row] = await db
    .select({ categories: count() })
    .from(ticketCategories)
    .where(and(eq(ticketCategories.eventId, eventId), inArray(ticketCategories.id, [...ids])));
  return row?.categories ?? 0;
}

export async function insertGate(tx: Db, gate: Gate): Promise<void> {
  await tx.insert(gates).values(gate);
}

/** Locks the gate for a change; undefined when the event has no such gate. */
export async function lockGate(tx: Db, eventId: string, gateId: string): Promise<Gate | undefined> {
  const [row] = await tx
    .select()
    .from(gates)
    .where(and(eq(gates.eventId, eventId), eq(gates.id, gateId)))
    .for('update');
  return row;
}

export async function updateGate(tx: Db, gate: Gate): Promise<void> {
  await tx
    .update(gates)
    .set({ name: gate.name, nameKey: gate.nameKey, ticketCategoryIds: gate.ticketCategoryIds })
    .where(and(eq(gates.eventId, gate.eventId), eq(gates.id, gate.id)));
}

/** False when the event has no such gate. */
export async function deleteGate(tx: Db, eventId: string, gateId: string): Promise<boolean> {
  const gone = await tx
    .delete(gates)
    .where(and(eq(gates.eventId, eventId), eq(gates.id, gateId)))
    .returning({ id: gates.id });
  return gone.length > 0;
}
