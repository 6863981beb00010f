import { and, asc, eq, gt, lte } from 'drizzle-orm';
import type { Db } from '../../platform/database/db.ts';
import { promoCodes } from '../tables.ts';

export type PromoCode = typeof promoCodes.$inferSelect;
type NewPromoCode = typeof promoCodes.$inferInsert;

/** An event's codes after the one named, oldest first. */
export async function findPromoCodes(
  db: Db,
  eventId: string,
  after: string | undefined,
  limit: number,
): Promise<PromoCode[]> {
  return db
    .select()
    .from(promoCodes)
    .where(and(eq(promoCodes.eventId, eventId), after === undefined ? undefined : gt(promoCodes.id, after)))
    .orderBy(asc(promoCodes.id))
    .limit(limit);
}

export async function countPromoCodes(db: Db, eventId: string): Promise<number> {
  return db.$count(promoCodes, eq(promoCodes.eventId, eventId));
}

export async function hasPromoCode(db: Db, eventId: string, id: string): Promise<boolean> {
  return (await db.$count(promoCodes, and(eq(promoCodes.eventId, eventId), eq(promoCodes.id, id)))) > 0;
}

/** Undefined when the event has this code already. */
export async function insertPromoCode(tx: Db, promoCode: NewPromoCode): Promise<PromoCode | undefined> {
  const [row] = await tx
    .insert(promoCodes)
    .values(promoCode)
    .onConflictDoNothing({ target: [promoCodes.eventId, promoCodes.codeKey] })
    .returning();
  return row;
}

/** Undefined when it was redeemed more often than the new limit. */
export async function updatePromoCode(
  tx: Db,
  eventId: string,
  id: string,
  change: Partial<Pick<NewPromoCode, 'redemptionsMax' | 'validFrom' | 'validUntil' | 'status'>>,
): Promise<PromoCode | undefined> {
  const max = change.redemptionsMax;
  const [row] = await tx
    .update(promoCodes)
    .set(change)
    .where(
      and(
        eq(promoCodes.eventId, eventId),
        eq(promoCodes.id, id),
        max === undefined || max === null ? undefined : lte(promoCodes.redemptions, max),
      ),
    )
    .returning();
  return row;
}
