import { describe, expect, test } from 'vitest';
import { isMidtransSignature, midtransSignature } from '../../../src/payments/gateways/midtrans/signature.ts';

/** Guards promise 3: a forged callback is never believed. Vectors made independently of this code. */

const serverKey = 'SB-Mid-server-EXAMPLEkey0123456789';
const orderId = 'TKT-2026-000123-a1';
const vectors = {
  200: '7490dba4e64bcefc883ebb74a6de3bbd036e4511a0ac53202302cf69da7663b97c27287c32b045983d8f9c8a9065a43fe057aaa9b303f78482caf5df68cfe5c5',
  201: '69ed97c57a3ea26610a3a529ee5e00e0f08e479c5fce0d905c6c2ccb23b12d0517573c42759ad837eb6badd2188daf14c6b9d83b24be2efa9f762489ba5bc4bd',
  202: '67e1fc250f5351d166afaacc7d2bdb64e4b13db053d83dbbcc9ba30dcb98a7d446bfa495ca89301c06033df9393888e7c379f8a9fea408f1fe117f4a9c93624f',
} as const;
const withoutFraction =
  '730d82def9cb82001283d73dd142af414ba2af7e81f25cbfaabf0b9099fe2598bbefb3d6dc8f66d434641c0ecae79ad618906aa2cef4ff3258eb9fdfba50ede7';

describe('the signature', () => {
  test.each(Object.entries(vectors))('of code %s is the published one', (statusCode, expected) => {
    const fields = { orderId, statusCode, grossAmount: '275000.00' };
    expect(midtransSignature(fields, serverKey).toString('hex')).toBe(expected);
    expect(isMidtransSignature(fields, expected, [serverKey])).toBe(true);
  });

  test('covers the amount exactly as written', () => {
    expect(midtransSignature({ orderId, statusCode: '200', grossAmount: '275000' }, serverKey).toString('hex')).toBe(
      withoutFraction,
    );
    const fields = { orderId, statusCode: '200', grossAmount: '275000.00' };
    expect(isMidtransSignature(fields, withoutFraction, [serverKey])).toBe(false);
  });

  test('of another key, an empty key, another case or another length is refused', () => {
    const fields = { orderId, statusCode: '200', grossAmount: '275000.00' };
    expect(isMidtransSignature(fields, vectors[200], ['another key'])).toBe(false);
    expect(isMidtransSignature(fields, vectors[200], [])).toBe(false);
    const ofNobody = midtransSignature(fields, '').toString('hex');
    expect(isMidtransSignature(fields, ofNobody, [''])).toBe(false);
    expect(isMidtransSignature(fields, vectors[200].slice(1), [serverKey])).toBe(false);
    expect(isMidtransSignature(fields, `${vectors[200]}00`, [serverKey])).toBe(false);
    expect(isMidtransSignature(fields, 'zz'.repeat(64), [serverKey])).toBe(false);
  });

  test('of either key is accepted while a key is being replaced', () => {
    const fields = { orderId, statusCode: '200', grossAmount: '275000.00' };
    expect(isMidtransSignature(fields, vectors[200], ['the new key', serverKey])).toBe(true);
  });
});
