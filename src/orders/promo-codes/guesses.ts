import { keyedHash } from '../../access/buyers/buyer-key.ts';
import { promoLimited } from '../errors.ts';
import { placements } from '../metrics.ts';
import type { PlacementItem, PlacementOutcome } from '../placement/queries.ts';
import type { SoldOutMemory } from '../placement/sold-out-memory.ts';

/** The client that tries a promo code. `key` is a keyed hash. */
export type PromoGuesser = { readonly key: string; readonly isConfirmed: boolean };

/** Counts wrong codes. `src/compose.ts` passes it in. */
export type PromoLimiter = {
  /** Seconds in which no code may be tried; undefined if one may. From memory. */
  waitSeconds(guesser: PromoGuesser): number | undefined;
  failed(guesser: PromoGuesser): Promise<void>;
};

/**
 * Guesses are counted per event: by the address that the buyer has proven, otherwise by network, because names cost
 * nothing. Counting by the buyer's name would let a stranger use up somebody else's tries. Undefined for an order
 * without a code.
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
 * After too many wrong codes, refuses every code, right or wrong, before it is looked up; otherwise the limit would
 * reveal right codes. A key that already has an order still finds it.
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
  placements.inc({ outcome: 'promo_limited' });
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
