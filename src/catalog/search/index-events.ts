import { type Db, transaction } from '../../platform/database/db.ts';
import { indexEvent, lockEventsToIndex } from './queries.ts';

const batchMax = 100;
const batchesMax = 50;

/**
 * Makes the search entries anew that an older build made, or that are missing since a row came past the service. Ends after
 * a bounded number of events; the next run goes on. How many were made.
 */
export async function indexEvents(deps: { readonly db: Db }): Promise<number> {
  let made = 0;
  for (let batch = 0; batch < batchesMax; batch += 1) {
    const count = await transaction(deps.db, async (tx) => {
      const events = await lockEventsToIndex(tx, batchMax);
      for (const event of events) await indexEvent(tx, event);
      return events.length;
    });
    made += count;
    if (count < batchMax) break;
  }
  return made;
}
