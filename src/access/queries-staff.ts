import { and, asc, eq, gt, inArray, isNull, ne, sql } from 'drizzle-orm';
import type { Db } from '../platform/db.ts';
import type { Role } from './actor.ts';
import {
  type StaffMember,
  type StaffStatus,
  type StaffToken,
  type StaffTokenPurpose,
  organizers,
  staff,
  staffTokens,
} from './tables.ts';

/** Undefined when the organiser has a member with this address already. */
export async function insertStaff(db: Db, member: typeof staff.$inferInsert): Promise<StaffMember | undefined> {
  const [row] = await db
    .insert(staff)
    .values(member)
    .onConflictDoNothing({ target: [staff.organizerId, staff.email] })
    .returning();
  return row;
}

/** Who signs in with this address; by staff_email_active. */
export async function findActiveStaffByEmail(db: Db, email: string): Promise<StaffMember | undefined> {
  const [row] = await db
    .select()
    .from(staff)
    .where(and(eq(staff.email, email), eq(staff.status, 'active')));
  return row;
}

/** The organiser's own member with this address, whatever other organisers know of it. */
export async function findStaffOfOrganizer(
  db: Db,
  organizerId: string,
  email: string,
): Promise<StaffMember | undefined> {
  const [row] = await db
    .select()
    .from(staff)
    .where(and(eq(staff.organizerId, organizerId), eq(staff.email, email)));
  return row;
}

/** The member whom an operator means: who signs in with the address, or the only one who is invited with it. */
export async function findStaffForLink(
  db: Db,
  email: string,
  organizerSlug: string | undefined,
): Promise<StaffMember | undefined> {
  const rows = await db
    .select({ member: staff })
    .from(staff)
    .innerJoin(organizers, eq(organizers.id, staff.organizerId))
    .where(
      and(
        eq(staff.email, email),
        ne(staff.status, 'disabled'),
        organizerSlug === undefined ? undefined : eq(organizers.slug, organizerSlug),
      ),
    );
  const active = rows.find(({ member }) => member.status === 'active');
  return active?.member ?? (rows.length === 1 ? rows[0]?.member : undefined);
}

/** A member of this organiser; another organiser's member does not exist here. */
export async function findStaff(db: Db, organizerId: string, staffId: string): Promise<StaffMember | undefined> {
  const [row] = await db
    .select()
    .from(staff)
    .where(and(eq(staff.organizerId, organizerId), eq(staff.id, staffId)));
  return row;
}

/** In the order in which they were invited, one more than `limit`; by staff_organizer. */
export async function findStaffPage(
  db: Db,
  organizerId: string,
  page: { afterId: string | undefined; limit: number },
): Promise<StaffMember[]> {
  return db
    .select()
    .from(staff)
    .where(and(eq(staff.organizerId, organizerId), page.afterId === undefined ? undefined : gt(staff.id, page.afterId)))
    .orderBy(asc(staff.id))
    .limit(page.limit + 1);
}

/** Members whom one of these makers has invited and who have not accepted yet; by staff_organizer. */
export async function findOpenInvitations(tx: Db, organizerId: string, makerIds: string[]): Promise<StaffMember[]> {
  return tx
    .select()
    .from(staff)
    .where(and(eq(staff.organizerId, organizerId), eq(staff.status, 'invited'), inArray(staff.invitedBy, makerIds)))
    .orderBy(asc(staff.id));
}

/** Members who work here now and were invited by this maker or one of the maker's keys. */
export async function findInvitedMembers(db: Db, organizerId: string, makerIds: string[]): Promise<StaffMember[]> {
  return db
    .select()
    .from(staff)
    .where(and(eq(staff.organizerId, organizerId), eq(staff.status, 'active'), inArray(staff.invitedBy, makerIds)))
    .orderBy(asc(staff.id));
}

export async function handOverInvitations(tx: Db, organizerId: string, ids: string[], to: string): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .update(staff)
    .set({ invitedBy: to })
    .where(and(eq(staff.organizerId, organizerId), inArray(staff.id, ids), eq(staff.status, 'invited')));
}

export function countStaff(tx: Db, organizerId: string): Promise<number> {
  return tx.$count(staff, eq(staff.organizerId, organizerId));
}

/** Active owners besides this member. Only under `lockOrganizer` does the answer stay true. */
export function countOtherOwners(tx: Db, organizerId: string, staffId: string): Promise<number> {
  return tx.$count(
    staff,
    and(eq(staff.organizerId, organizerId), eq(staff.role, 'owner'), eq(staff.status, 'active'), ne(staff.id, staffId)),
  );
}

/** An invited or disabled member is invited again, under what the new invitation says; the old password is gone. */
export async function reinviteStaff(
  tx: Db,
  staffId: string,
  change: { name: string; role: Role; locale: 'id' | 'en'; invitedBy: string },
): Promise<StaffMember | undefined> {
  const [row] = await tx
    .update(staff)
    .set({ ...change, status: 'invited', passwordHash: null })
    .where(and(eq(staff.id, staffId), ne(staff.status, 'active')))
    .returning();
  return row;
}

