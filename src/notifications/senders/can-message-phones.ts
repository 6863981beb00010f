import { LRUCache } from 'lru-cache';
import type { Db } from '../../platform/database/db.ts';
import { listUsableSenders } from './queries.ts';

const knownMs = 5000;
const organizersKeptMax = 1000;

/**
 * Whether some sender, the organizer's own or the platform's, may write to phones for an organizer now and has some of
 * today's cap left. The answer is cached for five seconds, because codes are requested in a rush.
 */
export function createCanMessagePhones(deps: { db: Db }): (organizerId: string) => Promise<boolean> {
  const known = new LRUCache<string, Promise<boolean>>({ max: organizersKeptMax, ttl: knownMs });
  return (organizerId) => {
    const before = known.get(organizerId);
    if (before !== undefined) return before;
    const reached = listUsableSenders(deps.db, organizerId).then((senders) => senders.some(({ hasTurns }) => hasTurns));
    reached.catch(() => known.delete(organizerId));
    known.set(organizerId, reached);
    return reached;
  };
}
