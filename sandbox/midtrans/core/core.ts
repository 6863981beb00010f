import { Hono, type Context } from 'hono';
import type { MidtransAccount } from '../../demo-accounts.ts';
import { isLostBefore, neverAnswer, strike, type FaultAnswer } from '../../fault.ts';
import { expireIfDue } from '../expire-due.ts';
import { charge, codeFields, parseCharge } from './charge.ts';
import { notificationUrls } from '../snap/snap.ts';
import { createIdempotencyKeys } from './idempotency.ts';
import type { Midtrans } from '../midtrans.ts';
import { decimal, notificationBody } from '../notifications/notification-body.ts';
import { refund } from './refund.ts';
import { approve, cancel, deny, expire, type Refusal } from '../settle.ts';
import { apiStatusCode, type Transaction } from '../state.ts';
import { parseJson } from '../../parse-json.ts';

type Body = Readonly<Record<string, unknown>> & Readonly<{ status_code: string }>;
type Act = (transaction: Transaction, account: MidtransAccount, body: Readonly<Record<string, unknown>>) => Body;
type Section = 'status' | 'close' | 'refund';

const conflict: Body = {
  status_code: '412',
  status_message: 'Merchant cannot modify the status of the transaction',
};

/**
 * The Core API: charge, status, cancel, expire, refund, approve, deny. As at Midtrans, the body's `status_code` has the outcome,
 * and most answers are HTTP 200; only 401, 413, 429 and 5xx are HTTP statuses, too.
 */
