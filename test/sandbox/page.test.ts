import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whatsappTexts } from '../../deploy/local/stack/whatsapp-texts.ts';
import { demoWhatsappSender } from '../../sandbox/demo-accounts.ts';
import { startSandbox, type Sandbox } from '../../sandbox/start-sandbox.ts';
import { merchantOf } from './support/merchant.ts';

/** Promise: a person can pay, refuse and watch on the pages, and nothing that came from outside runs there. */

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ timeScale: 0.001, whatsappTexts: whatsappTexts('https://antre.example') });
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

describe('WhatsApp messages', () => {
  const send = async (name: string, language: string, texts: string[], suffix?: string) => {
    const parameters = (values: string[]) => values.map((text) => ({ type: 'text', text }));
    const button = { type: 'button', sub_type: 'url', index: '0', parameters: parameters([suffix ?? '']) };
    const answer = await fetch(`${sandbox.url}/graph/v23.0/${demoWhatsappSender.phoneNumberId}/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${demoWhatsappSender.accessToken}` },
      body: JSON.stringify({
        messaging_product: 'whatsapp',
        to: '6281300000000',
        type: 'template',
        template: {
          name,
          language: { code: language },
          components: [{ type: 'body', parameters: parameters(texts) }, ...(suffix === undefined ? [] : [button])],
        },
      }),
    });
    expect(answer.status).toBe(200);
    return (await (await fetch(sandbox.url)).text()).split('<div class="bubble"')[1] ?? '';
  };

  it('are shown in our words, filled in, in their language and with their button; text from outside stays text', async () => {
    const bubble = await send('ticket_issued', 'id', ['<i>Ayu</i>', 'Senja', 'Sabtu', '9QX4T-0RBVE'], 'ord_1#t=x');
    expect(bubble).toMatch(/^ lang="id">/);
    expect(bubble).toContain('Halo &lt;i&gt;Ayu&lt;/i&gt;, tiket Anda untuk <strong>Senja</strong> sudah siap.');
    expect(bubble).not.toMatch(/\{\{/);
    expect(bubble).toContain('<a class="bubble-button" href="https://antre.example/orders/ord_1#t=x">Buka pesanan</a>');
    expect(await send('buyer_code', 'en', ['123456'], '123456')).toContain('<strong>123456</strong> is your');
    expect(await send('of_another_product', 'en', ['one', 'two'])).toContain('one · two');
  });

  it('are shown in the words that an organiser has registered', async () => {
    const text = 'Hai {{1}}! Tiket {{2}} siap: {{3}}, {{4}}.';
    const components = [
      { type: 'BODY', text, example: { body_text: [['a', 'b', 'c', 'd']] } },
      { type: 'BUTTONS', buttons: [{ type: 'URL', text: 'Lihat', url: 'https://tiket.example/{{1}}' }] },
    ];
    const submitted = await fetch(
      `${sandbox.url}/graph/v23.0/${demoWhatsappSender.businessAccountId}/message_templates`,
      {
        method: 'POST',
        headers: { authorization: `Bearer ${demoWhatsappSender.accessToken}` },
        body: JSON.stringify({ name: 'ticket_issued', language: 'id', category: 'UTILITY', components }),
      },
    );
    expect(submitted.status).toBe(200);
    await expect
      .poll(() => send('ticket_issued', 'id', ['Ayu', 'Senja', 'Sabtu', '9QX4T'], 'ord_2').catch(() => ''))
      .toContain('Hai Ayu! Tiket Senja siap: Sabtu, 9QX4T.');
    expect(await send('ticket_issued', 'id', ['A', 'B', 'C', 'D'], 'ord_2')).toContain(
      '<a class="bubble-button" href="https://tiket.example/ord_2">Lihat</a>',
    );
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
