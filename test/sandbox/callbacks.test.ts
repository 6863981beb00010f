import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { demoMidtransAccount } from '../../sandbox/demo-accounts.ts';
import { retriesFor, retryDelayMs } from '../../sandbox/midtrans/notifications/retry-table.ts';
import { midtransSignature } from '../../sandbox/midtrans/notifications/signature.ts';
import { type Sandbox, startSandbox } from '../../sandbox/start-sandbox.ts';
import { merchantOf } from './support/merchant.ts';
import { type Received, startReceiver } from './support/receiver.ts';
import { until } from '../../testkit/until.ts';

/** Promise: callbacks come as Midtrans sends them (signed, retried by its table) and as badly as a scenario wants. */

const closers: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function stage(answer?: Parameters<typeof startReceiver>[0]) {
  const receiver = await startReceiver(answer);
  const sandbox = await startSandbox({ timeScale: 0.0001, notificationUrl: receiver.url });
  closers.push(() => sandbox.close(), receiver.close);
  return { receiver, sandbox, merchant: merchantOf(sandbox.url) };
}

const parsed = ({ body }: Received): Record<string, string> => JSON.parse(body);
const statuses = (received: readonly Received[]) => received.map((one) => parsed(one)['transaction_status']);
const isGenuine = (one: Received): boolean => {
  const { order_id = '', status_code = '', gross_amount = '', signature_key } = parsed(one);
  const { serverKey } = demoMidtransAccount;
  return (
    midtransSignature({ orderId: order_id, statusCode: status_code, grossAmount: gross_amount, serverKey }) ===
    signature_key
  );
};
const sentLines = (sandbox: Sandbox) => sandbox.journal.lines().filter(({ kind }) => kind === 'callback.sent');

describe('retry table', () => {
  it.each([
    [200, 0],
    [204, 0],
    [500, 1],
    [503, 4],
    [400, 2],
    [404, 2],
    [301, 0],
    [302, 0],
    [303, 0],
    [401, 5],
    [429, 5],
    [502, 5],
    [0, 5],
  ])('after answer %i tries again %i times', (status, retries) => {
    expect(retriesFor(status)).toBe(retries);
  });

  it('waits up to 2, 10, 30, 90 and 210 minutes, times the scale', () => {
    const minutes = [1, 2, 3, 4, 5].map((retry) => retryDelayMs(retry, 1, () => 0) / 60_000);
    expect(minutes).toEqual([2, 10, 30, 90, 210]);
    expect(retryDelayMs(1, 0.001, () => 1)).toBe(90);
  });

  it.each([
    [500, 2],
    [503, 5],
    [404, 3],
    [303, 1],
  ])('is followed over the wire: answer %i is sent %i times', async (status, calls) => {
    const { receiver, sandbox, merchant } = await stage(() => status);
    await merchant.scenario({ callback: { pending: false } });
    await merchant.create('cb-1');
    await merchant.move('cb-1', 'pay');
    await until(() => sentLines(sandbox).some(({ outcome }) => outcome === 'gave_up'));
    await pause(30);
    expect(receiver.received).toHaveLength(calls);
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
  });

  it('stops at the first 2xx', async () => {
    const { receiver, sandbox, merchant } = await stage((call) => (call < 3 ? 503 : 200));
    await merchant.scenario({ callback: { pending: false } });
    await merchant.create('cb-2');
    await merchant.move('cb-2', 'pay');
    await until(() => sentLines(sandbox).some(({ outcome }) => outcome === 'done'));
    expect(receiver.received).toHaveLength(3);
    expect(sentLines(sandbox).map(({ status, outcome }) => [status, outcome])).toEqual([
      [503, 'retry'],
      [503, 'retry'],
      [200, 'done'],
    ]);
  });

  it('follows 307 with the same body', async () => {
    const target = await startReceiver();
    closers.push(target.close);
    const { merchant } = await stage(() => ({ status: 307, location: target.url }));
    await merchant.scenario({ callback: { pending: false } });
    await merchant.create('cb-3');
    await merchant.move('cb-3', 'pay');
    await until(() => target.received.length === 1);
    expect(target.received.every(isGenuine)).toBe(true);
  });
});

