import type { Item, PaymentRequest } from '../gateway.ts';
import { enabledPayments } from './methods.ts';

/** Midtrans refuses larger bodies. */
const snapBytesMax = 16 * 1024;
const nameMax = 50;
/** BCA's virtual accounts take no longer names, and BNI's no other phone numbers. */
const buyerNameMax = 30;
const phonePattern = /^(?:\+62|0)\d{6,27}$/;

/** The body of Snap's create call. Pure. */
export function snapRequest(request: PaymentRequest): Readonly<Record<string, unknown>> {
  const body = compose(request, request.items.map(wireItem));
  if (Buffer.byteLength(JSON.stringify(body)) <= snapBytesMax) return body;
  // Only the sum matters to Midtrans. The buyer reads the lines on our page.
  return compose(request, [{ id: 'order', name: 'Tickets', price: request.amount, quantity: 1 }]);
}

function compose(request: PaymentRequest, items: readonly Item[]): Readonly<Record<string, unknown>> {
  const { phone } = request.buyer;
  return {
    transaction_details: { order_id: request.attemptId, gross_amount: request.amount },
    item_details: items,
    customer_details: {
      first_name: shorten(request.buyer.name, buyerNameMax),
      email: request.buyer.email,
      ...(phonePattern.test(phone) ? { phone } : {}),
    },
    enabled_payments: enabledPayments(request.methods),
    credit_card: { secure: true },
    // Page and method end together, so that nobody pays to a noted number after the page has ended.
    expiry: { unit: 'minute', duration: request.expiresInMinutes },
    page_expiry: { unit: 'minute', duration: request.expiresInMinutes },
    callbacks: { finish: request.finishUrl },
  };
}

/** Alfamart's till accepts no bar in a name. */
function wireItem(item: Item): Item {
  return { ...item, id: shorten(item.id, nameMax), name: shorten(item.name.replaceAll('|', ' '), nameMax) };
}

function shorten(text: string, max: number): string {
  return text
    .slice(0, max)
    .replace(/[\ud800-\udbff]$/, '')
    .trimEnd();
}
