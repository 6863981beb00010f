import { keyedHash } from '../../access/buyers/buyer-key.ts';
import { promoLimited } from '../errors.ts';
import { ordersPlaced } from '../metrics.ts';
import type { PlacementItem, PlacementOutcome } from '../placement/queries.ts';
import type { SoldOutMemory } from '../placement/sold-out-memory.ts';

/** Who tries a promo code. `key` is a keyed hash. */
export type PromoGuesser = { readonly key: string; readonly isConfirmed: boolean };

/** Counts codes that were not right; built by whoever composes the service. */
export type PromoLimiter = {
  /** Seconds for which no code may be tried; undefined when one may. Asks nobody. */
  waitSeconds(guesser: PromoGuesser): number | undefined;
  failed(guesser: PromoGuesser): Promise<void>;
};

/**
 * Of one event: a buyer who has proven an address, or else all who come from the network, since names cost nothing. By the buyer's
 * name alone a stranger could use up the tries of somebody else. Undefined for an order without a code.
 */
export function promoGuesser(
  { hashSecret }: { readonly hashSecret: string },
  eventId: string,
  { promo, confirmed, network_key }: Pick<PlacementItem, 'promo' | 'confirmed' | 'network_key'>,
): PromoGuesser | undefined {
  if (promo === null) return undefined;
  const key = keyedHash(hashSecret, `promo:${eventId}\0${confirmed ?? network_key}`);
  return { key, isConfirmed: confirmed !== null };
}

/**
 * Refuses codes from where too many were wrong before they are looked up, right ones too: otherwise the limit would say which
 * are right. An order that is there is found by its key all the same.
 * @throws DomainError promo.limited
 */
export async function refuseGuesses(
  deps: { readonly promoLimiter: PromoLimiter; readonly soldOut: Pick<SoldOutMemory, 'isKeyKnown'> },
  eventId: string,
  keyHash: string,
  guesser: PromoGuesser | undefined,
): Promise<void> {
  const waitSeconds = guesser === undefined ? undefined : deps.promoLimiter.waitSeconds(guesser);
  if (waitSeconds === undefined || (await deps.soldOut.isKeyKnown(eventId, keyHash))) return;
  ordersPlaced.inc({ outcome: 'promo_limited' });
  throw promoLimited(waitSeconds);
}

export async function countGuess(
  deps: { readonly promoLimiter: PromoLimiter },
  guesser: PromoGuesser | undefined,
  outcome: PlacementOutcome,
): Promise<void> {
  if (guesser === undefined || (outcome !== 'promo_invalid' && outcome !== 'promo_used_up')) return;
  await deps.promoLimiter.failed(guesser);
}
