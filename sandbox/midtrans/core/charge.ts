import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { MidtransAccount } from '../../demo-accounts.ts';
import { autoPay } from '../auto-pay.ts';
import type { Midtrans } from '../midtrans.ts';
import { payTo } from '../notifications/notification-body.ts';
import { chooseMethod } from '../settle.ts';
import type { PaymentType } from '../snap/payment-types.ts';
import { type Transaction, mayReuseOrderId } from '../state.ts';

const chargeSchema = z.looseObject({
  payment_type: z.enum(['qris', 'bank_transfer', 'echannel']),
  bank_transfer: z.looseObject({ bank: z.enum(['bca', 'bni', 'bri', 'permata']) }).optional(),
  transaction_details: z.looseObject({ order_id: z.string().min(1).max(50), gross_amount: z.int().min(1) }),
  item_details: z
    .array(z.looseObject({ name: z.string().max(50), price: z.int(), quantity: z.int().min(1) }))
    .optional(),
  customer_details: z.looseObject({ first_name: z.string().optional(), email: z.string().optional() }).optional(),
  custom_expiry: z.looseObject({ expiry_duration: z.int().min(1), unit: z.literal('minute') }).optional(),
});
const expiryMinutesDefault = 1440;

export type ChargeRequest = z.output<typeof chargeSchema>;

/** The checked body; undefined for one that Midtrans refuses: a missing field, or items that do not add up. */
export function parseCharge(body: unknown): ChargeRequest | undefined {
  const parsed = chargeSchema.safeParse(body);
  if (!parsed.success) return undefined;
  const { item_details, transaction_details, payment_type, bank_transfer } = parsed.data;
  const sum = item_details?.reduce((total, { price, quantity }) => total + price * quantity, 0);
  if (sum !== undefined && sum !== transaction_details.gross_amount) return undefined;
  return payment_type === 'bank_transfer' && bank_transfer === undefined ? undefined : parsed.data;
}

/**
 * The Core API's charge: the transaction is pending at once, and the number or code is in the answer. Undefined when the order id was
 * used before.
 */
export function charge(
  midtrans: Midtrans,
  account: MidtransAccount,
  { request, urls }: { readonly request: ChargeRequest; readonly urls: readonly string[] },
): Transaction | undefined {
  const { order_id, gross_amount } = request.transaction_details;
  const before = midtrans.transactions.ofOrder(account.merchantId, order_id);
  if (before !== undefined && !mayReuseOrderId(before.status)) return undefined;
  const type = typeOf(request);
  const now = midtrans.now();
  const { first_name: name, email } = request.customer_details ?? {};
  const transaction: Transaction = {
    transactionId: randomUUID(),
    orderId: order_id,
    merchantId: account.merchantId,
    token: randomUUID(),
    grossAmount: gross_amount,
    ...(account.buyerFee === undefined ? {} : { buyerFee: account.buyerFee }),
    currency: 'IDR',
    createdAt: now,
    expiresAt: now + (request.custom_expiry?.expiry_duration ?? expiryMinutesDefault) * 60_000,
    customer: { ...(name === undefined ? {} : { name }), ...(email === undefined ? {} : { email }) },
    items: (request.item_details ?? []).map((item) => ({
      name: item.name,
      price: item.price,
      quantity: item.quantity,
    })),
    enabledPayments: [type],
    notificationUrls: urls,
    customFields: {},
    status: 'not_started',
    captured: false,
    refunds: [],
  };
  midtrans.transactions.add(transaction);
  chooseMethod(midtrans, transaction, type);
  autoPay(midtrans, transaction);
  return transaction;
}

/** The part that only the answer of a charge has: the string of a QRIS code. */
export function codeFields(transaction: Transaction): Readonly<Record<string, unknown>> {
  return transaction.paymentType === 'qris' ? { qr_string: payTo(transaction) } : {};
}

function typeOf({ payment_type, bank_transfer }: ChargeRequest): PaymentType {
  if (payment_type !== 'bank_transfer') return payment_type;
  switch (bank_transfer?.bank) {
    case 'bni':
      return 'bni_va';
    case 'bri':
      return 'bri_va';
    case 'permata':
      return 'permata_va';
    default:
      return 'bca_va';
  }
}
