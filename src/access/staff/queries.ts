import { and, asc, eq, gt, inArray, ne } from 'drizzle-orm';
import type { Db } from '../../platform/database/db.ts';
import { type StaffMember, type StaffStatus, staff } from '../tables.ts';

/** Undefined if the organiser already has a member with this address. */
export async function insertStaff(db: Db, member: typeof staff.$inferInsert): Promise<StaffMember | undefined> {
  const [row] = await db
    .insert(staff)
    .values(member)
    .onConflictDoNothing({ target: [staff.organizerId, staff.email] })
    .returning();
  return row;
}

/** The member who signs in with this address. Index: staff_email_active. */
export async function findActiveStaffByEmail(db: Db, email: string): Promise<StaffMember | undefined> {
  const [row] = await db
    .select()
    .from(staff)
    .where(and(eq(staff.email, email), eq(staff.status, 'active')));
  return row;
}

/** A member of this organiser; undefined for another organiser's member. */
export async function findStaff(db: Db, organizerId: string, staffId: string): Promise<StaffMember | undefined> {
  const [row] = await db
    .select()
    .from(staff)
    .where(and(eq(staff.organizerId, organizerId), eq(staff.id, staffId)));
  return row;
}

/** Ordered by invitation, up to `limit` + 1. Index: staff_organizer. */
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

/** Members whom one of these makers has invited and who have not accepted yet. Index: staff_organizer. */
export async function findOpenInvitations(tx: Db, organizerId: string, makerIds: string[]): Promise<StaffMember[]> {
  return tx
    .select()
    .from(staff)
    .where(and(eq(staff.organizerId, organizerId), eq(staff.status, 'invited'), inArray(staff.invitedBy, makerIds)))
    .orderBy(asc(staff.id));
}

export async function handOverInvitations(tx: Db, organizerId: string, ids: string[], to: string): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .update(staff)
    .set({ invitedBy: to })
    .where(and(eq(staff.organizerId, organizerId), inArray(staff.id, ids), eq(staff.status, 'invited')));
}

/** Active owners besides this member. Stays true only under `lockOrganizer`. */
export function countOtherOwners(tx: Db, organizerId: string, staffId: string): Promise<number> {
  return tx.$count(
    staff,
    and(eq(staff.organizerId, organizerId), eq(staff.role, 'owner'), eq(staff.status, 'active'), ne(staff.id, staffId)),
  );
}

/** Ends an invitation. False if it was already accepted. */
export async function endInvitationRow(tx: Db, staffId: string): Promise<boolean> {
  const rows = await tx
    .update(staff)
    .set({ status: 'disabled' })
    .where(and(eq(staff.id, staffId), eq(staff.status, 'invited')))
    .returning({ id: staff.id });
  return rows.length > 0;
}

/**
 * Undefined if the member is no longer in state `from`.
 * @throws the violation of staff_email_active if the address signs in for another organiser by now
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

/** Whether somebody can sign in with the published demo password. With `ENV=production` the service then refuses to start. */
export async function demoStaffExists(db: Db): Promise<boolean> {
  return (await db.select({ id: staff.id }).from(staff).where(eq(staff.isDemo, true)).limit(1)).length > 0;
}
