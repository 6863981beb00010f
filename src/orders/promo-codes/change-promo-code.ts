import type { Actor } from '../../access/actor.ts';
import { writeAudit } from '../../access/audit/audit.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { idPatterns } from '../../platform/ids.ts';
import { promoCodeInUse, promoCodeNotFound } from '../desk/errors.ts';
import type { ChangePromoCodeInput } from '../desk/schemas.ts';
import { ownEvent } from '../desk/own-event.ts';
import { presentPromoCode } from './present.ts';
import { hasPromoCode, updatePromoCode } from './queries.ts';

/**
 * Changes how often and how long a code is valid, or closes it. What it is worth stays: orders were priced by it.
 * @throws DomainError event.not_found, promo_code.not_found, promo_code.in_use
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
    return presentPromoCode(changed);
  });
}

function timeOf(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}
