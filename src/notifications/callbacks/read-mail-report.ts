import PostalMime, { type Attachment, type Email } from 'postal-mime';
import { isMailboxGone } from '../channels/email.ts';
import { findMailToken } from '../channels/mail-token.ts';

/** A report about one of our mails, from a mail server or a mailbox. */
export type MailReport = {
  readonly deliveryId: string;
  readonly reason: 'no_such_mailbox' | 'complaint';
  /** As `deliveries.failure` has it: `bounce_5.1.1`, `complaint`. */
  readonly failure: string;
};

const nestingMax = 10;
const headerBytesMax = 64 * 1024;
/** The parts of a report that may name our mail: its fields, and the mail itself or its header. */
const reportParts = new Set([
  'message/delivery-status',
  'message/global-delivery-status',
  'message/feedback-report',
  'message/rfc822',
  'message/global',
  'text/rfc822-headers',
  'message/global-headers',
]);
/** RFC 5965, section 7.3. Other types, such as `not-spam`, are no reason to stop. */
const complaints = new Set(['abuse', 'fraud']);

/**
 * Reads a mail to the bounce address: a delivery status (RFC 3464) or a complaint (RFC 5965). A report that was cut off
 * after its fields and the header of our mail can be read, too.
 * @returns undefined for everything that does not forbid writing to the recipient of one of our deliveries: delays,
 * full mailboxes, automatic answers, unknown and forged tokens, bytes that are no mail
 */
export async function readMailReport(secret: string, bytes: Uint8Array): Promise<MailReport | undefined> {
  const mail = await parse(bytes);
  if (mail === undefined) return undefined;
  const parts = mail.attachments.filter(({ mimeType }) => reportParts.has(mimeType));
  const verdict = verdictOf(parts);
  if (verdict === undefined) return undefined;
  const recipients = mail.headers.filter(({ key }) => ['to', 'delivered-to', 'x-original-to'].includes(key));
  const named = [...recipients.map(({ value }) => value), ...parts.map(textOf)].join('\n');
  const deliveryId = findMailToken(secret, named);
  return deliveryId === undefined ? undefined : { deliveryId, ...verdict };
}

async function parse(bytes: Uint8Array): Promise<Email | undefined> {
  try {
    return await PostalMime.parse(bytes, {
      forceRfc822Attachments: true,
      attachmentEncoding: 'utf8',
      maxNestingDepth: nestingMax,
      maxHeadersSize: headerBytesMax,
    });
  } catch {
    return undefined;
  }
}

function verdictOf(parts: readonly Attachment[]): Omit<MailReport, 'deliveryId'> | undefined {
  for (const part of parts) {
    if (part.mimeType === 'message/feedback-report') {
      const type = fieldOf(textOf(part), 'feedback-type')?.toLowerCase();
      if (type !== undefined && complaints.has(type)) return { reason: 'complaint', failure: 'complaint' };
    }
    if (part.mimeType.endsWith('delivery-status')) {
      const status = goneStatusOf(textOf(part));
      if (status !== undefined) return { reason: 'no_such_mailbox', failure: `bounce_${status}` };
    }
  }
  return undefined;
}

/** Each of our mails has one recipient. Some servers state the general 5.0.0 and quote the reason in their answer. */
function goneStatusOf(fields: string): string | undefined {
  if (fieldOf(fields, 'action')?.toLowerCase() !== 'failed') return undefined;
  const stated = statusIn(fieldOf(fields, 'status'));
  const status = stated === '5.0.0' ? statusIn(fieldOf(fields, 'diagnostic-code')) : stated;
  return status !== undefined && isMailboxGone(status) ? status : undefined;
}

function statusIn(text: string | undefined): string | undefined {
  return text === undefined ? undefined : /(?<![\d.])5\.\d{1,3}\.\d{1,3}(?![\d.])/.exec(text)?.[0];
}

/** The value of the first such field, with its folded lines. */
function fieldOf(fields: string, name: string): string | undefined {
  const lines = fields.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
  const line = lines.find((each) => each.toLowerCase().startsWith(`${name}:`));
  return line?.slice(name.length + 1).trim();
}

function textOf({ content }: Attachment): string {
  return typeof content === 'string' ? content : '';
}
