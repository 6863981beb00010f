import { demoMidtransAccount } from '../../sandbox/demo-accounts.ts';
import { midtransSignature } from '../../sandbox/midtrans/notifications/signature.ts';
import type { Placed } from './payment-rows.ts';

/** Notifications in Midtrans' form, signed. */

export type Body = Record<string, unknown>;

export function sign(body: Body, serverKey = demoMidtransAccount.serverKey): Body {
  const text = (name: string) => String(body[name]);
  const signed = { orderId: text('order_id'), statusCode: text('status_code'), grossAmount: text('gross_amount') };
  return { ...body, signature_key: midtransSignature({ ...signed, serverKey }) };
}

export function settlement(placed: Placed, change: Body = {}): Body {
  return {
    order_id: placed.attemptId,
    transaction_id: `trx-${placed.attemptId}`,
    transaction_status: 'settlement',
    status_code: '200',
    gross_amount: '150000.00',
    currency: 'IDR',
    merchant_id: demoMidtransAccount.merchantId,
    payment_type: 'qris',
    fraud_status: 'accept',
    ...change,
  };
}

/**
 * Posts a callback of the gateway to an organiser's address.
 * @param body JSON, or a text that is sent unchanged
 */
export function postCallback(world: { readonly url: string }, slug: string, body: unknown): Promise<Response> {
  return fetch(`${world.url}/v1/callbacks/midtrans/${slug}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'Veritrans' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

/** The status of an answer and its meaning: the code of a problem, or the status of the inbox. */
export async function saidBy(response: Response): Promise<string> {
  const body = (await response.json()) as { code?: string; status?: string };
  return `${response.status} ${body.code ?? body.status}`;
}
