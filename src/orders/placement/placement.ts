import { tellChange } from '../../platform/changes.ts';
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

/** Orders decided by one call. Beyond about a hundred, the wait grows but the throughput does not. */
const batchMax = 100;

/**
 * Smallest batch that is sent ahead of the previous commit. For fewer orders a call costs more than the wait it saves.
 */
const aheadMin = 24;

/**
 * How long a busy event collects orders, and how many end it sooner. One order alone costs Postgres three times what it
 * costs among ten.
 */
const everyMs = 15;
const enough = 10;

/** Orders that may wait for one event; at 10,000/s that is half a second. */
const queueMax = 5000;

/** Clients get 503 after this long, in the lane or at its end. Retrying with the same key returns the order if it was written. */
const orderMsDefault = 2500;

/**
 * The lanes of orders, one per event, because everything scarce belongs to an event. Two orders with the same
 * Idempotency-Key, asker or pass never share a batch: the second is decided when the rows of the first are visible.
 */
export function createPlacement(options: {
  db: Db;
  flushesMax: number;
  heldPerNetworkMax: number;
  /** The highest total that a gateway takes, by currency. Default: any. */
  totalMaxes?: Readonly<Record<string, number>>;
  /** Whether an operator has stopped the sales of the event. Then only replays of existing orders are answered. */
  areSalesStopped: (eventId: string) => boolean;
  orderMs?: number;
}): Placement {
  const { orderMs = orderMsDefault } = options;
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
    const paid = rows.filter(({ outcome }) => outcome === 'paid').length;
    const placed = paid + rows.filter(({ outcome }) => outcome === 'placed').length;
    if (placed > 0) tellChange({ eventId, placed, paid });
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
    deadlineMs: orderMs,
    answerMs: orderMs,
    flushesMax: options.flushesMax,
    ahead: { itemsMin: aheadMin },
    everyMs,
    enough,
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

/** The answer of a placement that orders nothing. */
export const refusedRow: PlacementRow = {
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
 * Decides a batch while the sales of its event are switched off: replays find their order, all others are refused. These orders
 * entered the lane before this process knew of the switch.
 */
async function replaysOnly(
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
  return batch.map((item) => (keys.has(item.key_hash) ? found.shift() : undefined) ?? { row: refusedRow, facts });
}
