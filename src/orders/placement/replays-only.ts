import type { Db } from '../../platform/database/db.ts';
import type { Placed, PlacementItem } from './placement.ts';
import { type PlacementRow, findKnownKeys } from './queries.ts';

const refused: PlacementRow = {
  n: 0,
  outcome: 'not_open',
  order_id: null,
  subtotal: null,
  discount: null,
  fees: null,
  total: null,
  placed_at_ms: null,
  expires_at_ms: null,
  detail: null,
};

/**
 * Decides a batch while the sales of its event are switched off: who has an order finds it, the others are refused. They
 * were let into the lane before this process knew of the switch.
 */
export async function replaysOnly(
  db: Db,
  eventId: string,
  batch: readonly PlacementItem[],
  place: (items: readonly PlacementItem[]) => Promise<readonly Placed[]>,
): Promise<readonly Placed[]> {
  const keys = await findKnownKeys(
    db,
    eventId,
    batch.map((item) => item.key_hash),
  );
  const replays = batch.filter((item) => keys.has(item.key_hash));
  const found = replays.length === 0 ? [] : [...(await place(replays))];
  const facts = { organizerId: '', slug: '', currency: '', categories: {} };
  return batch.map((item) => (keys.has(item.key_hash) ? found.shift() : undefined) ?? { row: refused, facts });
}
