import type { Db } from '../../platform/database/db.ts';
import { isOutcomeUnknown } from '../../platform/database/db-errors.ts';
import { type GroupCommit, createGroupCommit } from '../../platform/database/group-commit.ts';
import { createPlacementClock } from './clock.ts';
import {
  type PlacementAnswer,
  type PlacementFacts,
  type PlacementRow,
  callPlaceOrders,
  type PlacementItem,
  findKnownKeys,
} from './queries.ts';

export type Placed = { readonly row: PlacementRow; readonly facts: PlacementFacts };

export type Placement = GroupCommit<PlacementItem, Placed>;

/** Orders decided by one call: beyond about a hundred the wait grows and the throughput does not. */
const batchMax = 100;

/** With fewer the next call is not worth sending ahead: what a call costs by itself would outweigh the wait it saves. */
const aheadMin = 24;

/** Orders that wait for one event; at 10,000/s that is half a second. */
const queueMax = 5000;

const deadlineMs = 2500;

/** Somebody whose order hangs is told so by then; the same key finds it, should it have been written. */
const answerMs = 2500;

/**
 * The lane of orders: one per event, since everything scarce belongs to one. Two orders with the same Idempotency-Key,
 * asker or pass never share a batch, so that the second is decided with the first one's rows in sight.
 */
export function createPlacement(options: {
  db: Db;
  flushesMax: number;
  heldPerNetworkMax: number;
  /** The highest total that a gateway takes, by currency; left out: any. */
  totalMaxes?: Readonly<Record<string, number>>;
  /** Whether an operator has stopped the sales of the event: then only orders that are there are found again. */
  areSalesStopped: (eventId: string) => boolean;
}): Placement {
  const clock = createPlacementClock<PlacementItem>();
  const call = async (
    eventId: string,
    items: readonly PlacementItem[],
    isSecondTry = false,
  ): Promise<PlacementAnswer> => {
    const { notAfterMs, sentAt } = clock.start();
    try {
      const answer = await callPlaceOrders(options.db, eventId, items, { ...options, notAfterMs });
      if (answer.decidedAtMs !== undefined) clock.decided(answer.decidedAtMs);
      const isClockWrong = clock.isInTime(sentAt) && answer.rows.some((row) => row.outcome === 'too_late');
      return isClockWrong && !isSecondTry ? await call(eventId, items, true) : answer;
    } catch (error) {
      if (isOutcomeUnknown(error)) clock.lost(items, sentAt);
      throw error;
    }
  };
  const place = async (eventId: string, items: readonly PlacementItem[]): Promise<readonly Placed[]> => {
    const { facts, rows } = await call(eventId, items);
    return rows.map((row, index) => {
      const item = items[index];
      const isUndecided = item !== undefined && row.order_id === null && clock.isOpen(item);
      return { row: isUndecided ? { ...row, outcome: 'too_late' } : row, facts };
    });
  };
  return createGroupCommit<PlacementItem, Placed>({
    name: 'orders',
    batchMax,
    queueMax,
    deadlineMs,
    answerMs,
    flushesMax: options.flushesMax,
    ahead: { itemsMin: aheadMin },
    keysOf: (item) => [
      item.key_hash,
      item.confirmed ?? `${item.buyer_keys.join(' ')} ${item.network_key}`,
      ...(item.pass_index === null ? [] : [`pass ${item.pass_index}`]),
    ],
    flush: (eventId, batch) =>
      options.areSalesStopped(eventId)
        ? replaysOnly(options.db, eventId, batch, (items) => place(eventId, items))
        : place(eventId, batch),
  });
}

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
