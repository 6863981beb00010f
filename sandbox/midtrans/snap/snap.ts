import { randomUUID } from 'node:crypto';
import { Hono, type Context } from 'hono';
import { isLostBefore, neverAnswer, strike, type FaultAnswer } from '../../fault.ts';
import { autoPay } from '../auto-pay.ts';
import type { Midtrans } from '../midtrans.ts';
import { parseSnapRequest, type SnapRequest } from './snap-request.ts';
import { mayReuseOrderId, type Transaction } from '../state.ts';
import { parseJson } from '../../parse-json.ts';

const bodyBytesMax = 16_384;
const notificationUrlsMax = 3;

/** Snap's create call: `POST /snap/v1/transactions`. */
export function snapRoutes(midtrans: Midtrans): Hono {
  return new Hono().post('/snap/v1/transactions', async (context) => {
    const account = midtrans.accounts.calling(context);
    if (account === undefined) {
      return refuse(context, midtrans, 401, [
        'Access denied due to unauthorized transaction, please check client or server key',
      ]);
    }
    const text = await context.req.text();
    if (Buffer.byteLength(text) > bodyBytesMax)
      return refuse(context, midtrans, 413, ['Request body is larger than 16 KB']);
    const parsed = parseSnapRequest(parseJson(text), {
      now: midtrans.now(),
      expiryMinimumMinutes: midtrans.settings.snapExpiryMinimumMinutes,
    });
    if ('errors' in parsed) return refuse(context, midtrans, 400, parsed.errors);

    const { request, expiresAt } = parsed;
    const orderId = request.transaction_details.order_id;
    const customer = customerOf(request);
    const fault = await strike(midtrans.scenarios.sectionFor('snap', { orderId, customer }), midtrans);
    if (isLostBefore(fault)) return neverAnswer(context, fault);
    if (typeof fault === 'number') return refuse(context, midtrans, fault, [`Scripted answer ${fault}`], orderId);

    const before = midtrans.transactions.ofOrder(account.merchantId, orderId);
    if (before !== undefined && !mayReuseOrderId(before.status)) {
      return refuse(context, midtrans, 400, ['transaction_details.order_id has already been taken'], orderId);
    }
    const urls = notificationUrls(context, account.notificationUrl ?? midtrans.settings.notificationUrl);
    const { merchantId, buyerFee } = account;
    const transaction = compose(request, { merchantId, buyerFee, expiresAt, urls, now: midtrans.now() });
    midtrans.transactions.add(transaction);
    autoPay(midtrans, transaction);
    return answer(context, fault, {
      token: transaction.token,
      redirect_url: `${midtrans.settings.publicUrl}/midtrans/snap/v4/redirection/${transaction.token}`,
    });
  });
}

function answer(context: Context, fault: FaultAnswer | undefined, body: object): Response | Promise<Response> {
  return fault === undefined ? context.json(body, 201) : neverAnswer(context, fault);
}

function refuse(
  context: Context,
  midtrans: Midtrans,
  status: number,
  messages: readonly string[],
  orderId?: string,
): Response {
  midtrans.journal.append({ kind: 'snap.refused', orderId, status, messages });
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  return new Response(JSON.stringify({ error_messages: messages }), { status, headers });
}

function compose(
  request: SnapRequest,
  given: Readonly<{
    merchantId: string;
    buyerFee: number | undefined;
    expiresAt: number;
    urls: readonly string[];
    now: number;
  }>,
): Transaction {
  const { order_id, gross_amount } = request.transaction_details;
  const customFields = Object.entries({
    custom_field1: request.custom_field1,
    custom_field2: request.custom_field2,
    custom_field3: request.custom_field3,
  }).filter((field): field is [string, string] => field[1] !== undefined);
  const finishUrl = request.callbacks?.finish;
  return {
    transactionId: randomUUID(),
    orderId: order_id,
    merchantId: given.merchantId,
    token: randomUUID(),
    grossAmount: gross_amount,
    ...(given.buyerFee === undefined ? {} : { buyerFee: given.buyerFee }),
    currency: 'IDR',
    createdAt: given.now,
    expiresAt: given.expiresAt,
    customer: customerOf(request),
    items: (request.item_details ?? []).map(({ name, price, quantity }) => ({ name, price, quantity })),
    enabledPayments: request.enabled_payments ?? [],
    notificationUrls: given.urls,
    ...(finishUrl === undefined ? {} : { finishUrl }),
    customFields: Object.fromEntries(customFields),
    status: 'not_started',
    captured: false,
    refunds: [],
  };
}

function customerOf({ customer_details: details }: SnapRequest): Transaction['customer'] {
  const name = [details?.first_name, details?.last_name].filter((part) => part !== undefined && part !== '').join(' ');
  return {
    ...(name === '' ? {} : { name }),
    ...(details?.email === undefined ? {} : { email: details.email }),
    ...(details?.phone === undefined ? {} : { phone: details.phone }),
  };
}

/** The override replaces the account's address, the append header adds to it; three at most. */
export function notificationUrls(context: Context, accountUrl: string | undefined): readonly string[] {
  const override = listOf(context.req.header('x-override-notification'));
  const append = listOf(context.req.header('x-append-notification'));
  if (override.length > 0) return override;
  return append.length === 0 ? [] : [...(accountUrl === undefined ? [] : [accountUrl]), ...append];
}

function listOf(header: string | undefined): readonly string[] {
  const urls = (header ?? '').split(',').map((url) => url.trim());
  return urls.filter((url) => /^https?:\/\//.test(url) && URL.canParse(url)).slice(0, notificationUrlsMax);
}
