import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { demoWhatsappSender } from '../../sandbox/demo-accounts.ts';
import { hubSignature } from '../../sandbox/graph/signature.ts';
import { type Sandbox, startSandbox } from '../../sandbox/start-sandbox.ts';
import { merchantOf } from './support/merchant.ts';
import { startReceiver } from './support/receiver.ts';
import { until } from '../../testkit/until.ts';

/**
 * Promise: the Graph API accepts only what Meta accepts, reports statuses signed over the exact bytes, and fails as
 * scripted.
 */

let sandbox: Sandbox;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
let answer = 200;

beforeEach(async () => {
  answer = 200;
  receiver = await startReceiver(() => answer);
  sandbox = await startSandbox({ timeScale: 0.001, whatsappCallbackUrl: `${receiver.url}/{phoneNumberId}` });
});
afterEach(async () => {
  await sandbox.close();
  receiver.close();
});

const message = (to = '6281300000000', more: object = {}, components: unknown[] = [body('Budi', 'TKT-000123')]) => ({
  messaging_product: 'whatsapp',
  recipient_type: 'individual',
  to,
  type: 'template',
  biz_opaque_callback_data: 'msg_01',
  template: { name: 'ticket_issued', language: { code: 'id' }, components },
  ...more,
});
const body = (...texts: string[]) => ({ type: 'body', parameters: texts.map((text) => ({ type: 'text', text })) });

