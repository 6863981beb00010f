import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import { invariant } from '../../platform/assert.ts';
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
  invariant(row !== undefined, 'an inserted link was not returned');
  return row;
}

/** The link's member, if the link is neither used nor void nor expired. */
export async function findLiveStaffToken(db: Db, tokenId: string) {
  const [row] = await db
    .select({ token: staffTokens, member: staff, organizer: organizers })
    .from(staffTokens)
    .innerJoin(staff, eq(staff.id, staffTokens.staffId))
    .innerJoin(organizers, eq(organizers.id, staff.organizerId))
    .where(and(eq(staffTokens.id, tokenId), isNull(staffTokens.usedAt), gt(staffTokens.expiresAt, sql`now()`)));
  return row;
}

/** Uses the link once. Of several callers at the same time, one gets the member's id and the others undefined. */
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
