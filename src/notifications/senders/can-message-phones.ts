import type { Db } from '../../platform/database/db.ts';
import type { Invalidations } from '../../platform/invalidation/invalidations.ts';
import { createSenderCache } from './sender-cache.ts';

/**
 * Whether some sender, the organizer's own or the platform's, may write to phones for an organizer now and has some of
 * today's cap left. The senders are cached for seconds, because codes are requested in a rush.
 */
export function createCanMessagePhones(deps: {
  db: Db;
  invalidations: Invalidations;
}): (organizerId: string) => Promise<boolean> {
  const senders = createSenderCache(deps);
  return async (organizerId) => (await senders.get(organizerId)).some(({ hasTurns }) => hasTurns);
}
