import { createTransport } from 'nodemailer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSandbox, type Sandbox } from '../../sandbox/start-sandbox.ts';
import { merchantOf } from './support/merchant.ts';

/** Promise: mail is accepted over real SMTP, can be read back completely, and fails at the stage that a rule names. */

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.close());

const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);

/** @param socketTimeout for a server that never answers; a busy machine may take long to answer at all */
async function send(to: string | string[], more: object = {}, socketTimeout = 30_000) {
  const transport = createTransport({ url: sandbox.smtpUrl, socketTimeout });
  try {
    return await transport.sendMail({
      from: 'antre <tickets@antre.test>',
      to,
      subject: 'Tiket Anda – Pésta',
      text: 'Halo',
      html: '<p>Halo <img src="cid:qr"></p>',
      messageId: '<dlv_1@antre.test>',
      attachments: [{ filename: 'qr.png', content: pixel, cid: 'qr', contentType: 'image/png' }],
      ...more,
    });
  } finally {
    transport.close();
  }
}
const script = (rule: object) => merchantOf(sandbox.url).call('POST', '/control/smtp/rules', rule);
type Listed = { data: { id: string; to: string[]; subject: string; messageId: string }[] };
const inbox = async (query = ''): Promise<Listed['data']> => {
  const listed: Listed = JSON.parse(await (await fetch(`${sandbox.url}/inbox${query}`)).text());
  return listed.data;
};

describe('inbox', () => {
  it('keeps what was sent: envelope, decoded subject, text, HTML, inline picture', async () => {
    await send(['buyer@example.test', 'second@example.test']);
    await send('other@example.test', { subject: 'Something else' });
    const [mail] = await inbox('?to=BUYER@example.test&subject=tiket');
    expect(mail).toMatchObject({
      to: ['buyer@example.test', 'second@example.test'],
      subject: 'Tiket Anda – Pésta',
      messageId: '<dlv_1@antre.test>',
    });
    const whole: Record<string, unknown> = JSON.parse(await (await fetch(`${sandbox.url}/inbox/${mail?.id}`)).text());
    expect(whole).toMatchObject({
      text: 'Halo\n',
      html: expect.stringContaining('cid:qr'),
      attachments: [{ filename: 'qr.png', mimeType: 'image/png', contentId: '<qr>', size: pixel.length }],
    });
    expect(sandbox.journal.messages()).toHaveLength(2);
    expect(sandbox.journal.messages()[0]).toMatchObject({
      kind: 'mail.accepted',
      messageId: '<dlv_1@antre.test>',
      mailId: mail?.id,
    });
    const page = await (await fetch(`${sandbox.url}/page/mails/${mail?.id}`)).text();
    expect(page).toContain('<iframe sandbox');
    expect(page).toContain(`data:image/png;base64,${pixel.toString('base64')}`);
  });
});

describe('misbehaviour', () => {
  it.each([
    ['mail', 421, { sender: '*@antre.test' }],
    ['rcpt', 450, { recipient: '*@busy.test' }],
    ['rcpt', 550, { recipient: 'nobody@*' }],
    ['data', 550, { recipient: '*' }],
  ])('answers at %s with %i, as often as asked', async (stage, answer, match) => {
    await script({ match, stage, answer, times: 1 });
    await expect(send('nobody@busy.test')).rejects.toMatchObject({ responseCode: answer });
    expect(await inbox()).toHaveLength(0);
    await send('nobody@busy.test');
    expect(await inbox()).toHaveLength(1);
  });

  it('accepts slowly, and refuses nothing by that', async () => {
    await script({ stage: 'data', delayMs: 200, match: { recipient: 'slow@*' } });
    const startedAt = performance.now();
    await send('slow@example.test');
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(199);
    expect(await inbox()).toHaveLength(1);
    expect(sandbox.journal.messages().map(({ kind }) => kind)).toEqual(['mail.accepted']);
  });

  it('never answers', async () => {
    await script({ stage: 'rcpt', answer: 'hang', match: { recipient: 'hang@*' } });
    await expect(send('hang@example.test', {}, 300)).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    await send('fine@example.test');
    expect(await inbox()).toHaveLength(1);
  });

  it('cuts the connection before or after accepting the mail', async () => {
    await script({ stage: 'data', answer: 'drop', match: { recipient: 'before@*' } });
    await script({ stage: 'data', answer: 'drop_after', match: { recipient: 'after@*' } });
    await expect(send('before@example.test')).rejects.toThrow();
    expect(await inbox()).toHaveLength(0);
    await expect(send('after@example.test')).rejects.toThrow();
    expect((await inbox()).map(({ to }) => to)).toEqual([['after@example.test']]);
  });
});
