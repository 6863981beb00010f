import type { Db } from '../../platform/database/db.ts';
import type { Invalidations } from '../../platform/invalidation/invalidations.ts';
import { createRowCache } from '../../platform/invalidation/row-cache.ts';
import { type UsableSender, listUsableSenders } from './queries.ts';

/** Short, because a sender's state also changes by itself: its daily cap, and what its provider reports. */
const keptMs = 5000;
const organizersKeptMax = 1000;

/** Caches for seconds which senders an organiser may use. */
export function createSenderCache({ db, invalidations }: { db: Db; invalidations: Invalidations }) {
  const kept = createRowCache<UsableSender[]>({
    invalidations,
    kind: 'senders',
    max: organizersKeptMax,
    keptMs,
    idOf: (organizerId) => organizerId,
  });
  return {
    get: (organizerId: string): Promise<UsableSender[]> =>
      kept.get(organizerId, () => listUsableSenders(db, organizerId)),
    forget: () => kept.drop(undefined),
  };
}
