import { orderNotFound } from '../../access/errors.ts';
import { type Order, type PaymentView, lockOrder } from '../../orders/index.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { eventIdOf } from '../../platform/ids.ts';
import { stage } from '../../platform/jobs/outbox.ts';
import { changeAttempt, findAttempts, insertAttempt, lockAttempt } from './queries.ts';
import { paymentMethodUnavailable, paymentNotPayable, paymentTooManyAttempts } from '../errors.ts';
import { createAttemptJob, replaceAttemptJob } from '../jobs.ts';
import { attemptsPerOrderMax } from '../limits.ts';
import { findPayableOrder } from '../order-queries.ts';
import { paymentOf } from './payment-of.ts';
import { chooseGateway } from '../accounts/choose-gateway.ts';
import type { Attempt } from '../tables.ts';
import { isOpen } from '../vocabulary.ts';

/**
 * Records the buyer's choice of a payment method. Choosing the present method changes nothing. A worker closes the open
 * attempt at the gateway before it makes the next one.
 * @throws DomainError order.not_found, payment.not_payable, payment.method_unavailable, payment.too_many_attempts
 */
export async function choosePayment(
  deps: { db: Db },
  { orderId, method }: { orderId: string; method: string },
): Promise<PaymentView> {
  return transaction(deps.db, async (tx) => {
    const eventId = eventIdOf(orderId);
    const order = await lockOrder(tx, eventId, orderId);
    if (order === undefined) throw orderNotFound();
    const payable = await findPayableOrder(tx, eventId, orderId);
    if (payable === undefined || order.status !== 'pending_payment' || payable.secondsLeft <= 0) {
      throw paymentNotPayable();
    }
    const gateway = await chooseGateway(tx, order);
    const wanted = { minutes: payable.secondsLeft / 60, amount: order.total };
    if (gateway.methodsFor(wanted, method).length === 0) {
      throw paymentMethodUnavailable(
        ['any', ...gateway.methods].filter((other) => gateway.methodsFor(wanted, other).length > 0),
      );
    }
    await wish(tx, order, method);
    return paymentOf(tx, order);
  });
}

async function wish(tx: Db, order: Order, method: string): Promise<void> {
  const attempts = await findAttempts(tx, order);
  const open = attempts.find(({ status }) => isOpen(status));
  const number = (attempts.at(-1)?.number ?? 0) + 1;
  if (open === undefined) {
    // The job that placement staged makes the first one.
    if (number > attemptsPerOrderMax) throw paymentTooManyAttempts(attemptsPerOrderMax);
    const made = await insertAttempt(tx, order, { number, method });
    if (made !== undefined) await stage(tx, createAttemptJob, { attemptId: made.id });
    return;
  }
  const attempt = await lockAttempt(tx, open.id);
  if (attempt === undefined || wished(attempt) === method) return;
  if (attempt.status === 'creating' && attempt.checks === 0) {
    await changeAttempt(tx, attempt, { method });
    return;
  }
  if (number > attemptsPerOrderMax) throw paymentTooManyAttempts(attemptsPerOrderMax);
  await changeAttempt(tx, attempt, { instructions: { ...attempt.instructions, replaceBy: method } });
  await stage(tx, replaceAttemptJob, { attemptId: attempt.id, method });
}

function wished(attempt: Attempt): string {
  return attempt.instructions.replaceBy ?? attempt.method;
}
