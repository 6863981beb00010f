import type { Actor } from '../../access/actor.ts';
import { writeAudit } from '../../access/audit/audit.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { requestInvalid } from '../../platform/errors.ts';
import { inputFault } from '../../platform/field-faults.ts';
import { idPatterns } from '../../platform/ids.ts';
import { promoCodeInUse, promoCodeNotFound } from '../errors.ts';
import type { ChangePromoCodeInput } from './schemas.ts';
import { ownEvent } from '../desk/own-event.ts';
import { presentPromoCode } from './present.ts';
import { and, eq, lte } from 'drizzle-orm';
import { promoCodes, type PromoCode, type NewPromoCode } from '../tables.ts';

/**
 * Changes how often and how long a code is valid, or closes it. Its value cannot change, because orders were priced by
 * it.
 * @throws DomainError event.not_found, promo_code.not_found, promo_code.in_use, request.invalid
 */
export async function changePromoCode(
  deps: { db: Db },
  actor: Actor,
  { eventId, promoCodeId }: { eventId: string; promoCodeId: string },
  input: ChangePromoCodeInput,
): Promise<ReturnType<typeof presentPromoCode>> {
  const event = await ownEvent(deps.db, actor, eventId);
  return transaction(deps.db, async (tx) => {
    const known = idPatterns.plain.test(promoCodeId) && (await hasPromoCode(tx, event.id, promoCodeId));
    if (!known) throw promoCodeNotFound();
    const changes = { eventId: event.id, ...input };
    await writeAudit(tx, { actor, act: 'promo_code.changed', subjectId: promoCodeId, changes });
    const changed = await updatePromoCode(tx, event.id, promoCodeId, {
      ...(input.redemptionsMax === undefined ? {} : { redemptionsMax: input.redemptionsMax }),
      ...(input.status === undefined ? {} : { status: input.status }),
      ...(input.validFrom === undefined ? {} : { validFrom: timeOf(input.validFrom) }),
      ...(input.validUntil === undefined ? {} : { validUntil: timeOf(input.validUntil) }),
    });
    if (changed === undefined) throw promoCodeInUse();
    const { validFrom, validUntil } = changed;
    if (validFrom !== null && validUntil !== null && validFrom >= validUntil)
      throw requestInvalid([inputFault('validUntil', 'time.order', { other: 'validFrom' })]);
    return presentPromoCode(changed);
  });
}

function timeOf(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}

async function hasPromoCode(db: Db, eventId: string, id: string): Promise<boolean> {
  return (await db.$count(promoCodes, and(eq(promoCodes.eventId, eventId), eq(promoCodes.id, id)))) > 0;
}

/** Returns undefined if the code was redeemed more often than the new limit. */
async function updatePromoCode(
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
