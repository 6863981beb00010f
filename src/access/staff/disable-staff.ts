import { type Db, transaction } from '../../platform/database/db.ts';
import { type Actor, highestRole, mayManage } from '../actor.ts';
import type { Actors } from '../actors.ts';
import { writeAudit } from '../audit/audit.ts';
import { currentActor } from '../current-actor.ts';
import { forbidden, lastOwner, staffNotFound } from '../errors.ts';
import { type Keep, endMadeAccess } from './made-access.ts';
import { lockOrganizer } from '../queries.ts';
import { endAllSessions } from '../sessions/queries.ts';
import { countOtherOwners, findStaff } from './queries.ts';
import { voidStaffTokens } from '../links/queries.ts';
import { and, eq, ne } from 'drizzle-orm';
import { staff } from '../tables.ts';

/**
 * Disables a member: ends their sign-in, sessions and open links, and the API keys, devices and open invitations that they or their keys
 * have made. The actor takes over those that `keep` names. Safe to repeat.
 * @throws DomainError staff.not_found, access.forbidden, access.unauthenticated, access.keep_unknown, staff.last_owner
 */
export async function disableStaff(
  deps: { db: Db; actors: Actors },
  input: { actor: Actor; staffId: string; keep?: Keep | undefined },
): Promise<void> {
  const { actor, staffId, keep = [] } = input;
  const ended = await transaction(deps.db, async (tx) => {
    await lockOrganizer(tx, actor.organizerId);
    const by = await currentActor(tx, actor, 'manager');
    const member = await findStaff(tx, actor.organizerId, staffId);
    if (member === undefined) throw staffNotFound();
    if (!mayManage(by, highestRole(member))) throw forbidden();
    if (member.role === 'owner' && (await countOtherOwners(tx, actor.organizerId, staffId)) === 0) throw lastOwner();
    if (!(await disableStaffRow(tx, staffId))) return [];
    const sessionsEnded = await endAllSessions(tx, staffId);
    await voidStaffTokens(tx, staffId);
    await writeAudit(tx, { actor, act: 'staff.disabled', subjectId: staffId, changes: { sessionsEnded } });
    return endMadeAccess(tx, { by, makerId: staffId, keep, because: 'staff.disabled' });
  });
  for (const id of [staffId, ...ended]) deps.actors.forget(id);
}

/** Removes the password too, so that only a new invitation opens the account again. */
async function disableStaffRow(tx: Db, staffId: string): Promise<boolean> {
  const rows = await tx
    .update(staff)
    .set({ status: 'disabled', passwordHash: null })
    .where(and(eq(staff.id, staffId), ne(staff.status, 'disabled')))
    .returning({ id: staff.id });
  return rows.length > 0;
}
