import type { Readable, Transform } from 'node:stream';
import DKIM from 'nodemailer/lib/dkim';
import { parseConnectionUrl } from 'nodemailer/lib/shared';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { createGate } from '../../platform/resilience/gate.ts';

/**
 * Connections to one mail server. nodemailer speaks the protocol. Its own pool also parses, rewrites and logs each
 * message, and costs 280 us of processor time per mail; this costs 140.
 *
 * A connection serves one mail at a time, and ends after `messagesPerConnectionMax` or at its first error. An idle one
 * is closed by its socket timeout or by the server.
 */
export type SmtpPool = {
  /**
   * Resolves when the server has accepted the mail.
   * @param raw the whole message, with CRLF at the end of each line; SMTP's own escaping is added here
   * @throws the error of nodemailer, with `code` and, if the server answered, `responseCode`; GateFullError when no
   * connection became free in time; the reason of the signal; UnansweredError when the whole mail had left by then
   */
  send(mail: { readonly envelope: Envelope; readonly raw: Buffer }, signal: AbortSignal): Promise<void>;
  /** Closes the connections. Mails in progress fail. */
  close(): void;
};

export type Envelope = { readonly from: string; readonly to: readonly string[] };

export type SmtpPoolOptions = {
  readonly url: string;
  readonly connectionsMax: number;
  readonly dkim?:
    | { readonly domainName: string; readonly keySelector: string; readonly privateKey: string }
    | undefined;
};

const messagesPerConnectionMax = 500;
const connectionTimeoutMs = 5000;
const greetingTimeoutMs = 5000;
/**
 * As long as a mail may take. A server that inspects a mail before it accepts it answers late, and would otherwise get
 * it twice.
 */
const socketTimeoutMs = 20_000;
const dnsTimeoutMs = 5000;
const waitingMax = 1000;
const waitMs = 20_000;

type Idle = { readonly connection: SMTPConnection; readonly sent: number };

export function createSmtpPool({ url, connectionsMax, dkim }: SmtpPoolOptions): SmtpPool {
  const { auth, ...server } = parseConnectionUrl(url);
  const gate = createGate(connectionsMax, { waitingMax, waitMs });
  const signer = dkim === undefined ? undefined : new DKIM(dkim);
  const open = new Set<SMTPConnection>();
  const idle: Idle[] = [];

  const forget = (connection: SMTPConnection) => {
    open.delete(connection);
    const index = idle.findIndex((one) => one.connection === connection);
    if (index >= 0) idle.splice(index, 1);
  };

  const openOne = (): SMTPConnection => {
    const connection = new SMTPConnection({
      ...server,
      connectionTimeout: connectionTimeoutMs,
      greetingTimeout: greetingTimeoutMs,
      socketTimeout: socketTimeoutMs,
      dnsTimeout: dnsTimeoutMs,
    });
    open.add(connection);
    connection.once('end', () => forget(connection));
    // Without a listener an error of an idle connection would end the process; 'end' follows it.
    connection.on('error', () => {});
    return connection;
  };

  const connect = (connection: SMTPConnection): Promise<void> =>
    settled(connection, (done) =>
      connection.connect((error) => {
        if (error || auth === undefined || !connection.allowsAuth) return done(error);
        connection.login({ user: auth.user, credentials: { user: auth.user, pass: auth.pass } }, done);
      }),
    );

  const transmit = (
    connection: SMTPConnection,
    { envelope, raw }: { envelope: Envelope; raw: Buffer },
    onLeft: () => void,
  ): Promise<void> => {
    // nodemailer reads the mail only after the server has asked for it.
    const bytes = signer?.sign(raw).once('end', onLeft) ?? escapedMail(raw, onLeft);
    return settled(connection, (done) => connection.send({ from: envelope.from, to: [...envelope.to] }, bytes, done));
  };

  return {
    send: async (mail, signal) => {
      const leave = await gate.enter();
      const kept = idle.pop();
      const { connection, sent } = kept ?? { connection: openOne(), sent: 0 };
      const abort = () => connection.close();
      signal.addEventListener('abort', abort, { once: true });
      let hasLeft = false;
      try {
        signal.throwIfAborted();
        if (kept === undefined) await connect(connection);
        await transmit(connection, mail, () => {
          hasLeft = true;
        });
        if (sent + 1 >= messagesPerConnectionMax) connection.quit();
        else if (open.has(connection)) idle.push({ connection, sent: sent + 1 });
      } catch (error) {
        connection.close();
        if (hasLeft && !isAnswer(error)) throw new UnansweredError('the mail server did not answer', { cause: error });
        throw signal.aborted ? signal.reason : error;
      } finally {
        signal.removeEventListener('abort', abort);
        leave();
      }
    },
    close: () => {
      for (const connection of open) connection.close();
    },
  };
}

/**
 * A mail that pipes itself past the work of nodemailer's stream, which looks at each byte for line ends to mend and dots
 * to escape: a third of the cost of sending a mail. Our mails have no line ends to mend, so only dots are searched for.
 * The stream adds the last line end and the dot that ends the mail.
 */
function escapedMail(raw: Buffer, onLeft: () => void): Readable {
  const mail = {
    pipe: (connection: Transform) => {
      connection.push(escapeDots(raw.subarray(0, raw.length - lineEnd.length)));
      connection.end();
      onLeft();
    },
  };
  // nodemailer uses nothing else of a stream.
  return mail as unknown as Readable;
}

const lineEnd = '\r\n';

/** A dot at the start of a line is doubled (RFC 5321, section 4.5.2). */
function escapeDots(raw: Buffer): Buffer {
  if (!raw.includes(`${lineEnd}.`)) return raw;
  return Buffer.from(raw.toString('latin1').replaceAll(`${lineEnd}.`, `${lineEnd}..`), 'latin1');
}

/**
 * Runs one step of a connection. `close()` forgets the step in flight, so the end of the connection rejects it, too.
 */
function settled(connection: SMTPConnection, step: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error?: Error | null) => {
      connection.off('error', done).off('end', ended);
      if (error) reject(error);
      else resolve();
    };
    const ended = () => done(new ConnectionEndedError('the connection to the mail server has ended'));
    connection.on('error', done).on('end', ended);
    step(done);
  });
}

function isAnswer(error: unknown): boolean {
  return error instanceof Error && 'responseCode' in error && typeof error.responseCode === 'number';
}

/** The whole mail was handed over, and nobody knows whether the server has accepted it. */
class UnansweredError extends Error {
  readonly code = 'EUNANSWERED';
}

class ConnectionEndedError extends Error {
  readonly code = 'ECONNECTION';
}
