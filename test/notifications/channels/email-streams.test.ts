import { createPublicKey, createVerify, generateKeyPairSync, hash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readDkimKey } from '../../../src/notifications/channels/mail-settings.ts';
import { createEmailChannel } from '../../../src/notifications/channels/email.ts';
import { mailToken } from '../../../src/notifications/channels/mail-token.ts';
import { createCallGuard } from '../../../src/platform/resilience/call-guard.ts';
import {
  type Notifications,
  control,
  inbox,
  mailOptions,
  notificationConfig,
  openNotifications,
} from '../../../testkit/notifications/notification-world.ts';

/** Guards how mails leave: the sender of each stream, its own connections, the return path, and the signature. */

let world: Notifications;
let folder: string;
beforeAll(async () => {
  world = await openNotifications();
  folder = mkdtempSync(join(tmpdir(), 'antre-dkim-'));
});
beforeEach(() => control(world.sandbox, 'reset', {}));
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await world.close();
});

const deliveryId = 'dlv_0123456789ABCDEFGHJK';
const mail = { subject: 'Tiket — 🎟', text: 'Halo  Ayu \n.\n\nSampai jumpa', html: '<p>Halo Ayu</p>', attachments: [] };
const unsubscribeUrl = 'https://antre.example/v1/unsubscriptions/abc';
const letter = (address: string, stream: 'tickets' | 'news') => ({
  deliveryId,
  tries: 1,
  stream,
  to: { name: 'Ayu', address },
  mail: stream === 'news' ? { ...mail, unsubscribeUrl } : mail,
});
const quiet = () => AbortSignal.timeout(20_000);

async function rawOf(address: string): Promise<{ raw: string; from: string }> {
  const [found] = await inbox(world.sandbox, address);
  const raw = await (await fetch(`${world.sandbox.url}/inbox/${found?.id}/raw`)).text();
  return { raw, from: /^From: (.*)$/m.exec(raw)?.[1]?.trim() ?? '' };
}

describe('streams', () => {
  test('tickets and news have their own senders; news alone can be unsubscribed from', async () => {
    const channel = createEmailChannel({ ...mailOptions(world.sandbox.smtpUrl), returnPath: 'bounces@antre.example' });
    await channel.send(letter('tiket@example.test', 'tickets'), quiet());
    await channel.send(letter('kabar@example.test', 'news'), quiet());
    const [tickets, news] = [await rawOf('tiket@example.test'), await rawOf('kabar@example.test')];
    const token = mailToken(notificationConfig.HASH_SECRET, deliveryId);
    expect(tickets.from).toBe('antre <tickets@antre.example>');
    expect(news.from).toBe('antre <news@news.antre.example>');
    expect(tickets.raw).toContain(`Message-ID: <${token}@antre.example>`);
    expect(tickets.raw).not.toContain('List-Unsubscribe');
    expect(news.raw).toContain(`List-Unsubscribe: <${unsubscribeUrl}>`);
    expect(news.raw).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click');
    // The return path is what the server was given, not a header: a rule of the sandbox matches it.
    await control(world.sandbox, 'smtp/rules', {
      match: { sender: `bounces+${token}@antre.example` },
      stage: 'mail',
      answer: 550,
    });
    expect(await channel.send(letter('tiket@example.test', 'tickets'), quiet())).toMatchObject({ failure: 'smtp_550' });
    await channel.close();
  });

  test('lines that begin with a dot arrive as they were written, signed or not', async () => {
    const text = ['.', '..', '.one', '..two', 'a.', '', '.', ''].join('\n');
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    for (const dkim of [undefined, { selector: 'antre', privateKey: pem }]) {
      const channel = createEmailChannel({ ...mailOptions(world.sandbox.smtpUrl), dkim });
      const address = `dots-${dkim === undefined ? 'plain' : 'signed'}@example.test`;
      const { kind } = await channel.send(
        { ...letter(address, 'tickets'), mail: { ...mail, text, html: text } },
        quiet(),
      );
      expect(kind).toBe('accepted');
      const { raw } = await rawOf(address);
      // As text and as HTML.
      expect(raw.split(`\r\n\r\n${text.replaceAll('\n', '\r\n')}\r\n--`)).toHaveLength(3);
      await channel.close();
    }
  });

  test('a server that hangs on news, and opens its circuit, does not hold up tickets', async () => {
    const guard = createCallGuard({ toward: 'email', pauseMs: 60_000 });
    const channel = createEmailChannel({ ...mailOptions(world.sandbox.smtpUrl), guard });
    await control(world.sandbox, 'smtp/rules', {
      match: { sender: 'news@news.antre.example' },
      stage: 'mail',
      answer: 'hang',
    });
    const patience = new AbortController();
    let newsEnded = 0;
    const stuck = Array.from({ length: 30 }, (_, index) =>
      channel.send(letter(`n${index}@example.test`, 'news'), patience.signal).finally(() => (newsEnded += 1)),
    );
    const sent = await Promise.all(
      Array.from({ length: 30 }, (_, index) => channel.send(letter(`t${index}@example.test`, 'tickets'), quiet())),
    );
    expect(sent.every(({ kind }) => kind === 'accepted')).toBe(true);
    expect(newsEnded, 'none has waited for the news').toBe(0);
    patience.abort(new DOMException('The test gives up.', 'TimeoutError'));
    expect((await Promise.all(stuck)).every(({ kind }) => kind === 'later')).toBe(true);
    expect((await channel.send(letter('again@example.test', 'tickets'), quiet())).kind).toBe('accepted');
    await channel.close();
  });
});

