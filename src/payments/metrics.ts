import { counter, gauge, histogram } from '../platform/metrics.ts';

export const callbacksReceived = counter('payment_callbacks_total', 'Callbacks by answer', ['outcome']);
export const callbacksApplied = counter('payment_callbacks_applied_total', 'Stored callbacks by outcome', ['outcome']);
/** The signature covers wrong facts, or the gateway and we use different accounts. */
export const wrongFacts = counter('payment_wrong_facts_total', 'Callbacks and answers that were not believed', [
  'reason',
]);
export const gatewayCalls = counter('payment_gateway_calls_total', 'Calls to gateways by result', ['call', 'result']);
export const gatewaySeconds = histogram('payment_gateway_seconds', 'Time of one call to a gateway', ['call']);
/** They are repeated without counting as looks. */
export const failedLooks = counter('payment_failed_looks_total', 'Questions to gateways that were not answered', [
  'of',
]);
export const moneyReceived = counter('payment_received_total', 'Captures by the outcome of the order', ['outcome']);
export const refundsEnded = counter('payment_refunds_total', 'Refunds by status reached', ['status']);
export const paymentBacklog = gauge(
  'payment_backlog_orders',
  'Orders whose payment is still to be made at the gateway',
);