describe('what is sent', () => {
  it('is pending, then settlement, signed and sent as Veritrans; the create call may name other addresses', async () => {
    const { receiver, merchant } = await stage();
    const other = await startReceiver();
    closers.push(other.close);
    await merchant.create('cb-4', 275_000, { custom_field1: 'evt_1' });
    await merchant.move('cb-4', 'pay', { method: 'qris' });
    await until(() => receiver.received.length === 2);
    expect(statuses(receiver.received)).toEqual(['pending', 'settlement']);
    expect(receiver.received.every(isGenuine)).toBe(true);
    expect(receiver.received[0]?.headers['user-agent']).toBe('Veritrans');
    expect(parsed(receiver.received[1] ?? { headers: {}, body: '{}', at: 0 })).toMatchObject({
      order_id: 'cb-4',
      gross_amount: '275000.00',
      currency: 'IDR',
      merchant_id: 'M-DEMO-0001',
      payment_type: 'qris',
      status_code: '200',
      custom_field1: 'evt_1',
      settlement_time: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
    });
    await merchant.create('cb-5', 1, {}, { 'x-override-notification': `${other.url}?a, ${other.url}?b` });
    await merchant.move('cb-5', 'choose', { method: 'qris' });
    await until(() => other.received.length === 2);
    expect(receiver.received).toHaveLength(2);
  });

  it('never reports an unused page, reports refunds twice, and reports reversals as deny', async () => {
    const { receiver, merchant } = await stage();
    await merchant.create('cb-6');
    await merchant.move('cb-6', 'expire');
    await merchant.scenario({ callback: { pending: false } });
    await merchant.create('cb-7');
    await merchant.move('cb-7', 'pay');
    await merchant.core('POST', 'cb-7', 'refund', { refund_key: 'r1' });
    await until(() => receiver.received.length === 3);
    expect(statuses(receiver.received)).toEqual(['settlement', 'refund', 'refund']);
    expect(receiver.received.map(({ body }) => body.includes('bank_confirmed_at'))).toEqual([false, false, true]);
    await merchant.create('cb-8');
    await merchant.move('cb-8', 'pay', { method: 'permata_va' });
    await merchant.move('cb-8', 'reverse');
    await until(() => statuses(receiver.received).includes('deny'));
  });
});

describe('misbehaviour', () => {
  it('duplicates', async () => {
    const { receiver, merchant } = await stage();
    await merchant.scenario({ match: { orderId: 'cb-9*' }, callback: { duplicates: 3, pending: false } });
    await merchant.create('cb-9-a1');
    await merchant.move('cb-9-a1', 'pay');
    await until(() => receiver.received.length === 4);
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
    await merchant.move('cb-9-a1', 'callbacks', { kind: 'duplicate', count: 5 });
    await until(() => receiver.received.length === 9);
    expect(receiver.received.every(isGenuine)).toBe(true);
  });

  it('sends the settlement before the pending', async () => {
    const { receiver, merchant } = await stage();
    await merchant.scenario({ callback: { reorder: true } });
    await merchant.create('cb-10');
    await merchant.move('cb-10', 'pay');
    await until(() => receiver.received.length === 2);
    expect(statuses(receiver.received)).toEqual(['settlement', 'pending']);
  });

  it('delays and drops', async () => {
    const { receiver, sandbox, merchant } = await stage();
    await merchant.scenario({
      rules: [
        { match: { customerName: '*slow*' }, callback: { delayMs: 150, pending: false } },
        { match: { customerName: 'drop' }, callback: { drop: true } },
      ],
    });
    await merchant.create('cb-11', 1, { customer_details: { first_name: 'Budi', last_name: 'SLOW' } });
    await merchant.create('cb-12', 1, { customer_details: { first_name: 'drop' } });
    const startedAt = Date.now();
    await merchant.move('cb-12', 'pay');
    await merchant.move('cb-11', 'pay');
    await until(() => receiver.received.length === 1);
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(145);
    expect(parsed(receiver.received[0] ?? { headers: {}, body: '{}', at: 0 })['order_id']).toBe('cb-11');
    expect(sandbox.journal.captures().map(({ orderId }) => orderId)).toEqual(['cb-12', 'cb-11']);
    expect(sandbox.journal.lines().filter(({ kind }) => kind === 'callback.dropped')).toHaveLength(2);
  });

  it('forges: a wrong signature, and another state under a right one', async () => {
    const { receiver, merchant } = await stage(() => 400);
    await merchant.create('cb-13');
    await merchant.move('cb-13', 'choose', { method: 'qris' });
    await until(() => receiver.received.length >= 1);
    const before = receiver.received.length;
    await merchant.move('cb-13', 'callbacks', { kind: 'bad_signature' });
    await merchant.move('cb-13', 'callbacks', { kind: 'changed_status', transactionStatus: 'settlement' });
    const forged = () =>
      receiver.received
        .slice(before)
        .filter((one) => !isGenuine(one) || parsed(one)['transaction_status'] === 'settlement');
    await until(() => forged().length === 2);
    const changed = forged().find((one) => parsed(one)['transaction_status'] === 'settlement');
    expect(changed && isGenuine(changed) && parsed(changed)['status_code']).toBe('201');
    await pause(50);
    expect(forged()).toHaveLength(2);
  });
});

describe('auto-pay', () => {
  it('pays every order automatically, or a share of them', async () => {
    const { receiver, sandbox, merchant } = await stage();
    await merchant.scenario({
      rules: [
        { autoPay: { method: 'gopay', jitterMs: 20 }, callback: { pending: false } },
        { match: { orderId: 'never*' }, autoPay: { probability: 0 } },
      ],
    });
    const orders = Array.from({ length: 100 }, (_, index) => (index < 90 ? `auto-${index}` : `never-${index}`));
    await Promise.all(orders.map((orderId) => merchant.create(orderId, 10)));
    await until(() => receiver.received.length === 90);
    expect(sandbox.journal.captures()).toHaveLength(90);
    expect((await merchant.call('POST', '/control/pay-all', { method: 'qris' })).body).toEqual({ paid: 10 });
    await until(() => receiver.received.length === 100);
  });
});
