import { cancelHolds, lockOrder } from '../../orders/index.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import type { Log } from '../../platform/log.ts';
import { RetryLater } from '../../platform/jobs/retry-later.ts';
import { findPaidOrderIds } from '../order-queries.ts';
import { refundPaidOrder } from './refund-paid-order.ts';

/** Orders handled in one run of the job. The next run continues. */
const holdsPerRun = 2000;
const ordersPerRun = 500;
/** A failure costs little, and every run meets all of them again before it comes to the orders behind them. */
const failuresPerRun = 5000;
const ordersPerRead = 100;
const pauseSeconds = 1;

/**
 * Handles a cancelled event: its holds begin to end, and every paid order is refunded in full (free orders lose their
 * tickets). Each order is a transaction of its own, so an interrupted run loses nothing and a repetition handles only the
 * rest. An order that cannot be refunded now does not block the others.
 * @throws RetryLater while orders are left, Error if none but failing ones are
 */
export async function refundEvent(deps: { db: Db; log: Log }, { eventId }: { eventId: string }): Promise<void> {
  const begun = await cancelHolds(deps.db, eventId, holdsPerRun);
  let after = '';
  let done = 0;
  let failed = 0;
  while (done < ordersPerRun && failed < failuresPerRun) {
    const ids = await findPaidOrderIds(deps.db, eventId, after, ordersPerRead);
    for (const orderId of ids) {
      if (await refundOne(deps, eventId, orderId)) done += 1;
      else failed += 1;
    }
    after = ids.at(-1) ?? after;
    if (ids.length < ordersPerRead) break;
  }
  if (begun === holdsPerRun || done >= ordersPerRun) throw new RetryLater(pauseSeconds, 'more orders are left');
  if (failed > 0) throw new Error(`${failed} orders of a cancelled event could not be refunded yet`);
}

async function refundOne({ db, log }: { db: Db; log: Log }, eventId: string, orderId: string): Promise<boolean> {
  try {
    await transaction(db, async (tx) => {
      const order = await lockOrder(tx, eventId, orderId);
      if (order === undefined) return;
      await refundPaidOrder(tx, order, { reason: 'event_cancelled', requestedBy: 'system', restock: false });
    });
    return true;
  } catch (error) {
    log.warn({ err: error, orderId }, 'an order of a cancelled event could not be refunded yet');
    return false;
  }
}
