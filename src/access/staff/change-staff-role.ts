import { type Db, transaction } from '../../platform/database/db.ts';
import { type Actor, type Role, type StoredReach, highestRole, mayManage, reachOf } from '../actor.ts';
import type { Actors } from '../actors.ts';
import { writeAudit } from '../audit/audit.ts';
import { currentActor } from '../current-actor.ts';
import { forbidden, lastOwner, staffNotFound } from '../errors.ts';
import { type Keep, endMadeAccess } from './made-access.ts';
import { lockOrganizer } from '../queries.ts';
import { endAllSessions } from '../sessions/queries.ts';
import { countOtherOwners, findStaff } from './queries.ts';
import { type ReachChange, checkReach, isLess, isSameReach, reachAfter } from './reach.ts';
import { type StaffMember, staff } from '../tables.ts';
import { and, eq, ne } from 'drizzle-orm';

/**
 * Gives a member another role, or other events. More rights take effect within a second. A lower role, also at one event, or fewer events
 * end the member's sessions, and the API keys, devices and open invitations that could not have been made with the
 * remaining rights. The actor takes over those that `keep` names. Omitted fields do not change (`reachAfter` names the
 * exceptions).
 * @throws DomainError staff.not_found, access.forbidden, access.unauthenticated, access.keep_unknown, staff.last_owner,
 * staff.owner_not_limited, staff.not_door_staff, access.limit_reached, event.not_found
 */
export async function changeStaffRole(
  deps: { db: Db; actors: Actors },
  input: ReachChange & { actor: Actor; staffId: string; keep?: Keep | undefined },
): Promise<StaffMember> {
  const { actor, staffId, keep = [] } = input;
  const { changed, ended } = await transaction(deps.db, async (tx) => {
    await lockOrganizer(tx, actor.organizerId);
    const by = await currentActor(tx, actor, 'manager');
    const member = await findStaff(tx, actor.organizerId, staffId);
    if (member === undefined || member.status === 'disabled') throw staffNotFound();
    const then = reachAfter(member, input);
    if (!mayManage(by, highestRole(member)) || !mayManage(by, highestRole(then))) throw forbidden();
    if (isSameReach(member, then)) return { changed: member, ended: [] };
    await checkReach(tx, actor.organizerId, then);
    const isLastOwner = member.role === 'owner' && then.role !== 'owner';
    if (isLastOwner && (await countOtherOwners(tx, actor.organizerId, staffId)) === 0) throw lastOwner();
    const updated = await updateReach(tx, staffId, member.role, then);
    if (updated === undefined) throw staffNotFound();
    const loses = isLess(member, then);
    const sessionsEnded = loses ? await endAllSessions(tx, staffId) : 0;
    const because = 'staff.role_changed';
    await writeAudit(tx, {
      actor,
      act: because,
      subjectId: staffId,
      changes: {
        role: { from: member.role, to: then.role },
        ...(member.eventIds === null && then.eventIds === null
          ? {}
          : { eventIds: { from: member.eventIds, to: then.eventIds } }),
        ...(member.managerEventIds === null && then.managerEventIds === null
          ? {}
          : { managerEventIds: { from: member.managerEventIds, to: then.managerEventIds } }),
        ...(loses ? { sessionsEnded } : {}),
      },
    });
    if (!loses) return { changed: updated, ended: [] };
    const remaining = reachOf(then);
    return { changed: updated, ended: await endMadeAccess(tx, { by, makerId: staffId, remaining, keep, because }) };
  });
  for (const id of [staffId, ...ended]) deps.actors.forget(id);
  return changed;
}

async function updateReach(tx: Db, staffId: string, from: Role, to: StoredReach): Promise<StaffMember | undefined> {
  const [row] = await tx
    .update(staff)
    .set(to)
    .where(and(eq(staff.id, staffId), eq(staff.role, from), ne(staff.status, 'disabled')))
    .returning();
  return row;
}
