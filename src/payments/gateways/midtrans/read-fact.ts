import { minorDigits } from '../../../platform/text/format-money.ts';
import { idPatterns } from '../../../platform/ids.ts';
import type { GatewayFact, GatewayRefund } from '../gateway.ts';
import type { Instructions } from '../../tables.ts';
import type { GatewayState } from '../../vocabulary.ts';
import { methodOf } from './methods.ts';
import { withoutUndefined } from '../../../platform/without-undefined.ts';

export type MidtransBody = Readonly<Record<string, unknown>>;

/** Midtrans writes two decimals for every currency. */
const amountPattern = /^\d{1,15}\.\d{2}$/;
const orderIdPattern = /^[\x21-\x7e]{1,100}$/;
const statusCodePattern = /^\d{3}$/;
const textMax = 100;
const refundsMax = 200;

/**
 * The body of a callback or status answer as a fact, or undefined if it does not have the shape of one. Unknown fields
 * are ignored, because Midtrans adds new ones without notice. Pure.
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
  const gross = readAmount(grossAmount, currency);
  if (grossAmount === undefined || gross === undefined) return undefined;
  const instructions = instructionsOf(body);
  return {
    attemptId,
    gatewayReference,
    merchantId,
    currency,
    ...gross,
    statedAmount: grossAmount,
    fee: feeOf(body, gross.amount, currency),
    state,
    signedClass: classOf(statusCode),
    method: methodOf(textOf(body['payment_type']), { store: textOf(body['store']), bank: instructions.bank }),
    instructions,
    refunds: refundsOf(body['refunds'], currency),
    refundedTotal: refundedTotalOf(body, currency),
  };
}

/**
 * Whether the words have the signed shape. Our own ids all have the same length, so a signed string about something
 * else cannot be read as one about our attempt, nor the other way round with another amount.
 */
export function hasSignedShape(orderId: string, statusCode: string, grossAmount: string): boolean {
  return orderIdPattern.test(orderId) && statusCodePattern.test(statusCode) && amountPattern.test(grossAmount);
}

/**
 * The fee that the account lets the gateway add to the buyer's payment. One of two fields holds the amount before the
 * fee. The difference of the two amounts is exact, which the stated fee need not be.
 */
function feeOf(body: MidtransBody, gross: number, currency: string): number | undefined {
  const extra = objectOf(body['extra_info']) ?? objectOf(objectOf(body['metadata'])?.['extra_info']);
  const info = objectOf(extra?.['gross_amount_info']);
  if (info === undefined) return undefined;
  const before = readAmount(decimalOf(info['original_amount']), currency);
  if (before?.isExact === true) return before.amount <= gross ? gross - before.amount : undefined;
  const imposed = readAmount(decimalOf(info['customer_imposed_payment_fee']), currency);
  return imposed?.isExact === true && imposed.amount <= gross ? imposed.amount : undefined;
}

/** Here amounts may also be numbers, and have fewer decimals. */
function decimalOf(value: unknown): string | undefined {
  const text = typeof value === 'number' ? String(value) : textOf(value);
  const match = text === undefined ? null : /^(\d{1,15})(?:\.(\d{1,2}))?$/.exec(text);
  return match === null ? undefined : `${match[1]}.${(match[2] ?? '').padEnd(2, '0')}`;
}

/** In minor units. Smaller fractions are cut off, and the result says so. */
function readAmount(
  text: string | undefined,
  currency: string,
): { readonly amount: number; readonly isExact: boolean } | undefined {
  if (text === undefined || !amountPattern.test(text) || !/^[A-Z]{3}$/.test(currency)) return undefined;
  const [whole = '', decimals = ''] = text.split('.');
  const digits = minorDigits(currency);
  const amount = Number(whole + decimals.padEnd(digits, '0').slice(0, digits));
  return Number.isSafeInteger(amount) ? { amount, isExact: /^0*$/.test(decimals.slice(digits)) } : undefined;
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

/** The instructions: a number at a bank, a bill, or a code for a till. */
export function instructionsOf(body: MidtransBody): Instructions {
  const [first] = listOf(body['va_numbers']);
  const permata = textOf(body['permata_va_number']);
  const vaNumber = textOf(first?.['va_number']) ?? permata;
  const billKey = textOf(body['bill_key']);
  const billerCode = textOf(body['biller_code']);
  const bank =
    textOf(first?.['bank'])?.toLowerCase() ??
    (permata === undefined ? undefined : 'permata') ??
    (billKey === undefined ? undefined : 'mandiri');
  const paymentCode = textOf(body['payment_code']);
  const isTransfer = vaNumber !== undefined || billKey !== undefined;
  return withoutUndefined({ vaNumber, bank: isTransfer ? bank : undefined, billKey, billerCode, paymentCode });
}

function refundsOf(value: unknown, currency: string): GatewayRefund[] {
  return listOf(value).flatMap((entry) => {
    const key = textOf(entry['refund_key']);
    const amount = amountOf(entry['refund_amount'], currency);
    if (key === undefined || amount === undefined || amount === 0) return [];
    return [{ key, amount, confirmed: textOf(entry['bank_confirmed_at']) !== undefined }];
  });
}

/** The stated sum, or that of the list. A refund in the list may lack its key. */
function refundedTotalOf(body: MidtransBody, currency: string): number | undefined {
  const listed = listOf(body['refunds']).map((entry) => amountOf(entry['refund_amount'], currency) ?? 0);
  const stated = amountOf(body['refund_amount'], currency);
  return stated ?? (listed.length === 0 ? undefined : listed.reduce((sum, amount) => sum + amount, 0));
}

function listOf(value: unknown): MidtransBody[] {
  if (!Array.isArray(value)) return [];
  return value
    .slice(0, refundsMax)
    .filter((entry): entry is MidtransBody => typeof entry === 'object' && entry !== null);
}

function objectOf(value: unknown): MidtransBody | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as MidtransBody) : undefined;
}

function amountOf(value: unknown, currency: string): number | undefined {
  const read = readAmount(textOf(value), currency);
  return read?.isExact === true ? read.amount : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= textMax && !value.includes('\0')
    ? value
    : undefined;
}