async function send(content: unknown, token = demoWhatsappSender.accessToken) {
  const response = await fetch(`${sandbox.url}/graph/v23.0/${demoWhatsappSender.phoneNumberId}/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(content),
    signal: AbortSignal.timeout(300),
  });
  const answered: { error?: { code: number }; messages?: { id: string }[] } = JSON.parse(await response.text());
  return { status: response.status, code: answered.error?.code, id: answered.messages?.[0]?.id };
}
const script = (rule: object) => merchantOf(sandbox.url).call('POST', '/control/whatsapp/rules', rule);
const reported = () =>
  receiver.received.map(({ body }) => {
    const callback: { entry: { changes: { value: { statuses: Record<string, unknown>[] } }[] }[] } = JSON.parse(body);
    return callback.entry[0]?.changes[0]?.value.statuses[0] ?? {};
  });

describe('sending', () => {
  it('accepts a template and reports sent, delivered and read with our id, signed over the raw bytes', async () => {
    const sent = await send(message('6281300000000', { biz_opaque_callback_data: 'pesanan-é' }));
    expect(sent.status).toBe(200);
    await until(() => receiver.received.length === 3);
    expect(reported().map(({ status }) => status)).toEqual(['sent', 'delivered', 'read']);
    expect(reported()[0]).toMatchObject({
      id: sent.id,
      recipient_id: '6281300000000',
      biz_opaque_callback_data: 'pesanan-é',
    });
    for (const one of receiver.received) {
      expect(one.headers['x-hub-signature-256']).toBe(hubSignature(demoWhatsappSender.appSecret, one.body));
      expect(one.body).toContain('pesanan-\\u00e9');
    }
    expect(sandbox.journal.messages()).toMatchObject([
      { kind: 'whatsapp.accepted', wamid: sent.id, to: '6281300000000', opaque: 'pesanan-é' },
    ]);
    const listed = await fetch(`${sandbox.url}/whatsapp/messages?to=6281300000000`).then((response) => response.text());
    expect(listed).toContain('TKT-000123');
  });

  it.each([
    ['a plus in the number', message('+6281300000000'), 100],
    ['no template', { ...message(), template: undefined }, 131008],
    ['an unknown field', message('6281300000000', { note: 1 }), 100],
    [
      'two headers',
      message('6281300000000', {}, [
        { type: 'header', parameters: [{ type: 'text', text: 'a' }] },
        { type: 'header', parameters: [{ type: 'text', text: 'b' }] },
      ]),
      100,
    ],
    [
      'a header text over 60',
      message('6281300000000', {}, [{ type: 'header', parameters: [{ type: 'text', text: 'a'.repeat(61) }] }]),
      100,
    ],
    ['a body over 1,024', message('6281300000000', {}, [body('a'.repeat(600), 'b'.repeat(600))]), 132005],
    [
      'media that was not uploaded',
      message('6281300000000', {}, [{ type: 'header', parameters: [{ type: 'image', image: { id: '1' } }] }]),
      131009,
    ],
    [
      'free text outside the window',
      { messaging_product: 'whatsapp', to: '6281300000000', type: 'text', text: { body: 'hi' } },
      131047,
    ],
  ])('refuses %s', async (_name, content, code) => {
    expect((await send(content)).code).toBe(code);
    expect(sandbox.journal.messages()).toHaveLength(0);
  });

  it('refuses another token, unknown templates and wrong parameter counts once templates are registered', async () => {
    expect(await send(message(), 'wrong')).toMatchObject({ status: 401, code: 190 });
    await merchantOf(sandbox.url).call('PUT', `/control/whatsapp/senders/${demoWhatsappSender.phoneNumberId}`, {
      templates: [{ name: 'ticket_issued', language: 'id', bodyParameters: 2 }],
    });
    expect((await send(message())).status).toBe(200);
    expect((await send(message('6281300000000', {}, [body('one')]))).code).toBe(132000);
    expect((await send(message('6281300000000', { template: { name: 'other', language: { code: 'id' } } }))).code).toBe(
      132001,
    );
  });

  it('takes uploaded pictures in a header', async () => {
    const form = new FormData();
    form.set('messaging_product', 'whatsapp');
    form.set('type', 'image/png');
    form.set('file', new Blob([Buffer.from('iVBORw0KGgo=', 'base64')], { type: 'image/png' }), 'qr.png');
    const upload = await fetch(`${sandbox.url}/graph/v23.0/${demoWhatsappSender.phoneNumberId}/media`, {
      method: 'POST',
      headers: { authorization: `Bearer ${demoWhatsappSender.accessToken}` },
      body: form,
    });
    const { id }: { id: string } = JSON.parse(await upload.text());
    const image = { type: 'header', parameters: [{ type: 'image', image: { id } }] };
    const button = { type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: 't/abc' }] };
    expect((await send(message('6281300000000', {}, [image, body('x'), button]))).status).toBe(200);
    expect((await fetch(`${sandbox.url}/whatsapp/media/${id}`)).headers.get('content-type')).toBe('image/png');
  });
});

describe('misbehaviour', () => {
  it.each([
    [130429, 429],
    [131056, 429],
    [131026, 400],
    [190, 401],
    [503, 503],
  ])('answers error %i', async (error, status) => {
    await script({ match: { to: '628999*' }, error, times: 1 });
    expect(await send(message('6289990000'))).toMatchObject({ status, code: error === 503 ? 2 : error });
    expect((await send(message('6289990000'))).status).toBe(200);
  });

  it('accepts without answering; the status callback tells the outcome', async () => {
    await script({ match: { to: '*' }, answer: 'hang_after', times: 1 });
    await expect(send(message())).rejects.toThrow(/timeout/);
    await until(() => reported().some(({ biz_opaque_callback_data: opaque }) => opaque === 'msg_01'));
    expect(sandbox.journal.messages()).toHaveLength(1);
  });

  it('reports a failure after acceptance, and only the chosen statuses', async () => {
    await script({ match: { to: '62811*' }, failStatus: 131026 });
    await script({ match: { to: '62822*' }, statuses: ['read'] });
    await send(message('6281111111111'));
    await send(message('6282222222222'));
    await until(() => receiver.received.length === 3);
    const of = (to: string) => reported().filter(({ recipient_id: id }) => id === to);
    expect(of('6281111111111').map(({ status }) => status)).toEqual(['sent', 'failed']);
    expect(of('6281111111111')[1]?.['errors']).toMatchObject([{ code: 131026 }]);
    expect(of('6282222222222').map(({ status }) => status)).toEqual(['read']);
  });

  it('repeats a status callback that was not acknowledged', async () => {
    answer = 500;
    await script({ statuses: ['sent'] });
    await send(message());
    await until(() => receiver.received.length >= 2);
    answer = 200;
    await pause(100);
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
  });
});
