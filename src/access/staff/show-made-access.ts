import type { Db } from '../../platform/database/db.ts';
import { type Actor, mayManage } from '../actor.ts';
import { forbidden, staffNotFound } from '../errors.ts';
import { type MadeAccess, findMadeAccess } from './made-access.ts';
import { findInvitedMembers, findStaff } from './queries.ts';
import type { StaffMember } from '../tables.ts';

/**
 * What would end with a member, or outlive one: what they have made and is open, and who works here because they invited them.
 * Shown to the member, and to staff who may manage the member.
 * @throws DomainError staff.not_found, access.forbidden
 */
export async function showMadeAccess(
  deps: { db: Db },
  input: { actor: Actor; staffId: string },
): Promise<MadeAccess & { readonly members: readonly StaffMember[] }> {
  const { actor, staffId } = input;
  const member = await findStaff(deps.db, actor.organizerId, staffId);
  if (member === undefined) throw staffNotFound();
  if (actor.id !== staffId && !mayManage(actor, member.role)) throw forbidden();
  const made = await findMadeAccess(deps.db, actor.organizerId, staffId);
  const makers = [staffId, ...made.apiKeys.map(({ id }) => id)];
  return { ...made, members: await findInvitedMembers(deps.db, actor.organizerId, makers) };
}
