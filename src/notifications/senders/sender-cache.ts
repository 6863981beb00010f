import { LRUCache } from 'lru-cache';
import type { Db } from '../../platform/database/db.ts';
import { type UsableSender, listUsableSenders } from './queries.ts';

const keptMs = 5000;
const organizersKeptMax = 1000;

/** Caches for seconds which senders an organiser may use. */
export function createSenderCache(db: Db) {
  const kept = new LRUCache<string, Promise<UsableSender[]>>({ max: organizersKeptMax, ttl: keptMs });
  return {
    get: (organizerId: string): Promise<UsableSender[]> => {
      const known = kept.get(organizerId);
      if (known !== undefined) return known;
      const senders = listUsableSenders(db, organizerId);
      senders.catch(() => kept.delete(organizerId));
      kept.set(organizerId, senders);
      return senders;
    },
    forget: () => kept.clear(),
  };
}
