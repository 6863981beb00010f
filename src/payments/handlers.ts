import { orderPlaced } from '../orders/jobs.ts';
import { eachAlone } from '../platform/jobs/each-alone.ts';
import { applyCallback, settleCallback } from './callbacks/apply-callback.ts';
import { checkAttempt } from './attempts/check-attempt.ts';
import { closeOrder } from './attempts/close-order.ts';
import type { GatewayDeps } from './deps.ts';
import type { Db } from '../platform/database/db.ts';
import { eachInTurn } from '../platform/jobs/each-in-turn.ts';
import type { Log } from '../platform/log.ts';
import { deleteOldCallbacks, maintainPartitions } from './callbacks/queries.ts';
import { callbackDeletesMax, callbackKeyDays, callbackPayloadDays, callbacksPerDelete } from './limits.ts';
import { applyCallbackJob } from './jobs.ts';
import { makeAttempt } from './attempts/make-attempt.ts';
import { refundUnknownMoney } from './refunds/refund-unknown-money.ts';
import { reconcilePayments } from './reconcile-payments.ts';
import { refundEvent } from './refunds/refund-event.ts';
import { replaceAttempt } from './attempts/replace-attempt.ts';
import { sendRefund } from './refunds/send-refund.ts';
import type { FirstAttempts } from './attempts/first-attempts.ts';
import type { Closes } from './attempts/closes.ts';
import type { Looks } from './attempts/looks.ts';
import type { Settlements } from './callbacks/settlements.ts';
import { startPayment } from './attempts/start-payment.ts';

export type PaymentHandlerDeps = GatewayDeps & {
  readonly settlements: Settlements;
  readonly firstAttempts: FirstAttempts;
  readonly looks: Looks;
  readonly closes: Closes;
};

type OrderRef = { eventId: string; orderId: string };
type OrdersRef = { eventId: string; orderIds: readonly string[] };
type AttemptRef = { attemptId: string };
type CallbackRef = { callbackId: string; attemptId?: string | undefined };

/** The acts of this room that follow jobs, by the job's name. */
export function paymentHandlers(deps: PaymentHandlerDeps) {
  return {
    'order.placed': (order: OrderRef) => startPayment(deps, order),
    'orders.placed': (orders: OrdersRef) => startPayments(deps, orders),
    'order.closing': (order: OrderRef) => closeOrder(deps, order),
    'payment.apply_callback': (callback: CallbackRef) => applyCallback(deps, callback),
    'payment.apply_callbacks': ({ callbacks }: { callbacks: readonly CallbackRef[] }) =>
      applyCallbacks(deps, callbacks),
    'payment.create_attempt': (attempt: AttemptRef) => makeAttempt(deps, attempt),
    'payment.replace_attempt': (wish: AttemptRef & { method: string }) => replaceAttempt(deps, wish),
    'payment.check_attempt': (attempt: AttemptRef) => checkAttempt(deps, attempt),
    'payment.send_refund': (refund: { eventId: string; refundId: string }) => sendRefund(deps, refund),
    'payment.refund_unknown_money': (task: { organizerId: string; taskId: string }) => refundUnknownMoney(deps, task),
    'event.cancelled': (event: { eventId: string }) => refundEvent(deps, event),
    'payments.reconcile': () => reconcilePayments(deps),
    'payments.maintain': () => maintainPayments(deps),
  };
}

function startPayments(deps: PaymentHandlerDeps, { eventId, orderIds }: OrdersRef): Promise<void> {
  const orders = orderIds.map((orderId) => ({ eventId, orderId }));
  return eachAlone(deps, orderPlaced, orders, (order) => startPayment(deps, order));
}

/** The common case at once; the others one after the other, because each takes a connection to Postgres. */
function applyCallbacks(deps: PaymentHandlerDeps, callbacks: readonly CallbackRef[]): Promise<void> {
  let former: Promise<unknown> = Promise.resolve();
  return eachAlone(deps, applyCallbackJob, callbacks, async (callback) => {
    if (await settleCallback(deps, callback)) return;
    const own = former.then(() => applyCallback(deps, callback));
    former = own.catch(() => undefined);
    await own;
  });
}

/**
 * Makes the inbox's partitions for the next days, drops raw payloads older than two weeks, and removes callbacks so old
 * that no gateway sends them again.
 * @throws the first fault, after both were tried
 */
async function maintainPayments({ db, log }: { db: Db; log: Log }): Promise<void> {
  await eachInTurn(
    [makeAndDropPartitions, removeOldCallbacks],
    (part) => part(db),
    (error, { name }) => log.error({ err: error, part: name }, 'a part of the care for callbacks failed'),
  );
}

async function makeAndDropPartitions(db: Db): Promise<void> {
  await maintainPartitions(db, callbackPayloadDays);
}

async function removeOldCallbacks(db: Db): Promise<void> {
  for (let deletes = 0; deletes < callbackDeletesMax; deletes += 1) {
    if ((await deleteOldCallbacks(db, callbackKeyDays, callbacksPerDelete)) < callbacksPerDelete) return;
  }
}
