import { foldLines } from 'nodemailer/lib/mime-funcs';
import MimeNode from 'nodemailer/lib/mime-node';
import type { MailAttachment } from '../channel.ts';
import type { Envelope } from './smtp-pool.ts';

export type MailParts = {
  /** As in `MAIL_FROM`: `antre <tickets@antre.example>`. */
  readonly from: string;
  readonly to: { readonly name: string; readonly address: string };
  readonly replyTo?: { readonly name: string; readonly address: string } | undefined;
  readonly messageId: string;
  readonly date: Date;
  /** The boundary between the parts. It must not occur in one. */
  readonly boundary: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly attachments: readonly MailAttachment[];
};

export type MailBytes = { readonly envelope: Envelope; readonly raw: Buffer };

/**
 * A mail as the bytes that are sent: text and HTML as alternatives, inline images beside the HTML, other files after
 * both. nodemailer encodes addresses and headers. The parts are assembled here, because nodemailer's composer takes 330
 * us for a mail with two tickets, and this 70. `test/notifications/channels/mail-bytes.test.ts` reads both mails with a
 * parser and compares them.
 */
export function mailBytes(mail: MailParts): MailBytes {
  const [inline, attached] = [mail.attachments.filter(isInline), mail.attachments.filter((file) => !isInline(file))];
  const alternatives = multipart('multipart/alternative', `${mail.boundary}-1`, [
    textPart('text/plain', mail.text),
    inline.length === 0
      ? textPart('text/html', mail.html)
      : multipart('multipart/related; type="text/html"', `${mail.boundary}-2`, [
          textPart('text/html', mail.html),
          ...inline.map(filePart),
        ]),
  ]);
  const body =
    attached.length === 0
      ? alternatives
      : multipart('multipart/mixed', `${mail.boundary}-3`, [alternatives, ...attached.map(filePart)]);
  const [from, to] = [encoded('From', mail.from), recipient(mail.to)];
  const head = [
    ...Object.entries(mail.headers).map(([name, value]) => line(name, encoded(name, value))),
    line('From', from),
    line('To', to),
    ...(mail.replyTo === undefined ? [] : [line('Reply-To', recipient(mail.replyTo))]),
    line('Subject', encoded('Subject', mail.subject)),
    line('Message-ID', mail.messageId),
    `Date: ${mail.date.toUTCString().replace('GMT', '+0000')}`,
    'MIME-Version: 1.0',
  ];
  return {
    envelope: { from: mailboxOf(from), to: [mailboxOf(to)] },
    raw: Buffer.from(`${head.join('\r\n')}\r\n${body}`),
  };
}

type Value = Parameters<typeof MimeNode.encodeHeaderValue>[1];

/**
 * Printable ASCII without the start of an encoded word needs no encoding. nodemailer makes a whole node for each value.
 */
const encoded = (name: string, value: Value): string =>
  typeof value === 'string' && plainText.test(value) && !value.includes('=?')
    ? value
    : MimeNode.encodeHeaderValue(name, value);

const plainText = /^[\x20\x21\x23-\x7e]*$/;

const recipient = ({ name, address }: MailParts['to']): string =>
  plainName.test(name) && plainAddress.test(address) ? `${name} <${address}>` : encoded('To', { name, address });

/** Words that need no quotes, and an address that nodemailer leaves as it is. */
const plainName = /^\w+(?: \w+)*$/;
const plainAddress = /^[\w.+-]+@[a-z\d.-]+$/;

/** RFC 5322 asks for lines of at most 78 characters. */
const line = (name: string, value: string): string => foldLines(`${name}: ${value}`, 76);

/** The bare address of an encoded `From` or `To`. */
const mailboxOf = (value: string): string => /<([^<>]*)>$/.exec(value)?.[1] ?? value;

const isInline = ({ contentId }: MailAttachment): boolean => contentId !== undefined;

function multipart(type: string, boundary: string, parts: readonly string[]): string {
  const written = parts.map((part) => `--${boundary}\r\n${part}\r\n`);
  return `${line('Content-Type', `${type}; boundary="${boundary}"`)}\r\n\r\n${written.join('')}--${boundary}--\r\n`;
}

