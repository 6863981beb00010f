import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoMidtransAccount } from '../../sandbox/demo-accounts.ts';
import { midtransSignature } from '../../sandbox/midtrans/notifications/signature.ts';
import { startSandbox, type Sandbox } from '../../sandbox/start-sandbox.ts';
import { merchantOf } from './support/merchant.ts';

/** Promise: the Core API tells the truth in the body's status_code, moves along the allowed steps only, and its money is in the journal. */

let sandbox: Sandbox;
let merchant: ReturnType<typeof merchantOf>;

beforeAll(async () => {
  sandbox = await startSandbox({ timeScale: 0.001 });
  merchant = merchantOf(sandbox.url);
});
afterAll(() => sandbox.close());

const code = async (answer: Promise<{ status: number; body: Record<string, unknown> }>) => {
  const { status, body } = await answer;
  const { status_code: statusCode, transaction_status: state } = body;
  return typeof state === 'string' ? `${status} ${String(statusCode)} ${state}` : `${status} ${String(statusCode)}`;
};
const paid = async (orderId: string, method: string, amount = 275_000) => {
  await merchant.create(orderId, amount);
  expect((await merchant.move(orderId, 'pay', { method })).status).toBe(200);
};

describe('status', () => {
  it('is 404 until a method is chosen, then 201, 200, and 407 after expiry, always with HTTP 200', async () => {
    expect(await code(merchant.core('GET', 'core-none', 'status'))).toBe('200 404');
    await merchant.create('core-1');
    expect(await code(merchant.core('GET', 'core-1', 'status'))).toBe('200 404');
    await merchant.move('core-1', 'choose', { method: 'bca_va' });
    expect(await code(merchant.core('GET', 'core-1', 'status'))).toBe('200 201 pending');
    await merchant.move('core-1', 'pay');
    const { body } = await merchant.core('GET', 'core-1', 'status');
    expect(body).toMatchObject({
      status_code: '200',
      transaction_status: 'settlement',
      gross_amount: '275000.00',
      merchant_id: 'M-DEMO-0001',
      payment_type: 'bank_transfer',
    });
    expect(body['signature_key']).toBe(
      midtransSignature({
        orderId: 'core-1',
        statusCode: '200',
        grossAmount: '275000.00',
        serverKey: demoMidtransAccount.serverKey,
      }),
    );
    expect(await code(merchant.core('GET', String(body['transaction_id']), 'status'))).toBe('200 200 settlement');
    expect(await code(merchantOf(sandbox.url, 'wrong').core('GET', 'core-1', 'status'))).toBe('401 401');
  });

  it('can be made to fail', async () => {
    await paid('core-2', 'qris');
    await merchant.scenario({ match: { orderId: 'core-2' }, status: { answer: 503, times: 1 } });
    expect(await code(merchant.core('GET', 'core-2', 'status'))).toBe('503 503');
    expect(await code(merchant.core('GET', 'core-2', 'status'))).toBe('200 200 settlement');
    // A failing gateway must not answer that it does not know an order.
    await merchant.scenario({ match: { orderId: 'core-unheard' }, status: { answer: 503, times: 1 } });
    expect(await code(merchant.core('GET', 'core-unheard', 'status'))).toBe('503 503');
    expect(await code(merchant.core('GET', 'core-unheard', 'status'))).toBe('200 404');
  });
});

