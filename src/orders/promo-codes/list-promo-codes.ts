import type { Actor } from '../../access/actor.ts';
import type { Db } from '../../platform/database/db.ts';
import { ownEvent } from '../desk/own-event.ts';
import { presentPromoCode } from './present.ts';
import { and, asc, eq, gt } from 'drizzle-orm';
import { promoCodes, type PromoCode } from '../tables.ts';

/**
 * An event's promo codes after the given one, oldest first; one more than `limit` if there is a next page.
 * @throws DomainError event.not_found
 */
export async function listPromoCodes(
  deps: { db: Db },
  actor: Actor,
  input: { eventId: string; after: string | undefined; limit: number },
): Promise<ReturnType<typeof presentPromoCode>[]> {
  const event = await ownEvent(deps.db, actor, input.eventId);
  const rows = await findPromoCodes(deps.db, event.id, input.after, input.limit + 1);
  return rows.map(presentPromoCode);
}

async function findPromoCodes(db: Db, eventId: string, after: string | undefined, limit: number): Promise<PromoCode[]> {
  return db
    .select()
    .from(promoCodes)
    .where(and(eq(promoCodes.eventId, eventId), after === undefined ? undefined : gt(promoCodes.id, after)))
    .orderBy(asc(promoCodes.id))
    .limit(limit);
}
