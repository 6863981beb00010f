import { lockOrder } from '../../orders/index.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { chooseGateway } from '../accounts/choose-gateway.ts';
import { RetryLater } from '../../platform/jobs/retry-later.ts';
import type { GatewayDeps } from '../deps.ts';
import { buildPaymentRequest } from './build-payment-request.ts';
import type { FirstAttempts, StartingOrder } from './first-attempts.ts';
import { makeAttempt, recordAnswer } from './make-attempt.ts';
import { findPayableOrder } from '../order-queries.ts';
import { attemptIdOf, insertAttempt } from './queries.ts';

type StartDeps = GatewayDeps & { readonly firstAttempts: FirstAttempts };

/**
 * Writes the first attempt of a placed order, then makes it at the gateway, outside any transaction. Orders that are
 * placed together are read and written together. Anything but the first try of a waiting order takes the single path.
 * Safe to repeat; does nothing for an order that no longer waits for payment.
 * @throws RetryLater if the gateway may not be called now or its outcome is unknown
 */
export async function startPayment(deps: StartDeps, { orderId }: { orderId: string }): Promise<void> {
  const attemptId = attemptIdOf(orderId, 1);
  const found = await deps.firstAttempts.find(orderId);
  if (found === undefined) return;
  if (found.isUntried) {
    if (!isWaiting(found)) return;
    if (await startAtOnce(deps, attemptId, found)) return;
    const { eventId } = found.order;
    if (!(await writeFirstAttempt(deps.db, eventId, orderId))) return;
  }
  await makeAttempt(deps, { attemptId });
}

function isWaiting({ order, secondsLeft }: StartingOrder): boolean {
  return order.status === 'pending_payment' && order.total > 0 && secondsLeft > 0;
}

/**
 * The batched path: an organiser with an account, a method that fits, and nobody else at work on the order.
 * @returns false if the single path must decide; the gateway was not called then
 */
async function startAtOnce(deps: StartDeps, attemptId: string, found: StartingOrder): Promise<boolean> {
  const { order, lines, secondsLeftIfReadyNow: secondsLeft } = found;
  const gateway = await chooseGateway(deps.db, order);
  const account = await deps.accounts.of({ gateway: gateway.name, organizerId: order.organizerId });
  if (account === undefined) return false;
  const attempt = { id: attemptId, gateway: gateway.name, method: 'any' };
  const request = buildPaymentRequest(deps.publicUrl, { order, lines, secondsLeft }, attempt);
  if (request.methods.length === 0) return false;
  await deps.gateway.acquire(account, 'create', 0);
  const ref = { eventId: order.eventId, orderId: order.id, attemptId };
  const isClaimed = await deps.firstAttempts.claim({ ...ref, gateway: gateway.name });
  if (!isClaimed) return false;
  const answer = await createOrGiveBack(deps, ref, () => deps.gateway.create(account, request));
  const isRecorded =
    answer.kind === 'accepted' &&
    answer.redirectUrl !== undefined &&
    (await deps.firstAttempts.recordMade({
      ...ref,
      redirectUrl: answer.redirectUrl,
      expiresInSeconds: request.expiresInMinutes * 60,
    }));
  if (!isRecorded) await recordAnswer(deps, { id: attemptId, checks: 1 }, answer, request.expiresInMinutes);
  return true;
}

/** A postponed call was not made. The next try is a first one again and waits for no other worker. */
async function createOrGiveBack<Answer>(
  deps: StartDeps,
  ref: { readonly eventId: string; readonly attemptId: string },
  create: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await create();
  } catch (error) {
    if (error instanceof RetryLater) {
      await deps.firstAttempts.giveBack(ref);
    }
    throw error;
  }
}

async function writeFirstAttempt(db: Db, eventId: string, orderId: string): Promise<boolean> {
  return transaction(db, async (tx) => {
    const order = await lockOrder(tx, eventId, orderId);
    if (order === undefined || order.status !== 'pending_payment' || order.total === 0) return false;
    const payable = await findPayableOrder(tx, eventId, orderId);
    if (payable === undefined || payable.secondsLeft <= 0) return false;
    await insertAttempt(tx, order, { number: 1, method: 'any' });
    return true;
  });
}
