import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSandbox, type Sandbox } from '../../sandbox/start-sandbox.ts';
import { merchantOf } from './support/merchant.ts';

/**
 * Promise: Snap's create call refuses everything that Midtrans refuses and misbehaves on demand, so our client meets
 * both here first.
 */

let sandbox: Sandbox;
let merchant: ReturnType<typeof merchantOf>;

beforeAll(async () => {
  sandbox = await startSandbox({ timeScale: 0.001 });
  merchant = merchantOf(sandbox.url);
});
afterAll(() => sandbox.close());

describe('Snap create', () => {
  it('answers 201 with a token and the page to pay on', async () => {
    const { status, body } = await merchant.create('snap-1', 275_000, {
      item_details: [{ id: 'cat_1', price: 137_500, quantity: 2, name: 'Festival' }],
      customer_details: { first_name: 'Budi', email: 'budi@example.test', phone: '+6281300000000' },
      enabled_payments: ['qris', 'bca_va', 'credit_card'],
      expiry: { start_time: '2030-01-01 00:00:00 +0700', unit: 'minute', duration: 13 },
      credit_card: { secure: true },
      callbacks: { finish: 'http://127.0.0.1:3000/orders/1' },
      custom_field1: 'x',
    });
    expect(status).toBe(201);
    expect(body).toEqual({
      token: expect.any(String),
      redirect_url: `${sandbox.url}/midtrans/snap/v4/redirection/${String(body['token'])}`,
    });
  });

  it.each([
    ['a foreign character in order_id', { transaction_details: { order_id: 'a b', gross_amount: 1 } }, 'order_id'],
    [
      'an order_id over 50 characters',
      { transaction_details: { order_id: 'a'.repeat(51), gross_amount: 1 } },
      'order_id',
    ],
    ['a fraction of a rupiah', { transaction_details: { order_id: 'a', gross_amount: 1.5 } }, 'gross_amount'],
    ['an amount as text', { transaction_details: { order_id: 'a', gross_amount: '100' } }, 'gross_amount'],
    ['no amount', { transaction_details: { order_id: 'a' } }, 'gross_amount is required'],
    [
      'items that do not add up',
      { transaction_details: { order_id: 'a', gross_amount: 3 }, item_details: [{ price: 1, quantity: 2, name: 'x' }] },
      'sum of item_details',
    ],
    [
      'an item name over 50',
      {
        transaction_details: { order_id: 'a', gross_amount: 1 },
        item_details: [{ price: 1, quantity: 1, name: 'x'.repeat(51) }],
      },
      'name',
    ],
    [
      'an unknown method',
      { transaction_details: { order_id: 'a', gross_amount: 1 }, enabled_payments: ['cash'] },
      'enabled_payments',
    ],
    [
      'an expiry under five minutes',
      { transaction_details: { order_id: 'a', gross_amount: 1 }, expiry: { unit: 'minute', duration: 4 } },
      'at least 5 minutes',
    ],
    [
      'an expiry over seven days',
      { transaction_details: { order_id: 'a', gross_amount: 1 }, expiry: { unit: 'day', duration: 8 } },
      'at most 7 days',
    ],
  ])('refuses %s', async (_name, request, message) => {
    const { status, body } = await merchant.call('POST', '/midtrans/snap/v1/transactions', request);
    expect(status).toBe(400);
    expect(String(body['error_messages'])).toContain(message);
  });

  it('refuses another key and a body over 16 KB', async () => {
    expect((await merchantOf(sandbox.url, 'wrong').create('snap-2')).status).toBe(401);
    expect((await merchant.create('snap-2', 1, { custom: 'x'.repeat(17_000) })).status).toBe(413);
  });

  it('gives a new token until a method is chosen, and then none until the transaction is closed', async () => {
    const first = await merchant.create('snap-3');
    const second = await merchant.create('snap-3');
    expect(second.status).toBe(201);
    const page = (token: unknown) => fetch(`${sandbox.url}/midtrans/snap/v4/redirection/${String(token)}`);
    expect((await page(first.body['token'])).status).toBe(404);
    expect((await page(second.body['token'])).status).toBe(200);
    await merchant.move('snap-3', 'choose', { method: 'qris' });
    expect((await merchant.create('snap-3')).status).toBe(400);
    await merchant.move('snap-3', 'expire');
    expect((await merchant.create('snap-3')).status).toBe(201);
  });

  it('keeps two merchants apart', async () => {
    const other = merchantOf(sandbox.url, 'SB-Mid-server-demo-only-antre-0002');
    await merchant.create('snap-4');
    await merchant.move('snap-4', 'pay');
    expect((await other.core('GET', 'snap-4', 'status')).body['status_code']).toBe('404');
    expect((await other.create('snap-4')).status).toBe(201);
  });
});

describe('Snap faults', () => {
  it('answers 429 and 503 as many times as scripted, then succeeds', async () => {
    await merchant.scenario({ match: { orderId: 'snap-5' }, snap: { answer: 429, times: 2 } });
    const statuses = [];
    for (let call = 0; call < 3; call += 1) statuses.push((await merchant.create('snap-5')).status);
    expect(statuses).toEqual([429, 429, 201]);
    await merchant.scenario({ match: { customerEmail: '*@down.test' }, snap: { answer: 503 } });
    expect((await merchant.create('snap-6', 1, { customer_details: { email: 'a@down.test' } })).status).toBe(503);
    expect((await merchant.create('snap-6', 1, { customer_details: { email: 'a@up.test' } })).status).toBe(201);
  });

  it('never answers, or creates and then never answers', async () => {
    const impatient = (orderId: string) =>
      fetch(`${sandbox.url}/midtrans/snap/v1/transactions`, {
        method: 'POST',
        headers: { authorization: 'Basic U0ItTWlkLXNlcnZlci1kZW1vLW9ubHktYW50cmUtMDAwMTo=' },
        body: JSON.stringify({ transaction_details: { order_id: orderId, gross_amount: 1 } }),
        signal: AbortSignal.timeout(150),
      });
    const known = async (orderId: string) => (await fetch(`${sandbox.url}/midtrans/transactions/${orderId}`)).status;
    await merchant.scenario({
      rules: [
        { match: { orderId: 'snap-7' }, snap: { answer: 'hang' } },
        { match: { orderId: 'snap-8' }, snap: { answer: 'hang_after' } },
        { match: { orderId: 'snap-9' }, snap: { answer: 'reset' } },
      ],
    });
    await expect(impatient('snap-7')).rejects.toThrow(/timeout/);
    expect(await known('snap-7')).toBe(404);
    await expect(impatient('snap-8')).rejects.toThrow(/timeout/);
    expect(await known('snap-8')).toBe(200);
    await expect(impatient('snap-9')).rejects.toThrow(/fetch failed/);
  });
});
