import type { GatewayAccount, PaymentGateway } from './gateway.ts';
import { createCalls } from './midtrans/calls.ts';
import { createMidtransCall } from './midtrans/http.ts';
import { midtransRail } from './midtrans/rail.ts';

export type MidtransOptions = {
  readonly snapUrl: string;
  readonly apiUrl: string;
  /** Where Midtrans reaches us. */
  readonly publicUrl: string;
  readonly timeoutMs: number;
};

/** Midtrans by Snap: the buyer pays on its page, the card number never comes near us. */
export function createMidtrans(options: MidtransOptions): PaymentGateway {
  const callbackUrl = (account: GatewayAccount) =>
    `${options.publicUrl}/v1/callbacks/midtrans/${encodeURIComponent(account.organizerSlug)}`;
  return {
    ...midtransRail,
    ...createCalls({ ...options, callbackUrl, call: createMidtransCall(options.timeoutMs) }),
  };
}
