import { type Db, transaction } from '../../platform/database/db.ts';
import { type Actor, highestRole, mayManage } from '../actor.ts';
import type { Actors } from '../actors.ts';
import { writeAudit } from '../audit/audit.ts';
import { forbidden, staffNotFound } from '../errors.ts';
import { endAllSessions } from './queries.ts';
import { findStaff } from '../staff/queries.ts';

/**
 * Ends all sessions of a member, who may sign in again. Safe to repeat.
 * @throws DomainError staff.not_found, access.forbidden
 */
export async function endStaffSessions(
  deps: { db: Db; actors: Actors },
  input: { actor: Actor; staffId: string },
): Promise<void> {
  const { actor, staffId } = input;
  await transaction(deps.db, async (tx) => {
    const member = await findStaff(tx, actor.organizerId, staffId);
    if (member === undefined) throw staffNotFound();
    if (!mayManage(actor, highestRole(member))) throw forbidden();
    const sessionsEnded = await endAllSessions(tx, staffId);
    await writeAudit(tx, { actor, act: 'staff.sessions_ended', subjectId: staffId, changes: { sessionsEnded } });
  });
  deps.actors.forget(staffId);
}
