import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import type { Db } from '../../platform/database/db.ts';
import { type StaffToken, type StaffTokenPurpose, organizers, staff, staffTokens } from '../tables.ts';

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
