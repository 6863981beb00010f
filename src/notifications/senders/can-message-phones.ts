import type { Db } from '../../platform/database/db.ts';
import { listUsableSenders } from './queries.ts';

const knownMs = 5000;
const organizersKeptMax = 1000;

/**
 * Whether some sender, the organizer's own or the platform's, may write to phones for an organizer now and has any of today's cap left. The answer is kept
 * for five seconds, since codes are asked for in a rush.
 */
export function createCanMessagePhones(deps: { db: Db }): (organizerId: string) => Promise<boolean> {
  const known = new Map<string, { readonly reached: Promise<boolean>; readonly until: number }>();
  return (organizerId) => {
    const entry = known.get(organizerId);
    if (entry !== undefined && entry.until > performance.now()) return entry.reached;
    if (known.size >= organizersKeptMax) known.clear();
    const reached = listUsableSenders(deps.db, organizerId).then((senders) => senders.some(({ hasTurns }) => hasTurns));
    reached.catch(() => known.delete(organizerId));
    known.set(organizerId, { reached, until: performance.now() + knownMs });
    return reached;
  };
}
