import type { Actor } from '../../access/actor.ts';
import { writeAudit } from '../../access/audit/audit.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { newId } from '../../platform/ids.ts';
import { promoCodeLimitReached, promoCodeTaken } from '../errors.ts';
import type { CreatePromoCodeInput } from './schemas.ts';
import { ownEvent } from '../desk/own-event.ts';
import { newPromoCode } from './code.ts';
import { presentPromoCode } from './present.ts';
import { eq, sql } from 'drizzle-orm';
import { promoCodes, type PromoCode, type NewPromoCode } from '../tables.ts';

export const promoCodesPerEventMax = 10_000;

/**
 * Creates a code that lowers the price of an event's orders while it is valid and has redemptions left.
 * @throws DomainError event.not_found, promo_code.taken, promo_code.limit_reached
 */
export async function createPromoCode(
  deps: { db: Db; clock: Clock },
  actor: Actor,
  eventId: string,
  input: CreatePromoCodeInput,
): Promise<ReturnType<typeof presentPromoCode>> {
  const event = await ownEvent(deps.db, actor, eventId);
  const code = input.code ?? newPromoCode();
  return transaction(deps.db, async (tx) => {
    // One at a time, so that the limit holds.
    await tx.execute(sql`select from events where id = ${event.id} for no key update`);
    if ((await tx.$count(promoCodes, eq(promoCodes.eventId, event.id))) >= promoCodesPerEventMax)
      throw promoCodeLimitReached(promoCodesPerEventMax);
    const promoCode = await insertPromoCode(tx, {
      eventId: event.id,
      id: newId('prm', deps.clock.now()),
      code,
      kind: input.kind,
      value: input.value,
      redemptionsMax: input.redemptionsMax ?? null,
      validFrom: input.validFrom === undefined ? null : new Date(input.validFrom),
      validUntil: input.validUntil === undefined ? null : new Date(input.validUntil),
    });
    if (promoCode === undefined) throw promoCodeTaken();
    const value = input.kind === 'amount' ? { amount: input.value, currency: event.currency } : input.value;
    const changes = { eventId: event.id, ...input, code, value };
    await writeAudit(tx, { actor, act: 'promo_code.created', subjectId: promoCode.id, changes });
    return presentPromoCode(promoCode);
  });
}

/** Returns undefined if the event already has this code. */
async function insertPromoCode(tx: Db, promoCode: NewPromoCode): Promise<PromoCode | undefined> {
  const [row] = await tx
    .insert(promoCodes)
    .values(promoCode)
    .onConflictDoNothing({ target: [promoCodes.eventId, promoCodes.codeKey] })
    .returning();
  return row;
}
