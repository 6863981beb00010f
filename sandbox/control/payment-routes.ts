import { Hono, type Context } from 'hono';
import { z } from 'zod';
import { expireIfDue } from '../midtrans/expire-due.ts';
import type { Midtrans } from '../midtrans/midtrans.ts';
import { paymentTypes } from '../midtrans/snap/payment-types.ts';
import { refund } from '../midtrans/core/refund.ts';
import {
  approve,
  cancel,
  chargeBack,
  chooseMethod,
  deny,
  expire,
  pay,
  reverse,
  settleCard,
  type Refusal,
} from '../midtrans/settle.ts';
import type { Transaction } from '../midtrans/state.ts';
import { presentTransaction } from '../midtrans/core/present-transaction.ts';
import { dropUndefined, readBody } from './read-body.ts';

const method = z.enum(paymentTypes);
const stepSchema = z.strictObject({
  method: method.optional(),
  late: z.boolean().optional(),
  challenge: z.boolean().optional(),
  amount: z.int().min(1).optional(),
  reason: z.string().max(255).optional(),
  stated: z
    .strictObject({
      currency: z.string().length(3).optional(),
      merchantId: z.string().max(64).optional(),
      grossAmount: z.string().max(30).optional(),
    })
    .optional(),
});
type Step = z.output<typeof stepSchema>;
type Move = (midtrans: Midtrans, transaction: Transaction, step: Step) => Refusal | undefined;

/** What buyers, banks and people at the gateway's dashboard can do to a payment. */
export const paymentMoves = {
  choose: (midtrans, transaction, step) => chooseMethod(midtrans, transaction, step.method ?? 'qris'),
  pay: (midtrans, transaction, { method, late, challenge, stated }) =>
    pay(midtrans, transaction, {
      ...(stated === undefined ? {} : { stated: dropUndefined(stated) }),
      ...(method === undefined ? {} : { method }),
      ...(late === undefined ? {} : { late }),
      ...(challenge === undefined ? {} : { challenge }),
    }),
  deny,
  expire,
  cancel,
  approve,
  reverse,
  settle: settleCard,
  chargeback: chargeBack,
  refund: (midtrans, transaction, { amount, reason }) => {
    const key = `dashboard-${transaction.refunds.length + 1}`;
    const wish = { key, reason: reason ?? 'Refunded at the dashboard', external: true };
    const made = refund(midtrans, transaction, amount === undefined ? wish : { ...wish, amount });
    return 'statusCode' in made ? { refused: `${made.statusCode} ${made.message}` } : undefined;
  },
} as const satisfies Record<string, Move>;

const callbackSchema = z.strictObject({
  kind: z.enum(['duplicate', 'bad_signature', 'changed_status']),
  count: z.int().min(1).max(1000).optional(),
  transactionStatus: z
    .enum(['pending', 'capture', 'settlement', 'deny', 'cancel', 'expire', 'refund', 'partial_refund', 'chargeback'])
    .optional(),
});
const payAllSchema = z.strictObject({ method: method.optional(), probability: z.number().min(0).max(1).optional() });

/** `POST /payments/{orderId}/{move}`, `/payments/{orderId}/callbacks`, `/pay-all`. */
export function paymentRoutes(midtrans: Midtrans): Hono {
  const unknown = (context: Context): Response => context.json({ errors: ['no such order_id'] }, 404);
  return new Hono()
    .post('/payments/:orderId/callbacks', async (context) => {
      const transaction = midtrans.transactions.findAnywhere(context.req.param('orderId'));
      if (transaction === undefined) return unknown(context);
      const read = await readBody(context, callbackSchema);
      if ('response' in read) return read.response;
      const { kind, count = 1, transactionStatus } = read.value;
      if (kind === 'duplicate') midtrans.notifier.repeat(transaction, count);
      else for (let copy = 0; copy < count; copy += 1) midtrans.notifier.forge(transaction, kind, transactionStatus);
      return context.json({ sent: count }, 202);
    })
    .post('/payments/:orderId/:move', async (context) => {
      const transaction = midtrans.transactions.findAnywhere(context.req.param('orderId'));
      const name = context.req.param('move');
      if (transaction === undefined || !isMove(name)) return unknown(context);
      const read = await readBody(context, stepSchema);
      if ('response' in read) return read.response;
      expireIfDue(midtrans, transaction);
      const refusal = paymentMoves[name](midtrans, transaction, read.value);
      if (refusal !== undefined) return context.json({ errors: [refusal.refused] }, 409);
      return context.json(presentTransaction(transaction));
    })
    .post('/pay-all', async (context) => {
      const read = await readBody(context, payAllSchema);
      if ('response' in read) return read.response;
      const { method, probability = 1 } = read.value;
      let paid = 0;
      for (const transaction of midtrans.transactions.open()) {
        if (midtrans.random() >= probability) continue;
        const how = transaction.paymentType ?? method;
        if (pay(midtrans, transaction, how === undefined ? {} : { method: how }) === undefined) paid += 1;
      }
      return context.json({ paid });
    });
}

export function isMove(name: string): name is keyof typeof paymentMoves {
  return Object.hasOwn(paymentMoves, name);
}
