import { type Db, transaction } from '../../platform/database/db.ts';
import { type Actor, type Role, atLeast, mayManage } from '../actor.ts';
import type { Actors } from '../actors.ts';
import { writeAudit } from '../audit/audit.ts';
import { currentActor } from '../current-actor.ts';
import { forbidden, lastOwner, staffNotFound } from '../errors.ts';
import { type Keep, endMadeAccess } from './made-access.ts';
import { lockOrganizer } from '../queries.ts';
import { endAllSessions } from '../sessions/queries.ts';
import { countOtherOwners, findStaff } from './queries.ts';
import { type StaffMember, staff } from '../tables.ts';
import { and, eq, ne } from 'drizzle-orm';

/**
 * Gives a member another role. A higher role takes effect within 30 seconds. A lower role ends their sessions, and the API keys, devices
 * and open invitations that it could not have made. The actor takes over those that `keep` names.
 * @throws DomainError staff.not_found, access.forbidden, access.unauthenticated, access.keep_unknown, staff.last_owner
 */
export async function changeStaffRole(
  deps: { db: Db; actors: Actors },
  input: { actor: Actor; staffId: string; role: Role; keep?: Keep | undefined },
): Promise<StaffMember> {
  const { actor, staffId, role, keep = [] } = input;
  const { changed, ended } = await transaction(deps.db, async (tx) => {
    await lockOrganizer(tx, actor.organizerId);
    const by = await currentActor(tx, actor, 'manager');
    const member = await findStaff(tx, actor.organizerId, staffId);
    if (member === undefined || member.status === 'disabled') throw staffNotFound();
    if (!mayManage(by, member.role) || !mayManage(by, role)) throw forbidden();
    if (member.role === role) return { changed: member, ended: [] };
    if (member.role === 'owner' && (await countOtherOwners(tx, actor.organizerId, staffId)) === 0) throw lastOwner();
    const updated = await updateStaffRole(tx, staffId, member.role, role);
    if (updated === undefined) throw staffNotFound();
    const isLower = !atLeast({ role }, member.role);
    const sessionsEnded = isLower ? await endAllSessions(tx, staffId) : 0;
    await writeAudit(tx, {
      actor,
      act: 'staff.role_changed',
      subjectId: staffId,
      changes: { role: { from: member.role, to: role }, ...(isLower ? { sessionsEnded } : {}) },
    });
    if (!isLower) return { changed: updated, ended: [] };
    const because = 'staff.role_changed';
    return {
      changed: updated,
      ended: await endMadeAccess(tx, { by, makerId: staffId, remaining: role, keep, because }),
    };
  });
  for (const id of [staffId, ...ended]) deps.actors.forget(id);
  return changed;
}

async function updateStaffRole(tx: Db, staffId: string, from: Role, to: Role): Promise<StaffMember | undefined> {
  const [row] = await tx
    .update(staff)
    .set({ role: to })
    .where(and(eq(staff.id, staffId), eq(staff.role, from), ne(staff.status, 'disabled')))
    .returning();
  return row;
}
