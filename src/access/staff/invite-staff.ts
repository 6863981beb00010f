import type { Clock } from '../../platform/clock.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { newId } from '../../platform/ids.ts';
import { stage } from '../../platform/jobs/outbox.ts';
import { type Actor, type Role, type StoredReach, highestRole, mayManage } from '../actor.ts';
import { writeAudit } from '../audit/audit.ts';
import { currentActor } from '../current-actor.ts';
import { normalizeEmail } from '../email.ts';
import { forbidden, limitReached, staffEmailInUse, staffInvitedTooOften } from '../errors.ts';
import { staffInvited } from '../jobs.ts';
import { invitationHours, invitationsPerStaffMax, invitationsWithinSeconds, staffPerOrganizerMax } from '../limits.ts';
import { lockOrganizer } from '../queries.ts';
import { insertStaff } from './queries.ts';
import { checkReach, reachAfter } from './reach.ts';
import { insertStaffToken, voidStaffTokens } from '../links/queries.ts';
import { type StaffMember, staff, staffTokens } from '../tables.ts';
import { and, eq, ne, gt, sql } from 'drizzle-orm';

export type InviteStaffInput = {
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly locale: 'id' | 'en';
  /** The events that the member is limited to; null for all. */
  readonly eventIds: readonly string[] | null;
  /** The events at which a member with the role door is the manager; null for none. */
  readonly managerEventIds: readonly string[] | null;
};

/**
 * Invites a member by mail. A member who was invited before gets a new link, and the old one becomes void. A disabled member may return
 * this way, with a new password. Memberships of the address with other organisers are neither checked nor revealed here; they matter
 * only when the invitation is accepted.
 * @throws DomainError access.forbidden, access.unauthenticated, access.limit_reached, staff.email_in_use (active here),
 * staff.invited_too_often, staff.owner_not_limited, staff.not_door_staff, event.not_found
 */
export async function inviteStaff(
  deps: { db: Db; clock: Clock },
  input: InviteStaffInput & { actor: Actor },
): Promise<StaffMember> {
  const { actor, name, locale } = input;
  const reach = reachAfter({ role: input.role, eventIds: null, managerEventIds: null }, input);
  const { role, eventIds, managerEventIds } = reach;
  const email = normalizeEmail(input.email);
  const tokenId = newId('tok', deps.clock.now());
  return transaction(deps.db, async (tx) => {
    await lockOrganizer(tx, actor.organizerId);
    const by = await currentActor(tx, actor, 'manager');
    if (!mayManage(by, highestRole(reach))) throw forbidden();
    await checkReach(tx, actor.organizerId, reach);
    const known = await findStaffOfOrganizer(tx, actor.organizerId, email);
    const member =
      known === undefined
        ? await addStaff(tx, { id: newId('stf', deps.clock.now()), actor: by, email, name, locale, ...reach })
        : await inviteAgain(tx, known, { actor: by, name, locale, ...reach });
    await insertStaffToken(tx, { id: tokenId, staffId: member.id, purpose: 'invitation', hours: invitationHours });
    await stage(tx, staffInvited, { tokenId });
    await writeAudit(tx, {
      actor,
      act: 'staff.invited',
      subjectId: member.id,
      changes: { role, ...(eventIds && { eventIds }), ...(managerEventIds && { managerEventIds }) },
    });
    return member;
  });
}

type Invitation = Pick<InviteStaffInput, 'name' | 'locale'> & StoredReach & { readonly actor: Actor };

async function addStaff(tx: Db, invitation: Invitation & { id: string; email: string }): Promise<StaffMember> {
  const { actor, ...member } = invitation;
  if ((await countStaff(tx, actor.organizerId)) >= staffPerOrganizerMax) throw limitReached(staffPerOrganizerMax);
  const added = await insertStaff(tx, {
    ...member,
    organizerId: actor.organizerId,
    status: 'invited',
    invitedBy: actor.id,
  });
  if (added === undefined) throw staffEmailInUse();
  return added;
}

async function inviteAgain(tx: Db, known: StaffMember, invitation: Invitation): Promise<StaffMember> {
  const { actor, ...change } = invitation;
  if (!mayManage(actor, highestRole(known))) throw forbidden();
  if ((await countRecentInvitations(tx, known.id)) >= invitationsPerStaffMax)
    throw staffInvitedTooOften(invitationsWithinSeconds);
  const invited = await reinviteStaff(tx, known.id, { ...change, invitedBy: actor.id });
  if (invited === undefined) throw staffEmailInUse();
  await voidStaffTokens(tx, known.id);
  return invited;
}

/** The organiser's own member with this address, whatever other organisers have. */
async function findStaffOfOrganizer(db: Db, organizerId: string, email: string): Promise<StaffMember | undefined> {
  const [row] = await db
    .select()
    .from(staff)
    .where(and(eq(staff.organizerId, organizerId), eq(staff.email, email)));
  return row;
}

function countStaff(tx: Db, organizerId: string): Promise<number> {
  return tx.$count(staff, eq(staff.organizerId, organizerId));
}

/** Invites an invited or disabled member again, with the new invitation's role and name. The old password is removed. */
async function reinviteStaff(
  tx: Db,
  staffId: string,
  change: Omit<Invitation, 'actor'> & { invitedBy: string },
): Promise<StaffMember | undefined> {
  const [row] = await tx
    .update(staff)
    .set({ ...change, status: 'invited', passwordHash: null })
    .where(and(eq(staff.id, staffId), ne(staff.status, 'active')))
    .returning();
  return row;
}

/** Invitations of this member of late. Stays true only under `lockOrganizer`. */
function countRecentInvitations(tx: Db, staffId: string): Promise<number> {
  return tx.$count(
    staffTokens,
    and(
      eq(staffTokens.staffId, staffId),
      eq(staffTokens.purpose, 'invitation'),
      gt(staffTokens.createdAt, sql`now() - make_interval(secs => ${invitationsWithinSeconds})`),
    ),
  );
}
