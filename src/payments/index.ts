/**
 * Payments: attempts at gateways, callbacks, money and refunds.
 *
 * Promises
 *  1. No gateway is called inside a transaction or inside a request. Each call has a deadline, a rate limit and a circuit breaker, and
 *     ends as accepted, rejected or unknown. An unknown outcome is read back, never guessed.
 *  2. An order has at most one open attempt. A hold is given back only after its attempt is closed at the gateway, or
 *     after ten minutes without an answer, marked.
 *  3. A callback that was answered 200 is on disk. It is applied once, however often, late or out of order it arrives. A forged one
 *     changes nothing, and facts that a gateway does not sign (refunds, reversals, late money) are read back first.
 *  4. Double-entry bookkeeping: every posting adds up to zero. Captured money that cannot become a ticket is owed from that moment
 *     on, and has a refund or a task for a person. The gateway's fee is neither.
 *  5. A refund always has the same key, so a repeated request is the same refund.
 *  6. A gateway is never asked for a currency, amount or precision that it does not support, and a sale that needs one cannot be
 *     published. Money with impossible facts becomes a task for a person, who gives it back.
 *  7. A look without an answer does not count: it is repeated with back-off, and the plan of looks stays.
 *  8. Organisers' keys are encrypted for their row, decrypted in memory for a minute, and never shown. Every process uses changed keys
 *     within a second.
 *
 * An attempt (`nextAttemptState` is the table; `applyCallback`, `checkAttempt`, `closeAttempt` apply it)
 *
 *   startPayment,        makeAttempt                 applyFact: receive                  applyFact: settled
 *   replaceAttempt ---> creating --> pending --> review --> captured, settled ----------> settled
 *                          |  ^         |          |             |                           |
 *              makeAttempt v  |         |          |             | sync_refunds, sendRefund  | book_loss
 *                       unknown         |          |             v                           v
 *                          |            |          |   partially_refunded --> refunded   voided, reversed, charged_back
 *                          +------------+----------+
 *                          | closeAttempt, failAttempt, applyFact
 *                          v
 *            expired, cancelled, failed, denied --- late money, read back ---> captured, settled
 *
 * A refund
 *
 *   openRefund --> requested --sendRefund--> processing --checked, called back--> done
 *        |             | sendRefund                                                ^
 *        v             v                                                           |
 *      manual_required ---------------------------- resolveTask -------------------+
 *
 *   requested, manual_required --bookLostMoney, syncRefunds (refunded otherwise at the dashboard)--> failed
 *
 * Locks: the order first, then the attempt, then refunds and tasks. Stock and counters after the order.
 */
import { unpayableSale } from './accounts/unpayable-sale.ts';
import { paymentOf } from './attempts/payment-of.ts';
import { gatewayFeesOf } from './ledger/queries.ts';
import { requestFullRefund } from './refunds/refund-paid-order.ts';

export { createCallbackInbox } from './callbacks/callback-inbox.ts';
export { createFirstAttempts } from './attempts/first-attempts.ts';
export { createCloses } from './attempts/closes.ts';
export { createLooks } from './attempts/looks.ts';
export { createSettlements } from './callbacks/settlements.ts';
export { type LookDeps, checkAttempt } from './attempts/check-attempt.ts';
export type { GatewayDeps } from './deps.ts';
export { createGatewayBudget } from './gateways/budget.ts';
export type { PaymentGateway } from './gateways/gateway.ts';
export { dispatchByAccount } from './gateways/dispatch.ts';
export { paymentsPerSecond, totalMaxes } from './gateways/all-gateways.ts';
export { gatewayPlugins } from './gateways/registry.ts';
export { guardGateway } from './gateways/guard.ts';
export { settleCallback } from './callbacks/apply-callback.ts';
export { type PaymentHandlerDeps, paymentHandlers } from './handlers.ts';
export { limitGateway } from './gateways/limit.ts';
export { createPaymentAccounts } from './accounts/payment-accounts.ts';
export { paymentOf } from './attempts/payment-of.ts';
export { requestFullRefund } from './refunds/refund-paid-order.ts';
export { requestRefund } from './refunds/request-refund.ts';
export { unpayableSale } from './accounts/unpayable-sale.ts';
export { watchPaymentBacklog } from './attempts/watch-payment-backlog.ts';

/** The functions that lower rooms (orders and catalog) receive from this one when the service is composed. */
export const paymentPorts = { gatewayFeesOf, paymentOf, requestFullRefund, unpayableSale };
