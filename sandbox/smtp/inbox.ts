import { randomBytes } from 'node:crypto';
import PostalMime, { type Address, type Email } from 'postal-mime';

/** Accepted mail: the newest 50,000 can be found, and the newest 1,000 are kept complete. */

export type Mail = Readonly<{
  id: string;
  at: string;
  from: string;
  to: readonly string[];
  subject: string;
  messageId: string;
  size: number;
}>;

export type Inbox = Readonly<{
  accept: (raw: Buffer, envelope: Readonly<{ from: string; to: readonly string[]; at: string }>) => Promise<Mail>;
  get: (id: string) => Mail | undefined;
  /** The message as received, while it is among the newest. */
  raw: (id: string) => Buffer | undefined;
  newest: () => readonly Mail[];
  clear: () => void;
}>;

const mailsMax = 50_000;
const rawsMax = 1000;
const rawBytesMax = 67_108_864;

export function createInbox(): Inbox {
  const mails = new Map<string, Mail>();
  const raws = new Map<string, Buffer>();
  let rawBytes = 0;

  const dropRaw = (id: string): void => {
    rawBytes -= raws.get(id)?.length ?? 0;
    raws.delete(id);
  };

  return {
    accept: async (raw, envelope) => {
      const head = await PostalMime.parse(headersOf(raw));
      const mail: Mail = {
        id: `mail_${randomBytes(8).toString('hex')}`,
        at: envelope.at,
        from: addressOf(head.from) ?? envelope.from,
        to: envelope.to,
        subject: head.subject ?? '',
        messageId: head.messageId ?? '',
        size: raw.length,
      };
      mails.set(mail.id, mail);
      raws.set(mail.id, raw);
      rawBytes += raw.length;
      for (const id of raws.keys()) {
        if (raws.size <= rawsMax && rawBytes <= rawBytesMax) break;
        dropRaw(id);
      }
      const oldest = mails.keys().next();
      if (mails.size > mailsMax && oldest.done !== true) mails.delete(oldest.value);
      return mail;
    },
    get: (id) => mails.get(id),
    raw: (id) => raws.get(id),
    newest: () => [...mails.values()].reverse(),
    clear: () => {
      mails.clear();
      raws.clear();
      rawBytes = 0;
    },
  };
}

/** The whole message, parsed. */
export function parseMail(raw: Buffer): Promise<Email> {
  return PostalMime.parse(raw);
}

/** Reads only the header block, so that a flood of mails with attachments stays cheap. */
function headersOf(raw: Buffer): Buffer {
  const end = raw.indexOf('\r\n\r\n');
  return end === -1 ? raw : raw.subarray(0, end + 4);
}

function addressOf(address: Address | undefined): string | undefined {
  return address === undefined || address.address === undefined ? undefined : address.address;
}
