import { createTransport } from 'nodemailer';
import MailComposer from 'nodemailer/lib/mail-composer';
import { type CallGuard, CircuitOpenError, createCallGuard } from '../../platform/resilience/call-guard.ts';
import { withDeadline } from '../../platform/resilience/deadline.ts';
import type { Log } from '../../platform/log.ts';
import type { EmailChannel, MailAttachment, SendResult } from '../channel.ts';

/**
 * Mail by SMTP through a pool of connections. The job queue does the repeating, so the pool does none. Every repeat of
 * a delivery has the same Message-ID, by which mailboxes and people recognise it.
 */
export type EmailOptions = {
  readonly smtpUrl: string;
  /** As in `MAIL_FROM`: `antre <tickets@antre.example>`. */
  readonly from: string;
  readonly log: Log;
  /** Another one comes in with tests. */
  readonly guard?: CallGuard;
};

const connectionsMax = 20;
const messagesPerConnectionMax = 500;
const connectionTimeoutMs = 5000;
const greetingTimeoutMs = 5000;
const socketTimeoutMs = 15_000;
const dnsTimeoutMs = 5000;
const sendDeadlineMs = 20_000;
/** For the one mail that finds out whether the server is back. */
const probeDeadlineMs = 5000;
/** One account at one server. */
const account = 'smtp';
const authenticationPauseSeconds = 300;

export function createEmailChannel({
  smtpUrl,
  from,
  log,
  guard = createCallGuard({ toward: 'email' }),
}: EmailOptions): EmailChannel {
  const transport = createTransport({
    pool: true,
    url: smtpUrl,
    maxConnections: connectionsMax,
    maxMessages: messagesPerConnectionMax,
    maxRequeues: 0,
    connectionTimeout: connectionTimeoutMs,
    greetingTimeout: greetingTimeoutMs,
    socketTimeout: socketTimeoutMs,
    dnsTimeout: dnsTimeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain = mailDomain(from);

  const sendNow = async (
    { deliveryId, to, mail }: Parameters<EmailChannel['send']>[0],
    signal: AbortSignal,
    deadlineMs: number,
  ): Promise<SendResult> => {
    const messageId = `<${deliveryId.toLowerCase()}@${domain}>`;
    try {
      const message = new MailComposer({
        from,
        to: { name: to.name, address: to.address },
        messageId,
        subject: mail.subject,
        text: mail.text,
        html: mail.html,
        headers: { 'Auto-Submitted': 'auto-generated' },
        attachments: mail.attachments.map(toAttachment),
        disableFileAccess: true,
        disableUrlAccess: true,
      }).compile();
      // Written whole: the composer's stream would go to the socket in a hundred small pieces.
      const raw = await message.build();
      await withDeadline(signal, deadlineMs, (bounded) =>
        transport.sendMail({ envelope: message.getEnvelope(), raw, signal: bounded }),
      );
      return { kind: 'accepted', providerMessageId: messageId };
    } catch (error) {
      return emailResult(error, log);
    }
  };

  return {
    send: async (message, signal) => {
      const pause = guard.acquire(account, message.tries > 1 ? 1 : 0);
      if (pause > 0) return circuitOpen(pause);
      try {
        return await guard.run(
          account,
          (isProbe) => sendNow(message, signal, isProbe ? probeDeadlineMs : sendDeadlineMs),
          isServerFault,
        );
      } catch (error) {
        if (error instanceof CircuitOpenError) return circuitOpen(error.seconds);
        throw error;
      }
    },
    close: async () => transport.close(),
  };
}

/** Nothing was tried: the circuit of the server is open, or repetitions are used up. */
function circuitOpen(seconds: number): SendResult {
  return { kind: 'later', failure: 'circuit_open', seconds, unspent: true };
}

/** No answer, or one about the server itself; what it says of one message or mailbox is about that. */
function isServerFault(result: SendResult): boolean {
  return result.kind === 'later' && (!/^smtp_4\d\d$/.test(result.failure) || result.failure === 'smtp_421');
}

function toAttachment(attachment: MailAttachment) {
  return {
    filename: attachment.filename,
    contentType: attachment.contentType,
    content: typeof attachment.content === 'string' ? attachment.content : Buffer.from(attachment.content),
    ...(attachment.contentId === undefined ? {} : { cid: attachment.contentId, contentDisposition: 'inline' as const }),
  };
}

/** `antre <tickets@antre.example>` -> `antre.example` */
function mailDomain(from: string): string {
  return /@([A-Za-z0-9.-]+)>?\s*$/.exec(from)?.[1]?.toLowerCase() ?? 'localhost';
}

/**
 * | answer                                        | meaning                                                       |
 * | --------------------------------------------- | ------------------------------------------------------------- |
 * | 4xx                                           | later                                                         |
 * | 550 with 5.1.1                                | no such mailbox: failed, and the address is not tried again   |
 * | other 5xx                                     | failed                                                        |
 * | EAUTH                                         | our fault: later, and somebody must look                      |
 * | no answer, connection lost at whatever moment | later; the same Message-ID makes a double recognisable        |
 * | EMESSAGE, EENVELOPE without an answer         | the message cannot be made: failed                            |
 */
export function emailResult(error: unknown, log: Log): SendResult {
  const { code, responseCode, response } = faceOf(error);
  if (code === 'EAUTH') {
    log.error({ code, responseCode }, 'the mail server does not accept our credentials');
    return { kind: 'later', failure: 'smtp_auth', seconds: authenticationPauseSeconds };
  }
  if (responseCode >= 500) {
    const failure = `smtp_${responseCode}`;
    return responseCode === 550 && /\b5\.1\.1\b/.test(response)
      ? { kind: 'failed', failure, suppress: { reason: 'no_such_mailbox' } }
      : { kind: 'failed', failure };
  }
  if (responseCode >= 400) return { kind: 'later', failure: `smtp_${responseCode}` };
  if (code === 'EMESSAGE' || code === 'EENVELOPE') {
    log.error({ code }, 'a mail could not be made');
    return { kind: 'failed', failure: code.toLowerCase() };
  }
  return { kind: 'later', failure: code === '' ? 'smtp_fault' : code.toLowerCase() };
}

/** Never the message of the error: it quotes addresses. */
function faceOf(error: unknown): { code: string; responseCode: number; response: string } {
  if (!(error instanceof Error)) return { code: '', responseCode: 0, response: '' };
  return {
    code: 'code' in error && typeof error.code === 'string' ? error.code : '',
    responseCode: 'responseCode' in error && typeof error.responseCode === 'number' ? error.responseCode : 0,
    response: 'response' in error && typeof error.response === 'string' ? error.response : '',
  };
}
