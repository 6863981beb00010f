import { systemClock } from '../../platform/clock.ts';
import { type CallGuard, CircuitOpenError, createCallGuard } from '../../platform/resilience/call-guard.ts';
import { withDeadline } from '../../platform/resilience/deadline.ts';
import type { Log } from '../../platform/log.ts';
import { traced } from '../../platform/tracing/scope.ts';
import type { EmailChannel, MailStream, OutgoingMail, SendResult } from '../channel.ts';
import { mailBytes } from './mail-bytes.ts';
import { mailToken } from './mail-token.ts';
import { type SmtpPool, createSmtpPool } from './smtp-pool.ts';

/**
 * Mail by SMTP. Each stream (tickets, news) has its own sender address and its own pool of connections: news can fill
 * only its own pool, and a bad reputation of news stays with its address. The job queue repeats deliveries, so the
 * pools do not. Every repeat of a delivery has the same Message-ID, by which mailboxes and people recognise it.
 */
export type EmailOptions = {
  readonly streams: Readonly<Record<MailStream, StreamOptions>>;
  /**
   * Where mail servers send bounces, for example `bounces@mail.example`. Each mail gets its own:
   * `bounces+<token>@mail.example`.
   */
  readonly returnPath?: string | undefined;
  readonly dkim?: DkimKey | undefined;
  /** Key of the tokens by which bounces and complaints name a delivery. */
  readonly hashSecret: string;
  readonly log: Log;
  /** Tests pass another one. */
  readonly guard?: CallGuard;
};

/** The selector names the public key in DNS; the private key is PEM. */
export type DkimKey = { readonly selector: string; readonly privateKey: string };

type StreamOptions = {
  readonly smtpUrl: string;
  /** As in `MAIL_FROM`: `antre <tickets@antre.example>`. */
  readonly from: string;
};

const connectionsMax: Readonly<Record<MailStream, number>> = { tickets: 20, news: 4 };
const sendDeadlineMs = 20_000;
/** For the one mail that finds out whether the server is back. */
const probeDeadlineMs = 5000;
const authenticationPauseSeconds = 300;

export function createEmailChannel(options: EmailOptions): EmailChannel {
  const { streams, log, guard = createCallGuard({ toward: 'email' }) } = options;
  const pools = { tickets: openPool('tickets', options), news: openPool('news', options) };

  const sendNow = async (message: OutgoingMail, signal: AbortSignal, deadlineMs: number): Promise<SendResult> => {
    const { stream, to, mail, deliveryId } = message;
    const { from } = streams[stream];
    const token = mailToken(options.hashSecret, deliveryId);
    const messageId = `<${token}@${mailDomain(from)}>`;
    try {
      const { envelope, raw } = mailBytes({
        from,
        to,
        replyTo: mail.replyTo,
        messageId,
        date: systemClock.now(),
        boundary: `antre-${token}`,
        subject: mail.subject,
        text: mail.text,
        html: mail.html,
        headers: { 'Auto-Submitted': 'auto-generated', ...unsubscribeHeaders(mail.unsubscribeUrl) },
        attachments: mail.attachments,
      });
      const bounces = options.returnPath?.replace('@', `+${token}@`);
      await traced('smtp send', 'client', { 'antre.mail_stream': stream }, () =>
        withDeadline(signal, deadlineMs, (bounded) =>
          pools[stream].send({ envelope: { ...envelope, from: bounces ?? envelope.from }, raw }, bounded),
        ),
      );
      return { kind: 'accepted', providerMessageId: messageId };
    } catch (error) {
      return emailResult(error, log);
    }
  };

  return {
    send: async (message, signal) => {
      // Each stream has its own circuit, because their servers may differ.
      const party = `smtp ${message.stream}`;
      const pause = guard.acquire(party, message.tries > 1 ? 1 : 0);
      if (pause > 0) return circuitOpen(pause);
      try {
        return await guard.run(
          party,
          (isProbe) => sendNow(message, signal, isProbe ? probeDeadlineMs : sendDeadlineMs),
          isServerFault,
        );
      } catch (error) {
        if (error instanceof CircuitOpenError) return circuitOpen(error.seconds);
        throw error;
      }
    },
    close: async () => {
      for (const pool of Object.values(pools)) pool.close();
    },
  };
}

