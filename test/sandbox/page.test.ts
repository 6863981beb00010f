import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSandbox, type Sandbox } from '../../sandbox/start-sandbox.ts';
import { merchantOf } from './support/merchant.ts';

/** Promise: a person can pay, refuse and watch on the pages, and nothing that came from outside runs there. */

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ timeScale: 0.001 });
});
afterAll(() => sandbox.close());

const post = (path: string, fields: Record<string, string> = {}) =>
  fetch(`${sandbox.url}${path}`, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });
const statusOf = async (orderId: string): Promise<unknown> =>
  (await merchantOf(sandbox.url).call('GET', `/midtrans/transactions/${orderId}`)).body['status'];

describe('payment page', () => {
  it('shows only the enabled methods, then the number or QR, then takes the money', async () => {
    const created = await merchantOf(sandbox.url).create('page-1', 50_000, { enabled_payments: ['qris', 'bca_va'] });
    const path = `/midtrans/snap/v4/redirection/${String(created.body['token'])}`;
    const page = async () => (await fetch(`${sandbox.url}${path}`)).text();
    expect(await page()).toContain('Rp 50.000');
    expect(await page()).not.toContain('ShopeePay');
    expect((await post(`${path}/choose`, { method: 'qris' })).status).toBe(303);
    expect(await page()).toContain('<svg');
    await post(`${path}/pay`);
    expect(await statusOf('page-1')).toBe('settlement');
    expect((await post(`${path}/deny`)).headers.get('location')).toContain('refused=');
  });

  it('denies and expires', async () => {
    for (const [orderId, act, status] of [
      ['page-2', 'deny', 'deny'],
      ['page-3', 'expire', 'expire'],
    ] as const) {
      const created = await merchantOf(sandbox.url).create(orderId);
      await post(`/midtrans/snap/v4/redirection/${String(created.body['token'])}/${act}`);
      expect(await statusOf(orderId)).toBe(status);
    }
  });
});

describe('home page', () => {
  it('lists payments with their buttons and escapes text from outside', async () => {
    await merchantOf(sandbox.url).create('page-4', 1, {
      customer_details: { first_name: '<script>alert(1)</script>' },
    });
    const page = await (await fetch(sandbox.url)).text();
    expect(page).toContain('page-4');
    expect(page).not.toContain('<script');
    await post('/page/payments/page-4/pay', { method: 'bca_va' });
    expect(await statusOf('page-4')).toBe('settlement');
    expect((await post('/page/payments/page-4/deny')).status).toBe(409);
    for (const act of ['duplicate', 'bad_signature', 'changed_status']) {
      expect((await post(`/page/payments/page-4/${act}`)).status).toBe(303);
    }
  });
});

describe('webhook sink', () => {
  it('records what organisers would receive, and fails as scripted', async () => {
    await merchantOf(sandbox.url).call('PUT', '/control/webhook-sinks/crm', { status: 500, times: 1 });
    const deliver = () =>
      fetch(`${sandbox.url}/webhook-sink/crm`, { method: 'POST', body: '{"a":1}', headers: { 'webhook-id': 'w1' } });
    expect((await deliver()).status).toBe(500);
    expect((await deliver()).status).toBe(200);
    const { data }: { data: { body: string; headers: Record<string, string> }[] } = JSON.parse(
      await (await fetch(`${sandbox.url}/webhook-sink/crm`)).text(),
    );
    expect(data.map(({ body, headers }) => [body, headers['webhook-id']])).toEqual([
      ['{"a":1}', 'w1'],
      ['{"a":1}', 'w1'],
    ]);
  });
});

describe('reset', () => {
  it('clears inbox and scripts, and money only when asked to', async () => {
    const merchant = merchantOf(sandbox.url);
    await merchant.create('page-5', 7);
    await merchant.move('page-5', 'pay');
    await merchant.scenario({ match: { orderId: 'page-6' }, snap: { answer: 500 } });
    await merchant.call('POST', '/control/reset');
    expect((await merchant.create('page-6')).status).toBe(201);
    expect(await statusOf('page-5')).toBe('settlement');
    await merchant.call('POST', '/control/reset', { what: ['transactions', 'journal'] });
    expect(await statusOf('page-5')).toBeUndefined();
    expect(sandbox.journal.captures()).toHaveLength(0);
  });
});
