import { type Db, transaction } from '../platform/db.ts';
import { type Actor, type Role, mayManage } from './actor.ts';
import type { Actors } from './actors.ts';
import { writeAudit } from './audit.ts';
import { forbidden, lastOwner, staffNotFound } from './errors.ts';
import { lockOrganizer } from './queries.ts';
import { countOtherOwners, findStaff, updateStaffRole } from './queries-staff.ts';
import type { StaffMember } from './tables.ts';

/**
 * Gives a member another role; their sessions go on, and feel it within 30 seconds.
 * @throws DomainError staff.not_found, access.forbidden, staff.last_owner
 */
export async function changeStaffRole(
  deps: { db: Db; actors: Actors },
  input: { actor: Actor; staffId: string; role: Role },
): Promise<StaffMember> {
  const { actor, staffId, role } = input;
  const changed = await transaction(deps.db, async (tx) => {
    await lockOrganizer(tx, actor.organizerId);
    const member = await findStaff(tx, actor.organizerId, staffId);
    if (member === undefined || member.status === 'disabled') throw staffNotFound();
    if (!mayManage(actor, member.role) || !mayManage(actor, role)) throw forbidden();
    if (member.role === role) return member;
    if (member.role === 'owner' && (await countOtherOwners(tx, actor.organizerId, staffId)) === 0) throw lastOwner();
    const updated = await updateStaffRole(tx, staffId, member.role, role);
    if (updated === undefined) throw staffNotFound();
    await writeAudit(tx, {
      actor,
      act: 'staff.role_changed',
      subjectId: staffId,
      changes: { role: { from: member.role, to: role } },
    });
    return updated;
  });
  deps.actors.forget(staffId);
  return changed;
}