function textPart(type: string, text: string): string {
  return `Content-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n${quotedPrintable(text)}`;
}

function filePart({ filename, contentType, content, contentId }: MailAttachment): string {
  if (!/^[\w.-]+$/.test(filename)) throw new TypeError('the name of an attachment needs no quotes');
  const head = [
    line('Content-Type', `${contentType}; name=${filename}`),
    ...(contentId === undefined ? [] : [`Content-ID: <${contentId}>`]),
    'Content-Transfer-Encoding: base64',
    `Content-Disposition: ${contentId === undefined ? 'attachment' : 'inline'}; filename=${filename}`,
  ];
  return `${head.join('\r\n')}\r\n\r\n${wrappedBase64(content)}`;
}

/** 57 bytes make the 76 characters that a line may have. */
const base64LineBytes = 57;

function wrappedBase64(content: string | Uint8Array): string {
  const bytes =
    typeof content === 'string'
      ? Buffer.from(content)
      : Buffer.from(content.buffer, content.byteOffset, content.length);
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += base64LineBytes)
    lines.push(bytes.toString('base64', at, at + base64LineBytes));
  return lines.join('\r\n');
}

const [tab, lineFeed, carriageReturn, space, equals] = [0x09, 0x0a, 0x0d, 0x20, 0x3d];
/** A line has at most 76 characters, the last of which is the `=` of a soft break. */
const softLineMax = 75;
const hexDigits = Buffer.from('0123456789ABCDEF');
/** 1 for each byte that stands for itself wherever it is. */
const isPlain = Uint8Array.from({ length: 256 }, (_, byte) => (byte > space && byte < 0x7f && byte !== equals ? 1 : 0));

let scratch = Buffer.allocUnsafe(64 * 1024);

/** Bytes to write into, kept between calls: a new buffer of this size for each part would be most of a mail's garbage. */
function scratchOf(length: number): Buffer {
  if (scratch.length < length) scratch = Buffer.allocUnsafe(length);
  return scratch;
}

/**
 * Quoted-printable (RFC 2045, section 6.7): line ends become CRLF, spaces before them and everything outside of ASCII become `=XX`.
 * A soft break never divides the bytes of one character, as some readers decode line by line.
 */
function quotedPrintable(text: string): string {
  const input = Buffer.from(text);
  // Each byte takes three at most, and a soft break of three comes after 64 written bytes at the earliest.
  const output = scratchOf(Math.ceil(input.length * 3.2) + 8);
  let [at, column] = [0, 0];
  for (let index = 0; index < input.length; index += 1) {
    const byte = input[index] ?? 0;
    // Nearly all bytes.
    if (isPlain[byte] === 1 && column < softLineMax) {
      output[at++] = byte;
      column += 1;
      continue;
    }
    const next = input[index + 1];
    if (byte === lineFeed || (byte === carriageReturn && next === lineFeed)) {
      if (byte === carriageReturn) index += 1;
      output[at++] = carriageReturn;
      output[at++] = lineFeed;
      column = 0;
      continue;
    }
    const isBeforeEnd = next === undefined || next === lineFeed || next === carriageReturn;
    const isLiteral = isPlain[byte] === 1 || ((byte === space || byte === tab) && !isBeforeEnd);
    const width = isLiteral ? 1 : 3;
    if (column + (isLiteral ? 1 : characterWidth(byte)) > softLineMax) {
      output[at++] = equals;
      output[at++] = carriageReturn;
      output[at++] = lineFeed;
      column = 0;
    }
    if (isLiteral) output[at++] = byte;
    else {
      output[at++] = equals;
      output[at++] = hexDigits[byte >> 4] ?? 0;
      output[at++] = hexDigits[byte & 15] ?? 0;
    }
    column += width;
  }
  return output.toString('latin1', 0, at);
}

/** The bytes that a character with this first byte takes. Continuation bytes are counted there. */
function characterWidth(first: number): number {
  if (first >= 0xf0) return 12;
  if (first >= 0xe0) return 9;
  return first >= 0xc0 ? 6 : 3;
}
