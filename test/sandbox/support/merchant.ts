import { demoMidtransAccount } from '../../../sandbox/demo-accounts.ts';
import { basicHeader } from '../../../sandbox/midtrans/accounts.ts';

export type Answer = Readonly<{ status: number; body: Record<string, unknown> }>;

/** A merchant's and a script's view of the sandbox, over HTTP only. */
export function merchantOf(url: string, serverKey = demoMidtransAccount.serverKey) {
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { 'content-type': 'application/json', authorization: basicHeader(serverKey), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(5000),
    });
    return { status: response.status, body: objectFrom(await response.text()) };
  };
  return {
    create: (orderId: string, amount = 275_000, more: object = {}, headers: Record<string, string> = {}) =>
      call(
        'POST',
        '/midtrans/snap/v1/transactions',
        { transaction_details: { order_id: orderId, gross_amount: amount }, ...more },
        headers,
      ),
    core: (method: 'GET' | 'POST', id: string, act: string, body?: unknown, headers: Record<string, string> = {}) =>
      call(method, `/midtrans/v2/${id}/${act}`, body, headers),
    move: (orderId: string, move: string, body: object = {}) =>
      call('POST', `/control/payments/${orderId}/${move}`, body),
    scenario: (rule: object) => call('POST', '/control/scenarios', rule),
    call,
  };
}

function objectFrom(text: string): Record<string, unknown> {
  if (!text.startsWith('{')) return { text };
  const value: Record<string, unknown> = JSON.parse(text);
  return value;
}
