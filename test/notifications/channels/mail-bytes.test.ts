import { randomBytes } from 'node:crypto';
import MailComposer from 'nodemailer/lib/mail-composer';
import { expect, test } from 'vitest';
import { findMailToken, mailToken } from '../../../src/notifications/channels/mail-token.ts';
import PostalMime from 'postal-mime';
import type { Mail } from '../../../src/notifications/channel.ts';
import { type MailParts, mailBytes } from '../../../src/notifications/channels/mail-bytes.ts';
import { qrPng } from '../../../src/notifications/deliveries/qr-png.ts';
import { ticketsMail } from '../../../src/notifications/templates/tickets.ts';
import type { OrderMailData } from '../../../src/notifications/templates/order-mail.ts';
import { readQrPng } from '../../../testkit/check-in/qr-reader.ts';

/** Guards the bytes of mails, without a server. */

const hostile = '<img src=x onerror=alert(1)> & "\'</title></style>';

const data = (name: string, tickets = 2): OrderMailData => ({
  locale: 'id',
  buyerName: name,
  organizerName: name,
  seller: {
    email: 'halo@senja.example',
    phone: '+62 21 555 0100',
    privacyLink: 'https://antre.example/events/senja/privacy',
  },
  event: {
    name,
    venue: name,
    address: name,
    city: name,
    timeZone: 'Asia/Jakarta',
    startsAt: new Date('2027-03-06T12:30:00Z'),
    endsAt: new Date('2027-03-06T15:00:00Z'),
    doorsOpenAt: new Date('2027-03-06T11:00:00Z'),
    status: 'published',
    postponedAt: null,
  },
  orderCode: '9QX4T-0RBVE',
  link: 'https://antre.example/orders/ord_7K3M9XQ206FJ2V1H8C9QX4T0RBVE#secret',
  lines: [{ name, quantity: tickets, price: { amount: 1000, currency: 'IDR' } }],
  discount: { amount: 0, currency: 'IDR' },
  fees: { amount: 0, currency: 'IDR' },
  total: { amount: 1000 * tickets, currency: 'IDR' },
  tickets: Array.from({ length: tickets }, (_, index) => ({
    code: `7K3M9XQ206FJ2V1H8C9QX4T0${index}Z`,
    shortCode: `7K3M9XQ206FJ2V1H8C9QX4T0${index}Z`,
    categoryName: name,
  })),
  liveTickets: tickets,
  expiresAt: new Date('2027-03-06T12:00:00Z'),
  isPaid: true,
  isRefunded: false,
  hasWallets: true,
  calendar: { text: 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n', method: 'PUBLISH' },
});

const parts = (name: string, mail: Mail): MailParts => ({
  from: 'Sénja <tickets@antre.example>',
  to: { name, address: 'ayu@example.test' },
  replyTo: { name, address: 'halo@senja.example' },
  messageId: '<one@antre.example>',
  date: new Date(0),
  boundary: 'antre-boundary',
  subject: mail.subject,
  text: mail.text,
  html: mail.html,
  headers: { 'List-Unsubscribe': '<https://antre.example/u/1>' },
  attachments: mail.attachments,
});

/** The text that a reader shows of a mail, and the types of all parts in their order. */
async function readMail(raw: Buffer) {
  const { headers, attachments, ...shown } = await PostalMime.parse(raw);
  return {
    ...shown,
    text: shown.text?.replace(/\n$/, ''),
    html: shown.html?.replace(/\n$/, ''),
    headerLines: undefined,
    headers: headers.filter(({ key }) => key !== 'content-type'),
    attachments: attachments.map(({ content, ...file }) => ({
      ...file,
      content: Buffer.from(content as ArrayBuffer).toString('base64'),
    })),
    types: raw.toString().match(/(?<=^Content-Type: )[^;\r]+/gm),
  };
}

/** The mail as nodemailer composes it. */
function composedByNodemailer(mail: MailParts): Promise<Buffer> {
  const attachments = mail.attachments.map(({ contentId, content, ...file }) => ({
    ...file,
    content: typeof content === 'string' ? content : Buffer.from(content),
    ...(contentId === undefined ? {} : { cid: contentId, contentDisposition: 'inline' as const }),
  }));
  return new MailComposer({ ...mail, attachments }).compile().build();
}

test.each([
  'Senja di Selatan',
  'Konsér — 夕暮れ 🎶',
  hostile,
  'x'.repeat(400),
  'Ünï\u{1f468}\u200d\u{1f469}',
  '夕'.repeat(120),
])('a mail reads like the one that nodemailer composes: %s', async (name) => {
  const tickets = ticketsMail(data(name, name.length > 300 ? 11 : 2));
  const trailing = { ...tickets, text: `${tickets.text}\n\n.dot first\nspace last \n\ttabs\t\nend `, attachments: [] };
  for (const mail of [tickets, trailing]) {
    const { raw, envelope } = mailBytes(parts(name, mail));
    expect(await readMail(raw)).toEqual(await readMail(await composedByNodemailer(parts(name, mail))));
    expect(envelope).toEqual({ from: 'tickets@antre.example', to: ['ayu@example.test'] });
    expect(raw.toString('latin1')).not.toMatch(/[^\r]\n|\r[^\n]|[^\t\r\n -~]|[ \t]\r\n(?=\S)/);
    const body = raw.toString().slice(raw.indexOf('\r\n\r\n'));
    expect(Math.max(...body.split('\r\n').map(({ length }) => length))).toBeLessThanOrEqual(76);
  }
});

test('a soft line break never splits a character', () => {
  const text = Array.from({ length: 80 }, (_, index) => `${'a'.repeat(index)}é夕🎶`).join('');
  const { raw } = mailBytes(parts('Ayu', { subject: 'x', text, html: text, attachments: [] }));
  const lines = raw.toString().split('\r\n');
  for (const line of lines.filter((one) => one.endsWith('='))) {
    const bytes = Buffer.from(
      line.slice(0, -1).replaceAll(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
      'latin1',
    );
    expect(bytes.toString()).not.toContain('\ufffd');
  }
  expect(lines.filter((one) => one.endsWith('=')).length).toBeGreaterThan(50);
});

test('nothing that an organizer or a buyer typed becomes markup', () => {
  const { html, text } = ticketsMail(data(hostile));
  expect(html).not.toContain('<img src=x');
  expect(html).toContain('&lt;img src=x onerror=alert(1)&gt; &amp; &quot;&#39;&lt;/title&gt;&lt;/style&gt;');
  expect(html.match(/<\/style>/g)).toHaveLength(1);
  expect(html.match(/<img /g)).toHaveLength(2);
  expect(text).toContain(hostile);
});

test('ticket codes are written in groups, in the text and in the HTML', () => {
  const { html, text } = ticketsMail(data('Senja di Selatan', 1));
  expect(text).toContain('7K3M9 XQ206 FJ2V1 H8C9Q X4T00Z');
  expect(html).toContain('>7K3M9 XQ206 FJ2V1 H8C9Q X4T00Z<');
});

test('a name cannot add a header', () => {
  const name = 'Ayu\r\nBcc: all@example.test';
  const { raw } = mailBytes(parts(name, { subject: name, text: 'x', html: 'x', attachments: [] }));
  const head = raw.toString().split('\r\n\r\n')[0] ?? '';
  expect(head).not.toMatch(/^Bcc:/im);
});

test('the images of codes are small, and an independent decoder reads them', () => {
  for (let index = 0; index < 50; index += 1) {
    const code = randomBytes(13).toString('hex').toUpperCase();
    const png = qrPng(code);
    expect(readQrPng(png)).toBe(code);
    expect(png.length).toBeLessThan(800);
  }
});

test('a token identifies its delivery in upper and lower case, and nobody else can make one', () => {
  const token = mailToken('secret', 'dlv_0123456789ABCDEFGHJK');
  expect(findMailToken('secret', `To: <bounces+${token}@mail.example>`)).toBe('dlv_0123456789ABCDEFGHJK');
  expect(findMailToken('secret', `to: bounces+${token.toUpperCase()}@mail.example`)).toBe('dlv_0123456789ABCDEFGHJK');
  expect(findMailToken('other', token)).toBeUndefined();
  expect(
    findMailToken(
      'secret',
      token.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
    ),
  ).toBeUndefined();
  expect(findMailToken('secret', `${'dlv_0123456789abcdefghjk-0000000000000000 '.repeat(50)}${token}`)).toBeUndefined();
});

test('the mail with tickets mentions wallets where they are configured', () => {
  for (const hasWallets of [true, false]) {
    for (const locale of ['id', 'en'] as const) {
      const { html, text } = ticketsMail({ ...data('Senja di Selatan', 1), locale, hasWallets });
      for (const part of [html, text]) expect(part.includes('Apple Wallet')).toBe(hasWallets);
    }
  }
});
