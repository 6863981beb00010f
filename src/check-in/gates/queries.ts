import { and, asc, count, eq, inArray } from 'drizzle-orm';
import { ticketCategories } from '../../catalog/tables.ts';
import type { Db } from '../../platform/database/db.ts';
import { type Gate, type ReEntryRule, type Zone, gates, zones } from '../tables.ts';
import { gateCategoryUnknown, gateNameTaken, gateTimesReversed, zoneNotFound } from '../errors.ts';
import { violatedConstraint } from '../../platform/database/db-errors.ts';

export async function listEventGates(db: Db, eventId: string): Promise<Gate[]> {
  return db.select().from(gates).where(eq(gates.eventId, eventId)).orderBy(asc(gates.name), asc(gates.id));
}

/** Counts the ids that are categories of the event. */
export async function countCategories(db: Db, eventId: string, ids: readonly string[]): Promise<number> {
  if (ids.length === 0) return 0;
  const [row] = await db
    .select({ categories: count() })
    .from(ticketCategories)
    .where(and(eq(ticketCategories.eventId, eventId), inArray(ticketCategories.id, [...ids])));
  return row?.categories ?? 0;
}

/** The rules of a gate: categories, times, re-entry and zone. */
export type GateRules = {
  readonly ticketCategoryIds: readonly string[] | null;
  readonly opensAt: Date | null;
  readonly closesAt: Date | null;
  readonly reEntry: ReEntryRule;
  readonly zoneId: string | null;
};

/**
 * Checks the rules of a gate, and locks its zone against removal until the transaction ends.
 * @throws DomainError gate.category_unknown, gate.times_reversed, zone.not_found
 */
export async function checkGateRules(tx: Db, gate: Gate): Promise<void> {
  if (gate.opensAt !== null && gate.closesAt !== null && gate.opensAt >= gate.closesAt) throw gateTimesReversed();
  if (gate.ticketCategoryIds !== null) {
    const known = await countCategories(tx, gate.eventId, gate.ticketCategoryIds);
    if (known !== gate.ticketCategoryIds.length) throw gateCategoryUnknown();
  }
  if (gate.zoneId === null) return;
  const [zone] = await tx
    .select({ id: zones.id })
    .from(zones)
    .where(and(eq(zones.eventId, gate.eventId), eq(zones.id, gate.zoneId)))
    .for('key share');
  if (zone === undefined) throw zoneNotFound();
}

export async function listEventZones(db: Db, eventId: string): Promise<Zone[]> {
  return db.select().from(zones).where(eq(zones.eventId, eventId)).orderBy(asc(zones.name), asc(zones.id));
}

/** Runs a write of a gate. @throws DomainError gate.name_taken if the event has a gate with this name */
export async function refuseTakenName<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (violatedConstraint(error) === 'gates_name') throw gateNameTaken();
    throw error;
  }
}