function openPool(stream: MailStream, { streams, dkim }: EmailOptions): SmtpPool {
  const { smtpUrl, from } = streams[stream];
  return createSmtpPool({
    url: smtpUrl,
    connectionsMax: connectionsMax[stream],
    dkim:
      dkim === undefined
        ? undefined
        : { domainName: mailDomain(from), keySelector: dkim.selector, privateKey: dkim.privateKey },
  });
}

/**
 * One click in the mailbox unsubscribes (RFC 8058): the mailbox posts to the address. A person who opens it in a
 * browser is asked first, so that a scanner that follows links changes nothing.
 */
function unsubscribeHeaders(url: string | undefined): Readonly<Record<string, string>> {
  return url === undefined
    ? {}
    : { 'List-Unsubscribe': `<${url}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' };
}

/** Nothing was tried: the circuit of the server is open, or repetitions are used up. */
function circuitOpen(seconds: number): SendResult {
  return { kind: 'later', failure: 'circuit_open', seconds, unspent: true };
}

/** No answer, or one about the server itself. Answers about one message or mailbox do not count. */
function isServerFault(result: SendResult): boolean {
  if (result.kind === 'unknown') return true;
  return result.kind === 'later' && (!/^smtp_4\d\d$/.test(result.failure) || result.failure === 'smtp_421');
}

/** `antre <tickets@antre.example>` -> `antre.example` */
function mailDomain(from: string): string {
  return /@([A-Za-z0-9.-]+)>?\s*$/.exec(from)?.[1]?.toLowerCase() ?? 'localhost';
}

/**
 * | answer                                        | meaning                                                       |
 * | --------------------------------------------- | ------------------------------------------------------------- |
 * | 4xx                                           | later                                                         |
 * | 5xx with 5.1.1 and the like                   | no such mailbox: failed, and the address is not tried again   |
 * | other 5xx                                     | failed                                                        |
 * | EAUTH                                         | our fault: later, and somebody must look                      |
 * | no answer, connection lost before the mail    | later                                                         |
 * | the same after the whole mail has left        | unknown: such a server has often taken it (RFC 1047)          |
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
    const status = /\b5\.\d{1,3}\.\d{1,3}\b/.exec(response)?.[0];
    return status !== undefined && isMailboxGone(status)
      ? { kind: 'failed', failure, suppress: { reason: 'no_such_mailbox' } }
      : { kind: 'failed', failure };
  }
  if (responseCode >= 400) return { kind: 'later', failure: `smtp_${responseCode}` };
  if (code === 'EUNANSWERED') return { kind: 'unknown', failure: 'smtp_unanswered' };
  if (code === 'EMESSAGE' || code === 'EENVELOPE') {
    log.error({ code }, 'a mail could not be composed');
    return { kind: 'failed', failure: code.toLowerCase() };
  }
  return { kind: 'later', failure: code === '' ? 'smtp_fault' : code.toLowerCase() };
}

/**
 * Whether an enhanced status (RFC 3463) says that the mailbox or its domain does not exist or accepts no mail any more.
 * Other permanent failures are about the message: too big, rejected as spam, or a full mailbox.
 */
export function isMailboxGone(status: string): boolean {
  return goneStatuses.has(status);
}

const goneStatuses = new Set(['5.1.1', '5.1.2', '5.1.3', '5.1.6', '5.1.10', '5.2.1']);

/** Never the message of the error, because it quotes addresses. */
function faceOf(error: unknown): { code: string; responseCode: number; response: string } {
  if (!(error instanceof Error)) return { code: '', responseCode: 0, response: '' };
  return {
    code: 'code' in error && typeof error.code === 'string' ? error.code : '',
    responseCode: 'responseCode' in error && typeof error.responseCode === 'number' ? error.responseCode : 0,
    response: 'response' in error && typeof error.response === 'string' ? error.response : '',
  };
}
