import type { Order } from '../../orders/index.ts';
import { orderCode } from '../../platform/ids.ts';
import { greetingName } from '../../platform/text/person-name.ts';
import type { Item, PaymentRequest } from '../gateways/gateway.ts';
import { gatewayOf } from '../gateways/all-gateways.ts';
import { expiryLeadMinutes } from '../limits.ts';
import type { Line } from '../order-queries.ts';
import type { Attempt } from '../tables.ts';

/**
 * The request to the gateway. The gateway stops taking money two minutes before the hold ends, so that closing the
 * attempt is mostly a formality. A hold may be shorter than the shortest life of the gateway's page. The page then gets
 * that life, and the end of the hold ends it early: close, then release.
 */
export function buildPaymentRequest(
  publicUrl: string,
  { order, lines, secondsLeft }: Payable,
  attempt: Pick<Attempt, 'id' | 'gateway' | 'method'>,
): PaymentRequest {
  const gateway = gatewayOf(attempt);
  return {
    attemptId: attempt.id,
    amount: order.total,
    currency: order.currency,
    methods: gateway.methodsFor({ minutes: secondsLeft / 60, amount: order.total }, wishOf(attempt)),
    expiresInMinutes: expiryMinutes(secondsLeft, gateway.expiryMinutes),
    // A gateway may write to the buyer, too. Before anybody has paid, a name is a stranger's text.
    buyer: {
      name: greetingName(order.buyerName) ?? orderCode(order.id),
      email: order.buyerEmail,
      phone: order.buyerPhone,
    },
    items: itemsOf(order, lines),
    finishUrl: `${publicUrl}/orders/${order.id}`,
  };
}

export type Payable = {
  readonly order: Pick<
    Order,
    'id' | 'buyerName' | 'buyerEmail' | 'buyerPhone' | 'currency' | 'discount' | 'fees' | 'total'
  >;
  readonly lines: readonly Line[];
  /** Until the hold ends, once the instructions are ready. */
  readonly secondsLeft: number;
};

function expiryMinutes(secondsLeft: number, { min, max }: { min: number; max: number }): number {
  return Math.min(max, Math.max(min, Math.floor(secondsLeft / 60) - expiryLeadMinutes));
}

/** Lines, fees and the discount. Together they are exactly the total. */
function itemsOf(order: Pick<Order, 'fees' | 'discount'>, lines: readonly Line[]): Item[] {
  return [
    ...lines,
    ...(order.fees > 0 ? [{ id: 'fees', name: 'Fees', price: order.fees, quantity: 1 }] : []),
    ...(order.discount > 0 ? [{ id: 'discount', name: 'Discount', price: -order.discount, quantity: 1 }] : []),
  ];
}

function wishOf(attempt: Pick<Attempt, 'gateway' | 'method'>): string {
  return gatewayOf(attempt).methods.find((method) => method === attempt.method) ?? 'any';
}