describe('DKIM', () => {
  test('a mail that the server receives is signed with the configured key', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const path = join(folder, 'dkim.pem');
    writeFileSync(path, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const dkim = readDkimKey({ MAIL_DKIM_SELECTOR: 'antre', MAIL_DKIM_KEY_FILE: path });
    const channel = createEmailChannel({ ...mailOptions(world.sandbox.smtpUrl), dkim });
    await channel.send(letter('ayu@example.test', 'news'), quiet());
    const { raw } = await rawOf('ayu@example.test');
    expect(raw).toMatch(/d=news\.antre\.example;[\s\S]*s=antre;/);
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    expect(isSigned(raw, pem)).toBe(true);
    expect(isSigned(raw.replace('Halo', 'Hola'), pem)).toBe(false);
    expect(isSigned(raw.replace(unsubscribeUrl, 'https://elsewhere.example/u'), pem)).toBe(false);
    await channel.close();
  });

  test.each([
    ['a file that is not there', undefined, 'cannot be read'],
    ['no key', 'hello', 'no private key'],
    ['a key of 512 bits', () => generateKeyPairSync('rsa', { modulusLength: 512 }).privateKey, '512 bits'],
    ['another kind of key', () => generateKeyPairSync('ed25519').privateKey, 'must be an RSA key'],
  ])('the service refuses to start with %s', (_, content, reason) => {
    const path = join(folder, `${reason.replaceAll(' ', '-')}.pem`);
    if (typeof content === 'string') writeFileSync(path, content);
    if (typeof content === 'function') writeFileSync(path, content().export({ type: 'pkcs8', format: 'pem' }));
    expect(() => readDkimKey({ MAIL_DKIM_SELECTOR: 'antre', MAIL_DKIM_KEY_FILE: path })).toThrow(reason);
  });
});

/** A verifier after RFC 6376 for relaxed/relaxed and rsa-sha256, written apart from the library that signs. */
function isSigned(raw: string, publicKey: string): boolean {
  const end = raw.indexOf('\r\n\r\n');
  const fields = raw.slice(0, end).split(/\r\n(?![ \t])/);
  const relaxed = (field: string) => {
    const at = field.indexOf(':');
    const value = field
      .slice(at + 1)
      .replaceAll('\r\n', '')
      .replace(/[ \t]+/g, ' ')
      .trim();
    return `${field.slice(0, at).trim().toLowerCase()}:${value}`;
  };
  const own = fields.find((field) => /^dkim-signature:/i.test(field)) ?? '';
  const tags = new Map(
    relaxed(own)
      .slice('dkim-signature:'.length)
      .split(';')
      .map((tag) => tag.trim().split(/=(.*)/s) as [string, string]),
  );
  const tag = (name: string) => (tags.get(name) ?? '').replaceAll(' ', '');
  const lines = raw
    .slice(end + 4)
    .split('\r\n')
    .map((line) => line.replace(/[ \t]+/g, ' ').replace(/ $/, ''));
  const body = `${lines.join('\r\n').replace(/(?:\r\n)+$/, '')}\r\n`;
  if (hash('sha256', body, 'base64') !== tag('bh')) return false;
  const signed = tag('h')
    .split(':')
    .map((name) => fields.findLast((field) => field.toLowerCase().startsWith(`${name}:`)))
    .flatMap((field) => (field === undefined ? [] : [relaxed(field)]));
  const unsigned = relaxed(own.replace(/\bb=[^;]*$/, 'b='));
  return createVerify('sha256')
    .update([...signed, unsigned].join('\r\n'))
    .verify(createPublicKey(publicKey), tag('b'), 'base64');
}
