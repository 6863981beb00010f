import type { PaymentRequest } from '../gateway.ts';
import { banks } from './methods.ts';
import { snapRequest } from './snap-request.ts';

/**
 * The body of the Core API's charge, for the methods whose number or code our own page can show. Undefined for all
 * others, and if the buyer has not chosen yet: these go to Snap's page. Pure.
 */
export function chargeRequest(request: PaymentRequest): Readonly<Record<string, unknown>> | undefined {
  const [method, ...others] = request.methods;
  const payment = method === undefined || others.length > 0 ? undefined : paymentOf(method);
  if (payment === undefined) return undefined;
  const { transaction_details, item_details, customer_details } = snapRequest(request);
  return {
    ...payment,
    transaction_details,
    item_details,
    customer_details,
    custom_expiry: { expiry_duration: request.expiresInMinutes, unit: 'minute' },
  };
}

function paymentOf(method: string): Readonly<Record<string, unknown>> | undefined {
  if (method === 'qris') return { payment_type: 'qris', qris: { acquirer: 'gopay' } };
  if (method === 'mandiri_bill') {
    return { payment_type: 'echannel', echannel: { bill_info1: 'Payment:', bill_info2: 'Tickets' } };
  }
  if (method === 'bca_va' || method === 'bni_va' || method === 'bri_va' || method === 'permata_va') {
    return { payment_type: 'bank_transfer', bank_transfer: { bank: banks[method] } };
  }
  return undefined;
}
