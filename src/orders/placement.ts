import type { Db } from '../platform/db.ts';
import { type GroupCommit, createGroupCommit } from '../platform/group-commit.ts';
import { type PlacementFacts, type PlacementRow, callPlaceOrders } from './placement-queries.ts';
import { replaysOnly } from './replays-only.ts';

/** One order as the placement call takes it; names as in `drizzle/0008_placement.sql`. */
export type PlacementItem = {
  readonly n: number;
  readonly id: string;
  readonly key_hash: string;
  readonly fingerprint: string;
  readonly name: string;
  readonly email: string;
  readonly phone: string;
  readonly buyer_keys: readonly string[];
  readonly network_key: string;
  readonly locale: 'id' | 'en';
  readonly promo: string | null;
  readonly jitter_seconds: number;
  readonly categories: readonly string[];
  readonly quantities: readonly number[];
};

export type Placed = { readonly row: PlacementRow; readonly facts: PlacementFacts };

export type Placement = GroupCommit<Omit<PlacementItem, 'n'>, Placed>;

/** Orders decided by one call: beyond about a hundred the wait grows and the throughput does not. */
const batchMax = 100;
/** With fewer the next call is not worth sending ahead: what a call costs by itself would outweigh the wait it saves. */
const aheadMin = Number(process.env['AHEAD'] ?? 24);
/** Orders that wait for one event; at 10,000/s that is half a second. */
const queueMax = 5000;
const deadlineMs = 2500;
/** Somebody whose order hangs is told so by then; the same key finds it, should it have been written. */
const answerMs = 2500;

/**
 * The lane of orders: one per event, since everything scarce belongs to one. Two orders with the same Idempotency-Key,
 * email or phone never share a batch, so that the second is decided with the first one's rows in sight.
 */
export function createPlacement(options: {
  db: Db;
  flushesMax: number;
  heldPerNetworkMax: number;
  /** Whether an operator has stopped the sales of the event: then only orders that are there are found again. */
  areSalesStopped: (eventId: string) => boolean;
}): Placement {
  const place = async (eventId: string, batch: readonly Omit<PlacementItem, 'n'>[]): Promise<readonly Placed[]> => {
    const items = batch.map((item, index) => ({ ...item, n: index + 1 }));
    const rows = await callPlaceOrders(options.db, eventId, items, options.heldPerNetworkMax);
    const facts = (rows.find((row) => row.outcome === 'facts')?.detail ?? noFacts) as PlacementFacts;
    const results: Placed[] = [];
    for (const row of rows) if (row.n > 0) results[row.n - 1] = { row, facts };
    return results;
  };
  return createGroupCommit<Omit<PlacementItem, 'n'>, Placed>({
    name: 'orders',
    batchMax,
    queueMax,
    deadlineMs,
    answerMs,
    flushesMax: options.flushesMax,
    ahead: { itemsMin: aheadMin },
    keysOf: (item) => [item.key_hash, ...item.buyer_keys],
    flush: (eventId, batch) =>
      options.areSalesStopped(eventId)
        ? replaysOnly(options.db, eventId, batch, (items) => place(eventId, items))
        : place(eventId, batch),
  });
}

const noFacts: PlacementFacts = { organizerId: '', slug: '', currency: '', categories: {} };
