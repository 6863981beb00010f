import { lockOrder, addFlag, releaseHold } from '../../orders/index.ts';
import { transaction } from '../../platform/database/db.ts';
import { RetryLater } from '../../platform/jobs/retry-later.ts';
import { changeAttempt, findOpenAttempt, lockAttempt } from './queries.ts';
import { type Closing, closeAtGateway, closeAttempt, markClosed } from './close-attempt.ts';
import type { Closes } from './closes.ts';
import type { GatewayDeps } from '../deps.ts';
import { closingMinutesMax, closingPauseSeconds } from '../limits.ts';
import { findPayableOrder } from '../order-queries.ts';

/** A hold that was released without the gateway's confirmation is looked at once more within the hour. */
const unconfirmedCheckSeconds = 3600;

type CloseDeps = GatewayDeps & { readonly closes: Closes };
type OrderRef = { readonly eventId: string; readonly orderId: string };

/**
 * Closes an order's open attempt at the gateway, and only then gives its places back. If the gateway gives no clear
 * answer for ten minutes, they are given back anyway and the order is flagged; money that still comes is handled as
 * late money. Orders that end together are read and written together; what is not the common case takes the single path. Safe to
 * repeat.
 * @throws RetryLater
 */
export async function closeOrder(deps: CloseDeps, order: OrderRef): Promise<void> {
  const requested = await deps.closes.request(order.orderId);
  if (requested === undefined) return closeAlone(deps, order);
  const attemptId = requested.id;
  const closing = await closeAtGateway(deps, requested, requested.seconds);
  if (closing.kind === 'confirmed') {
    if (await deps.closes.finish({ orderId: order.orderId, attemptId })) return;
    await markClosed(deps, attemptId);
  } else requireClosed(closing);
  await release(deps, order, attemptId);
}

/** An order with no open attempt, or one that was never sent or is in the hands of another worker. */
async function closeAlone(deps: GatewayDeps, { eventId, orderId }: OrderRef): Promise<void> {
  const found = await findPayableOrder(deps.db, eventId, orderId);
  if (found === undefined || found.order.status !== 'closing') return;
  const attempt = await findOpenAttempt(deps.db, found.order);
  if (attempt !== undefined) requireClosed(await closeAttempt(deps, attempt));
  await release(deps, { eventId, orderId }, attempt?.id);
}

function requireClosed(closing: Closing): void {
  if (closing.kind === 'unsure' && closing.seconds < closingMinutesMax * 60)
    throw new RetryLater(closingPauseSeconds, 'the gateway has not confirmed that the attempt is closed');
}

async function release(deps: GatewayDeps, { eventId, orderId }: OrderRef, attemptId: string | undefined) {
  await transaction(deps.db, async (tx) => {
    const order = await lockOrder(tx, eventId, orderId);
    if (order === undefined || order.status !== 'closing') return;
    const open = await findOpenAttempt(tx, order);
    if (open !== undefined) {
      // Another attempt than the one that was closed is open: a second look is needed.
      if (open.id !== attemptId) throw new RetryLater(1, 'the order has another open attempt');
      const locked = await lockAttempt(tx, open.id);
      if (locked === undefined) return;
      await changeAttempt(tx, locked, {
        status: 'expired',
        failure: 'released_unconfirmed',
        checkInSeconds: unconfirmedCheckSeconds,
      });
      await addFlag(tx, order, 'released_unconfirmed');
    }
    await releaseHold(tx, order);
  });
}
