import { type Db, transaction } from '../../platform/database/db.ts';
import { type Actor, type Role, atLeast, mayManage } from '../actor.ts';
import type { Actors } from '../actors.ts';
import { writeAudit } from '../audit/audit.ts';
import { currentActor } from '../current-actor.ts';
import { forbidden, lastOwner, staffNotFound } from '../errors.ts';
import { type Keep, endMadeAccess } from './made-access.ts';
import { lockOrganizer } from '../queries.ts';
import { endAllSessions } from '../sessions/queries.ts';
import { checkLimits, countOtherOwners, findStaff } from './queries.ts';
import { type StaffMember, staff } from '../tables.ts';
import { and, eq, ne } from 'drizzle-orm';

/**
 * Gives a member another role, or other events. More rights take effect within a second. A lower role or fewer events
 * end the member's sessions, and the API keys, devices and open invitations that could not have been made with the
 * remaining rights. The actor takes over those that `keep` names. Omitted fields do not change, except that a member
 * who becomes an owner works at all events.
 * @throws DomainError staff.not_found, access.forbidden, access.unauthenticated, access.keep_unknown, staff.last_owner,
 * staff.owner_not_limited, event.not_found
 */
export async function changeStaffRole(
  deps: { db: Db; actors: Actors },
  input: {
    actor: Actor;
    staffId: string;
    role?: Role | undefined;
    eventIds?: readonly string[] | null | undefined;
    keep?: Keep | undefined;
  },
): Promise<StaffMember> {
  const { actor, staffId, keep = [] } = input;
  const { changed, ended } = await transaction(deps.db, async (tx) => {
    await lockOrganizer(tx, actor.organizerId);
    const by = await currentActor(tx, actor, 'manager');
    const member = await findStaff(tx, actor.organizerId, staffId);
    if (member === undefined || member.status === 'disabled') throw staffNotFound();
    const then = reachAfter(member, input);
    if (!mayManage(by, member.role) || !mayManage(by, then.role)) throw forbidden();
    if (isSame(member, then)) return { changed: member, ended: [] };
    await checkLimits(tx, actor.organizerId, then);
    const isLastOwner = member.role === 'owner' && then.role !== 'owner';
    if (isLastOwner && (await countOtherOwners(tx, actor.organizerId, staffId)) === 0) throw lastOwner();
    const updated = await updateReach(tx, staffId, member.role, then);
    if (updated === undefined) throw staffNotFound();
    const isLess = !atLeast(then, member.role) || isNarrower(member.eventIds, then.eventIds);
    const sessionsEnded = isLess ? await endAllSessions(tx, staffId) : 0;
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
        ...(isLess ? { sessionsEnded } : {}),
      },
    });
    if (!isLess) return { changed: updated, ended: [] };
    const remaining = { role: then.role, eventIds: then.eventIds ?? undefined };
    return { changed: updated, ended: await endMadeAccess(tx, { by, makerId: staffId, remaining, keep, because }) };
  });
  for (const id of [staffId, ...ended]) deps.actors.forget(id);
  return changed;
}

type Stored = Pick<StaffMember, 'role' | 'eventIds'>;

function reachAfter(
  member: Stored,
  { role = member.role, eventIds }: { role?: Role | undefined; eventIds?: readonly string[] | null | undefined },
): Stored {
  if (eventIds !== undefined) return { role, eventIds: eventIds && [...new Set(eventIds)] };
  return { role, eventIds: role === 'owner' ? null : member.eventIds };
}

function isSame(one: Stored, other: Stored): boolean {
  const isNoWider = !isNarrower(one.eventIds, other.eventIds) && !isNarrower(other.eventIds, one.eventIds);
  return one.role === other.role && isNoWider;
}

/** Whether the member loses an event. */
function isNarrower(before: readonly string[] | null, after: readonly string[] | null): boolean {
  if (after === null) return false;
  return before === null || before.some((id) => !after.includes(id));
}

async function updateReach(tx: Db, staffId: string, from: Role, to: Stored): Promise<StaffMember | undefined> {
  const [row] = await tx
    .update(staff)
    .set({ role: to.role, eventIds: to.eventIds })
    .where(and(eq(staff.id, staffId), eq(staff.role, from), ne(staff.status, 'disabled')))
    .returning();
  return row;
}
