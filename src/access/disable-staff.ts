import { type Db, transaction } from '../platform/db.ts';
import { type Actor, mayManage } from './actor.ts';
import type { Actors } from './actors.ts';
import { writeAudit } from './audit.ts';
import { forbidden, lastOwner, staffNotFound } from './errors.ts';
import { lockOrganizer } from './queries.ts';
import { endAllSessions } from './queries-sessions.ts';
import { countOtherOwners, disableStaffRow, findStaff, voidStaffTokens } from './queries-staff.ts';

/**
 * Ends a member: no sign-in, no session, no open link. Safe to repeat.
 * @throws DomainError staff.not_found, access.forbidden, staff.last_owner
 */
export async function disableStaff(
  deps: { db: Db; actors: Actors },
  input: { actor: Actor; staffId: string },
): Promise<void> {
  const { actor, staffId } = input;
  await transaction(deps.db, async (tx) => {
    await lockOrganizer(tx, actor.organizerId);
    const member = await findStaff(tx, actor.organizerId, staffId);
    if (member === undefined) throw staffNotFound();
    if (!mayManage(actor, member.role)) throw forbidden();
    if (member.role === 'owner' && (await countOtherOwners(tx, actor.organizerId, staffId)) === 0) throw lastOwner();
    if (!(await disableStaffRow(tx, staffId))) return;
    const sessionsEnded = await endAllSessions(tx, staffId);
    await voidStaffTokens(tx, staffId);
    await writeAudit(tx, { actor, act: 'staff.disabled', subjectId: staffId, changes: { sessionsEnded } });
  });
  deps.actors.forget(staffId);
}
