import type { Actor } from '../../access/actor.ts';
import { writeAudit } from '../../access/audit/audit.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { checkGateCategories, refuseTakenName } from './queries.ts';
import { gateNotFound } from '../errors.ts';
import { findActorEvent } from '../find-actor-event.ts';
import { gateKey } from './key.ts';
import { type Gate, gates } from '../tables.ts';
import { and, eq } from 'drizzle-orm';

/**
 * Renames a gate or changes which categories may enter there. Fields that are left out do not change.
 * @throws DomainError event.not_found, gate.not_found, gate.name_taken, gate.category_unknown
 */
export async function changeGate(
  deps: { db: Db },
  actor: Actor,
  input: {
    eventId: string;
    gateId: string;
    name?: string | undefined;
    ticketCategoryIds?: readonly string[] | null | undefined;
  },
): Promise<Gate> {
  await findActorEvent(deps, actor, input.eventId);
  return refuseTakenName(() =>
    transaction(deps.db, async (tx) => {
      const before = await lockGate(tx, input.eventId, input.gateId);
      if (before === undefined) throw gateNotFound();
      const after: Gate = {
        ...before,
        name: input.name ?? before.name,
        nameKey: gateKey(input.name ?? before.name),
        ticketCategoryIds: changedCategories(before.ticketCategoryIds, input.ticketCategoryIds),
      };
      await checkGateCategories(tx, after);
      await updateGate(tx, after);
      await writeAudit(tx, {
        actor,
        act: 'gate.changed',
        subjectId: after.id,
        changes: {
          eventId: after.eventId,
          name: [before.name, after.name],
          ticketCategoryIds: [before.ticketCategoryIds, after.ticketCategoryIds],
        },
      });
      return after;
    }),
  );
}

function changedCategories(before: string[] | null, given: readonly string[] | null | undefined): string[] | null {
  if (given === undefined) return before;
  return given === null ? null : [...new Set(given)];
}

/** Locks the gate for a change; undefined when the event has no such gate. */
async function lockGate(tx: Db, eventId: string, gateId: string): Promise<Gate | undefined> {
  const [row] = await tx
    .select()
    .from(gates)
    .where(and(eq(gates.eventId, eventId), eq(gates.id, gateId)))
    .for('update');
  return row;
}

async function updateGate(tx: Db, gate: Gate): Promise<void> {
  await tx
    .update(gates)
    .set({ name: gate.name, nameKey: gate.nameKey, ticketCategoryIds: gate.ticketCategoryIds })
    .where(and(eq(gates.eventId, gate.eventId), eq(gates.id, gate.id)));
}
