import type { Actor } from '../../access/actor.ts';
import { writeAudit } from '../../access/audit/audit.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { gateNotFound } from '../errors.ts';
import { findActorEvent } from '../find-actor-event.ts';
import { and, eq } from 'drizzle-orm';
import { gates } from '../tables.ts';

/**
 * Removes a gate. Its scans stay as they are.
 * @throws DomainError event.not_found, gate.not_found
 */
export async function removeGate(
  deps: { db: Db },
  actor: Actor,
  input: { eventId: string; gateId: string },
): Promise<void> {
  await findActorEvent(deps, actor, input.eventId);
  await transaction(deps.db, async (tx) => {
    const name = await deleteGate(tx, input.eventId, input.gateId);
    if (name === undefined) throw gateNotFound();
    await writeAudit(tx, {
      actor,
      act: 'gate.removed',
      subjectId: input.gateId,
      changes: { eventId: input.eventId, name },
    });
  });
}

/** @returns the gate's name; undefined if the event has no such gate */
async function deleteGate(tx: Db, eventId: string, gateId: string): Promise<string | undefined> {
  const [gone] = await tx
    .delete(gates)
    .where(and(eq(gates.eventId, eventId), eq(gates.id, gateId)))
    .returning({ name: gates.name });
  return gone?.name;
}
