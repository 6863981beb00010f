import type { Actor } from '../../access/actor.ts';
import { writeAudit } from '../../access/audit/audit.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { gateNotFound } from '../errors.ts';
import { findActorEvent } from '../find-actor-event.ts';
import { deleteGate } from './queries.ts';

/**
 * Removes a gate; scans that name it stay as they are.
 * @throws DomainError event.not_found, gate.not_found
 */
export async function removeGate(
  deps: { db: Db },
  actor: Actor,
  input: { eventId: string; gateId: string },
): Promise<void> {
  await findActorEvent(deps, actor, input.eventId);
  await transaction(deps.db, async (tx) => {
    if (!(await deleteGate(tx, input.eventId, input.gateId))) throw gateNotFound();
    await writeAudit(tx, {
      actor,
      act: 'gate.removed',
      subjectId: input.gateId,
      changes: { eventId: input.eventId },
    });
  });
}
