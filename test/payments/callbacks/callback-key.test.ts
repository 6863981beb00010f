import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { readCallback } from '../../../src/payments/gateways/midtrans/read-callback.ts';

/** A callback counts as a duplicate only of one that says the same in every field that is read. */

const key = 'server-key';

function keyOf(change: Record<string, unknown> = {}): string {
  const body: Record<string, unknown> = {
    order_id: 'pay_7K3M9XQ206FJ2V1H8C9QX4T0RBVE01',
    transaction_id: 'trx-1',
    transaction_status: 'settlement',
    status_code: '200',
    gross_amount: '150000.00',
    currency: 'IDR',
    merchant_id: 'G1',
    payment_type: 'bank_transfer',
    fraud_status: 'accept',
    va_numbers: [{ bank: 'bca', va_number: '1' }],
    refunds: [{ refund_key: 'rfd_1', refund_amount: '10000.00' }],
    refund_amount: '10000.00',
    ...change,
  };
  const text = `${String(body['order_id'])}${String(body['status_code'])}${String(body['gross_amount'])}${key}`;
  const signed = { ...body, signature_key: createHash('sha512').update(text).digest('hex') };
  const reading = readCallback(Buffer.from(JSON.stringify(signed)), [key]);
  if (reading.kind !== 'fact') throw new Error(reading.kind);
  return reading.dedupKey.toString('hex');
}

it.each([
  ['transaction', { transaction_id: 'trx-2' }],
  ['state', { transaction_status: 'pending' }],
  ['signed class', { status_code: '201' }],
  ['amount', { gross_amount: '150001.00' }],
  ['currency', { currency: 'USD' }],
  ['merchant', { merchant_id: 'G2' }],
  ['method', { payment_type: 'qris' }],
  ['fraud status', { fraud_status: 'challenge' }],
  ['number to pay to', { va_numbers: [{ bank: 'bca', va_number: '2' }] }],
  ['bank', { va_numbers: [{ bank: 'bni', va_number: '1' }] }],
  ['bill key', { bill_key: '1' }],
  ['payment code', { payment_code: '1' }],
  ['key of a refund', { refunds: [{ refund_key: 'rfd_2', refund_amount: '10000.00' }] }],
  ['amount of a refund', { refunds: [{ refund_key: 'rfd_1', refund_amount: '20000.00' }] }],
  ['confirmation', { refunds: [{ refund_key: 'rfd_1', refund_amount: '10000.00', bank_confirmed_at: 'x' }] }],
  ['sum of refunds', { refund_amount: '20000.00' }],
])('another %s is another callback', (_, change) => {
  expect(keyOf(change)).not.toBe(keyOf());
});

it('fields that no reader uses do not change the key', () => {
  expect(keyOf({ custom_field1: 'x', settlement_time: '2026-01-01 00:00:00' })).toBe(keyOf());
});