export function coreRoutes(midtrans: Midtrans): Hono {
  const keys = createIdempotencyKeys(midtrans.now);
  const report = (transaction: Transaction, account: MidtransAccount, message: string): Body => {
    const statusCode = apiStatusCode(transaction.status, transaction.fraudStatus);
    return { ...notificationBody(transaction, account, statusCode), status_message: message, status_code: statusCode };
  };
  const step =
    (move: (midtrans: Midtrans, transaction: Transaction) => Refusal | undefined, message: string): Act =>
    (transaction, account) =>
      move(midtrans, transaction) === undefined ? report(transaction, account, message) : conflict;

  const handle =
    (section: Section | undefined, act: Act) =>
    async (context: Context): Promise<Response> => {
      const account = midtrans.accounts.calling(context);
      if (account === undefined) return send({ status_code: '401', status_message: 'Unknown Merchant server_key/id' });
      const key = context.req.method === 'POST' ? context.req.header('idempotency-key') : undefined;
      const stored = keys.lookUp(account.merchantId, key);
      if (stored === 'running')
        return context.json({ status_code: '202', status_message: 'The request is being processed' }, 202);
      if (stored !== undefined) return context.json(stored);

      keys.start(account.merchantId, key);
      const body = context.req.method === 'POST' ? parseObject(await context.req.text()) : {};
      const orderId = context.req.param('id') ?? '';
      const found = midtrans.transactions.find(account.merchantId, orderId);
      // A gateway in trouble does not check whether it knows the order.
      const script = section && midtrans.scenarios.sectionFor(section, found ?? { orderId, customer: {} });
      const fault = await strike(script, midtrans);
      if (isLostBefore(fault) || typeof fault === 'number') {
        keys.finish(account.merchantId, key, undefined);
        return faulty(context, fault);
      }
      if (found !== undefined) expireIfDue(midtrans, found);
      const answer = found?.transactionTime === undefined ? unknown(context) : act(found, account, body);
      const succeeded = answer.status_code.startsWith('2') || answer.status_code === '407';
      keys.finish(account.merchantId, key, succeeded ? answer : undefined);
      midtrans.journal.append({
        kind: 'core.answered',
        path: context.req.path,
        orderId: found?.orderId,
        statusCode: answer.status_code,
      });
      return fault === undefined ? send(answer) : neverAnswer(context, fault);
    };

  const refundAct: Act = (transaction, account, body) => {
    const amount = body['amount'];
    const made = refund(midtrans, transaction, {
      key: typeof body['refund_key'] === 'string' ? body['refund_key'] : `refund-${transaction.refunds.length + 1}`,
      reason: typeof body['reason'] === 'string' ? body['reason'] : '',
      external: false,
      ...(amount === undefined ? {} : { amount: Number.isInteger(amount) ? Number(amount) : 0 }),
    });
    if ('statusCode' in made) return { status_code: made.statusCode, status_message: made.message };
    return {
      ...report(transaction, account, 'Success, refund request is approved'),
      refund_chargeback_id: made.refund.id,
      refund_amount: decimal(made.refund.amount),
      refund_key: made.refund.key,
    };
  };

  const chargeRoute = async (context: Context): Promise<Response> => {
    const account = midtrans.accounts.calling(context);
    if (account === undefined) return send({ status_code: '401', status_message: 'Unknown Merchant server_key/id' });
    const key = context.req.header('idempotency-key');
    const stored = keys.lookUp(account.merchantId, key);
    if (stored === 'running') return context.json({ status_code: '202', status_message: 'Being processed' }, 202);
    if (stored !== undefined) return context.json(stored);
    const request = parseCharge(parseObject(await context.req.text()));
    if (request === undefined)
      return send({ status_code: '400', status_message: 'One or more parameters are invalid' });
    keys.start(account.merchantId, key);
    const orderId = request.transaction_details.order_id;
    const customer = { email: request.customer_details?.email ?? '', name: request.customer_details?.first_name ?? '' };
    const fault = await strike(midtrans.scenarios.sectionFor('snap', { orderId, customer }), midtrans);
    if (isLostBefore(fault) || typeof fault === 'number') {
      keys.finish(account.merchantId, key, undefined);
      return faulty(context, fault);
    }
    const urls = notificationUrls(context, account.notificationUrl ?? midtrans.settings.notificationUrl);
    const made = charge(midtrans, account, { request, urls });
    const answer: Body =
      made === undefined
        ? { status_code: '406', status_message: 'The request could not be completed: order_id has been utilized' }
        : { ...report(made, account, 'Success, transaction is created'), ...codeFields(made) };
    keys.finish(account.merchantId, key, made === undefined ? undefined : answer);
    midtrans.journal.append({ kind: 'core.answered', path: '/v2/charge', orderId, statusCode: answer.status_code });
    return fault === undefined ? send(answer) : neverAnswer(context, fault);
  };

  return new Hono()
    .post('/v2/charge', chargeRoute)
    .get(
      '/v2/:id/status',
      handle('status', (transaction, account) => report(transaction, account, 'Success, transaction is found')),
    )
    .post('/v2/:id/cancel', handle('close', step(cancel, 'Success, transaction is canceled')))
    .post('/v2/:id/expire', handle('close', step(expire, 'Success, transaction is expired')))
    .post('/v2/:id/approve', handle(undefined, step(approve, 'Success, transaction is approved')))
    .post('/v2/:id/deny', handle(undefined, step(deny, 'Success, transaction is denied')))
    .post('/v2/:id/refund', handle('refund', refundAct));
}

function unknown(context: Context): Body {
  return { status_code: '404', status_message: "Transaction doesn't exist.", id: context.req.param('id') };
}

function faulty(context: Context, fault: FaultAnswer): Response | Promise<Response> {
  if (typeof fault !== 'number') return neverAnswer(context, fault);
  return send({ status_code: String(fault), status_message: `Scripted answer ${fault}` });
}

/** Transport errors keep their HTTP status. Everything about the transaction is HTTP 200. */
function send(body: Body): Response {
  const code = Number(body.status_code);
  const status = code === 401 || code === 413 || code === 429 || code >= 500 ? code : 200;
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json; charset=utf-8' } });
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  const value = parseJson(text);
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