export async function updateStaffRole(tx: Db, staffId: string, from: Role, to: Role): Promise<StaffMember | undefined> {
  const [row] = await tx
    .update(staff)
    .set({ role: to })
    .where(and(eq(staff.id, staffId), eq(staff.role, from), ne(staff.status, 'disabled')))
    .returning();
  return row;
}

/** Ends an invitation that nobody has accepted; false when somebody has. */
export async function endInvitationRow(tx: Db, staffId: string): Promise<boolean> {
  const rows = await tx
    .update(staff)
    .set({ status: 'disabled' })
    .where(and(eq(staff.id, staffId), eq(staff.status, 'invited')))
    .returning({ id: staff.id });
  return rows.length > 0;
}

/** Takes the password too, so that nothing but a new invitation opens the account again. */
export async function disableStaffRow(tx: Db, staffId: string): Promise<boolean> {
  const rows = await tx
    .update(staff)
    .set({ status: 'disabled', passwordHash: null })
    .where(and(eq(staff.id, staffId), ne(staff.status, 'disabled')))
    .returning({ id: staff.id });
  return rows.length > 0;
}

/**
 * Undefined when the member is not in state `from` any more.
 * @throws the violation of staff_email_active when the address signs in for another organiser by now
 */
export async function setStaffPassword(
  tx: Db,
  staffId: string,
  from: Exclude<StaffStatus, 'disabled'>,
  change: { passwordHash: string; name?: string },
): Promise<StaffMember | undefined> {
  const [row] = await tx
    .update(staff)
    .set({ ...change, status: 'active' })
    .where(and(eq(staff.id, staffId), eq(staff.status, from)))
    .returning();
  return row;
}

export async function insertStaffToken(
  tx: Db,
  token: { id: string; staffId: string; purpose: StaffTokenPurpose; hours: number },
): Promise<StaffToken> {
  const [row] = await tx
    .insert(staffTokens)
    .values({
      id: token.id,
      staffId: token.staffId,
      purpose: token.purpose,
      expiresAt: sql`now() + make_interval(hours => ${token.hours})`,
    })
    .returning();
  if (row === undefined) throw new Error('an inserted link was not returned');
  return row;
}

/** Invitations of this member made within the last hour. Only under `lockOrganizer` does the answer stay true. */
export function countRecentInvitations(tx: Db, staffId: string): Promise<number> {
  return tx.$count(
    staffTokens,
    and(
      eq(staffTokens.staffId, staffId),
      eq(staffTokens.purpose, 'invitation'),
      gt(staffTokens.createdAt, sql`now() - interval '1 hour'`),
    ),
  );
}

/**
 * Locks the member with this address, if one may sign in. Then `insertResetToken` sees every reset that was asked for
 * before, so that copies of one request in the same instant count each other.
 */
export async function lockActiveStaffByEmail(tx: Db, email: string): Promise<string | undefined> {
  const [row] = await tx
    .select({ id: staff.id })
    .from(staff)
    .where(and(eq(staff.email, email), eq(staff.status, 'active')))
    .for('no key update');
  return row?.id;
}

/** Makes a reset link, unless there is no such member, or too many were made while the first of them lives. */
export async function insertResetToken(
  tx: Db,
  token: { id: string; staffId: string | undefined; hours: number; liveMax: number },
): Promise<void> {
  await tx.execute(sql`
    insert into staff_tokens (id, staff_id, purpose, expires_at)
    select ${token.id}, s.id, 'password_reset', now() + make_interval(hours => ${token.hours})
    from staff s
    where s.id = ${token.staffId ?? ''}
      and (select count(*) from staff_tokens t
           where t.staff_id = s.id and t.purpose = 'password_reset' and t.expires_at > now()) < ${token.liveMax}`);
}

/** The link's member, when the link is neither used nor void nor late. */
export async function findLiveStaffToken(db: Db, tokenId: string) {
  const [row] = await db
    .select({ token: staffTokens, member: staff, organizer: organizers })
    .from(staffTokens)
    .innerJoin(staff, eq(staff.id, staffTokens.staffId))
    .innerJoin(organizers, eq(organizers.id, staff.organizerId))
    .where(and(eq(staffTokens.id, tokenId), isNull(staffTokens.usedAt), gt(staffTokens.expiresAt, sql`now()`)));
  return row;
}

/** Uses the link once: of several at the same time one gets the member's id, the others undefined. */
export async function useStaffToken(tx: Db, tokenId: string, purpose: StaffTokenPurpose): Promise<string | undefined> {
  const [row] = await tx
    .update(staffTokens)
    .set({ usedAt: sql`now()` })
    .where(
      and(
        eq(staffTokens.id, tokenId),
        eq(staffTokens.purpose, purpose),
        isNull(staffTokens.usedAt),
        gt(staffTokens.expiresAt, sql`now()`),
      ),
    )
    .returning({ staffId: staffTokens.staffId });
  return row?.staffId;
}

export async function voidStaffTokens(tx: Db, staffId: string): Promise<void> {
  await tx
    .update(staffTokens)
    .set({ usedAt: sql`now()` })
    .where(and(eq(staffTokens.staffId, staffId), isNull(staffTokens.usedAt)));
}
