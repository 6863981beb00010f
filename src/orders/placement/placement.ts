import type { Db } from '../../platform/database/db.ts';
import { isOutcomeUnknown } from '../../platform/database/db-errors.ts';
import { type GroupCommit, createGroupCommit } from '../../platform/database/group-commit.ts';
import { createPlacementClock } from './clock.ts';
import { type PlacementAnswer, type PlacementFacts, type PlacementRow, callPlaceOrders } from './queries.ts';
import { replaysOnly } from './replays-only.ts';

/** One order as the placement call takes it; names as in `drizzle/functions/place_orders.sql`. */
export type PlacementItem = {
  readonly id: string;
  readonly key_hash: string;
  /** SHA-256 in hex, as `key_hash`. */
  readonly fingerprint: string;
  readonly name: string;
  readonly email: string;
  readonly phone: string;
  readonly buyer_keys: readonly [string, string];
  readonly network_key: string;
  readonly locale: 'id' | 'en';
  /** As `promoKeyOf` gives it. */
  readonly promo: string | null;
  /** What the buyer was told that the order costs, in minor units. */
  readonly expected_total: number | null;
  /** What a verified pass of the waiting room says. */
  readonly pass_index: number | null;
  readonly pass_account: string | null;
  /** The one of the buyer's keys that whoever asks has proven; null for nobody's. */
  readonly confirmed: string | null;
  readonly jitter_seconds: number;
  readonly categories: readonly string[];
  readonly quantities: readonly number[];
};

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
