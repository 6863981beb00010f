import { idPatterns } from '../../../platform/ids.ts';
import type { GatewayFact, GatewayRefund } from '../../gateway.ts';
import type { Instructions } from '../../tables.ts';
import type { GatewayState } from '../../vocabulary.ts';
import { methodOf } from './methods.ts';

export type MidtransBody = Readonly<Record<string, unknown>>;

/** Whole rupiah as Midtrans writes them; any other fraction is not an amount of ours. */
const amountPattern = /^\d{1,13}\.00$/;
const statusCodePattern = /^\d{3}$/;
const textMax = 100;
const refundsMax = 200;

/**
 * A callback's or status answer's body as a fact, or undefined when it has not the shape of one. Unknown fields are left
 * alone, since Midtrans adds new ones without notice. Pure.
 */
export function readFact(body: MidtransBody): GatewayFact | undefined {
  const attemptId = textOf(body['order_id']);
  const gatewayReference = textOf(body['transaction_id']);
  const merchantId = textOf(body['merchant_id']);
  const currency = textOf(body['currency']) ?? 'IDR';
  const statusCode = textOf(body['status_code']);
  const grossAmount = textOf(body['gross_amount']);
  const state = stateOf(textOf(body['transaction_status']), textOf(body['fraud_status']));
  if (attemptId === undefined || !idPatterns.attempt.test(attemptId)) return undefined;
  if (gatewayReference === undefined || merchantId === undefined || state === undefined) return undefined;
  if (statusCode === undefined || !statusCodePattern.test(statusCode)) return undefined;
  if (grossAmount === undefined || !amountPattern.test(grossAmount)) return undefined;
  return {
    attemptId,
    gatewayReference,
    merchantId,
    currency,
    amount: Number(grossAmount.slice(0, -3)),
    state,
    signedClass: classOf(statusCode),
    method: methodOf(textOf(body['payment_type']), textOf(body['store'])),
    instructions: instructionsOf(body),
    refunds: refundsOf(body['refunds']),
    refundedTotal: amountOf(body['refund_amount']),
  };
}

/** Whether the words have the shape that is signed: without it one signed string could be read in two ways. */
export function hasSignedShape(orderId: string, statusCode: string, grossAmount: string): boolean {
  return idPatterns.attempt.test(orderId) && statusCodePattern.test(statusCode) && amountPattern.test(grossAmount);
}

const states: Readonly<Record<string, GatewayState>> = {
  pending: 'pending',
  capture: 'captured',
  authorize: 'authorized',
  settlement: 'settled',
  deny: 'denied',
  cancel: 'cancelled',
  expire: 'expired',
  failure: 'failed',
  refund: 'refunded',
  partial_refund: 'partially_refunded',
  chargeback: 'charged_back',
  partial_chargeback: 'partially_charged_back',
};

/** One documented answer has its status in capitals. */
function stateOf(transactionStatus: string | undefined, fraudStatus: string | undefined): GatewayState | undefined {
  const state = states[transactionStatus?.toLowerCase() ?? ''];
  if (state !== 'captured' && state !== 'settled') return state;
  const fraud = fraudStatus?.toLowerCase();
  if (fraud === 'challenge') return 'review';
  return fraud === 'deny' ? 'denied' : state;
}

function classOf(statusCode: string): GatewayFact['signedClass'] {
  if (statusCode === '200') return 'success';
  return statusCode === '201' ? 'waiting' : 'failure';
}

function instructionsOf(body: MidtransBody): Instructions {
  const [first] = listOf(body['va_numbers']);
  const vaNumber = textOf(first?.['va_number']) ?? textOf(body['permata_va_number']);
  const bank = textOf(first?.['bank']);
  const billKey = textOf(body['bill_key']);
  const paymentCode = textOf(body['payment_code']);
  return {
    ...(vaNumber === undefined ? {} : { vaNumber }),
    ...(bank === undefined ? {} : { bank }),
    ...(billKey === undefined ? {} : { billKey }),
    ...(paymentCode === undefined ? {} : { paymentCode }),
  };
}

function refundsOf(value: unknown): GatewayRefund[] {
  return listOf(value).flatMap((entry) => {
    const key = textOf(entry['refund_key']);
    const amount = amountOf(entry['refund_amount']);
    if (key === undefined || amount === undefined || amount === 0) return [];
    return [{ key, amount, confirmed: textOf(entry['bank_confirmed_at']) !== undefined }];
  });
}

function listOf(value: unknown): MidtransBody[] {
  if (!Array.isArray(value)) return [];
  return value
    .slice(0, refundsMax)
    .filter((entry): entry is MidtransBody => typeof entry === 'object' && entry !== null);
}

function amountOf(value: unknown): number | undefined {
  const text = textOf(value);
  return text !== undefined && amountPattern.test(text) ? Number(text.slice(0, -3)) : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= textMax && !value.includes('\0')
    ? value
    : undefined;
}