describe('closing', () => {
  it('expires what is pending with 407, once; an unused page is unknown; what is paid conflicts with 412', async () => {
    await merchant.create('core-3');
    expect(await code(merchant.core('POST', 'core-3', 'expire'))).toBe('200 404');
    await merchant.move('core-3', 'choose', { method: 'qris' });
    expect(await code(merchant.core('POST', 'core-3', 'expire'))).toBe('200 407 expire');
    expect(await code(merchant.core('POST', 'core-3', 'expire'))).toBe('200 412');
    expect(await code(merchant.core('GET', 'core-3', 'status'))).toBe('200 407 expire');
    await paid('core-4', 'qris');
    expect(await code(merchant.core('POST', 'core-4', 'expire'))).toBe('200 412');
    expect(await code(merchant.core('POST', 'core-4', 'cancel'))).toBe('200 412');
  });

  it('cancels what is pending and voids a card capture, which the journal records as money given back', async () => {
    await merchant.create('core-5');
    await merchant.move('core-5', 'choose', { method: 'qris' });
    expect(await code(merchant.core('POST', 'core-5', 'cancel'))).toBe('200 200 cancel');
    await paid('core-6', 'credit_card', 9000);
    expect(await code(merchant.core('POST', 'core-6', 'cancel'))).toBe('200 200 cancel');
    expect(sandbox.journal.refunds().find(({ orderId }) => orderId === 'core-6')).toMatchObject({
      kind: 'void',
      amount: 9000,
    });
  });

  it('approves or denies a challenged card; only approval takes money', async () => {
    for (const orderId of ['core-7', 'core-8']) {
      await merchant.create(orderId);
      await merchant.move(orderId, 'pay', { method: 'credit_card', challenge: true });
    }
    const captures = () =>
      sandbox.journal.captures().filter(({ orderId }) => orderId === 'core-7' || orderId === 'core-8');
    expect(captures()).toHaveLength(0);
    expect(await code(merchant.core('POST', 'core-7', 'approve'))).toBe('200 200 capture');
    expect(await code(merchant.core('POST', 'core-8', 'deny'))).toBe('200 202 deny');
    expect(captures().map(({ orderId }) => orderId)).toEqual(['core-7']);
    expect(await code(merchant.core('POST', 'core-7', 'deny'))).toBe('200 412');
  });
});

describe('refund', () => {
  it('is made in parts up to the amount, once per key', async () => {
    await paid('core-9', 'qris', 100_000);
    const refund = (key: string, amount?: number) =>
      code(merchant.core('POST', 'core-9', 'refund', { refund_key: key, amount, reason: 'x' }));
    expect(await refund('r1', 40_000)).toBe('200 200 partial_refund');
    expect(await refund('r1', 10_000)).toBe('200 406');
    expect(await refund('r2', 60_001)).toBe('200 414');
    expect(await refund('r3')).toBe('200 200 refund');
    expect(await refund('r4', 1)).toBe('200 412');
    const made = sandbox.journal.refunds().filter(({ orderId }) => orderId === 'core-9');
    expect(made.map(({ amount, refundKey, external }) => [amount, refundKey, external])).toEqual([
      [40_000, 'r1', false],
      [60_000, 'r3', false],
    ]);
  });

  it('is refused for virtual accounts, uncaptured cards and, when scripted, by 412, 414 and 5xx', async () => {
    await paid('core-10', 'bca_va');
    await paid('core-11', 'credit_card');
    await paid('core-12', 'qris');
    const refund = (orderId: string) => code(merchant.core('POST', orderId, 'refund', { refund_key: 'k' }));
    expect(await refund('core-10')).toBe('200 412');
    expect(await refund('core-11')).toBe('200 412');
    for (const answer of [412, 414, 500]) {
      await merchant.scenario({ match: { orderId: 'core-12' }, refund: { answer, times: 1 } });
      expect(await refund('core-12')).toBe(`${answer === 500 ? 500 : 200} ${answer}`);
    }
    expect(await refund('core-12')).toBe('200 200 refund');
  });

  it('answers the same Idempotency-Key with the first success, and ignores keys over 46 characters', async () => {
    await paid('core-13', 'qris', 10);
    const refund = (key: string, idempotencyKey: string) =>
      code(
        merchant.core(
          'POST',
          'core-13',
          'refund',
          { refund_key: key, amount: 5 },
          { 'idempotency-key': idempotencyKey },
        ),
      );
    expect(await refund('r1', 'same')).toBe('200 200 partial_refund');
    expect(await refund('r1', 'same')).toBe('200 200 partial_refund');
    expect(await refund('r1', 'x'.repeat(47))).toBe('200 406');
    expect(sandbox.journal.refunds().filter(({ orderId }) => orderId === 'core-13')).toHaveLength(1);
  });
});

describe('time', () => {
  it('expires open transactions by itself, and accepts late money only when scripted', async () => {
    let now = Date.now();
    const timed = await startSandbox({ now: () => now });
    const mine = merchantOf(timed.url);
    await mine.create('core-14', 500, { expiry: { unit: 'minute', duration: 5 } });
    await mine.move('core-14', 'choose', { method: 'bca_va' });
    now += 300_001;
    expect(await code(mine.core('GET', 'core-14', 'status'))).toBe('200 407 expire');
    expect((await mine.move('core-14', 'pay')).status).toBe(409);
    expect((await mine.move('core-14', 'pay', { late: true })).body).toMatchObject({
      status: 'settlement',
      captured: true,
    });
    expect(timed.journal.captures()).toHaveLength(1);
    await timed.close();
  });
});
