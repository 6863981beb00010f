import type { GatewayAccount, PaymentGateway } from '../gateway.ts';
import { createCalls } from './midtrans/calls.ts';
import { createMidtransCall } from './midtrans/http.ts';
import { methodsWithin, refundability } from './midtrans/methods.ts';
import { readCallback } from './midtrans/read-callback.ts';

export type MidtransOptions = {
  readonly snapUrl: string;
  readonly apiUrl: string;
  /** Where Midtrans reaches us. */
  readonly publicUrl: string;
  readonly timeoutMs: number;
};

/** Snap's limits, in minutes. */
const expiryMinutes = { min: 5, max: 7 * 24 * 60 };

/** Midtrans by Snap: the buyer pays on its page, the card number never comes near us. */
export function createMidtrans(options: MidtransOptions): PaymentGateway {
  const callbackUrl = (account: GatewayAccount) =>
    `${options.publicUrl}/v1/callbacks/midtrans/${encodeURIComponent(account.organizerSlug)}`;
  return {
    name: 'midtrans',
    ...createCalls({ ...options, callbackUrl, call: createMidtransCall(options.timeoutMs) }),
    readCallback,
    refundability,
    methodsWithin,
    expiryMinutes,
  };
}
