import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { Random } from '../random.ts';
import type { RuleBook } from '../rule-book.ts';
import type { Scheduler } from '../scheduler.ts';
import type { Journal } from '../journal.ts';
import type { Inbox } from './inbox.ts';
import { smtpRuleFor, type SmtpRule } from './smtp-rules.ts';

type Tools = Readonly<{
  now: () => number;
  random: Random;
  scheduler: Scheduler;
  journal: Journal;
  inbox: Inbox;
  rules: RuleBook<SmtpRule>;
}>;

type Session = Readonly<{
  id: string;
  envelope: Readonly<{ mailFrom: false | { address: string }; rcptTo: readonly { address: string }[] }>;
}>;
type Reply = (error?: Error | null, message?: string) => void;

const mailBytesMax = 10 * 1_048_576;
const clientsMax = 500;

/**
 * The outside world's mail server. It accepts everything unless a rule says otherwise. No TLS and no sign-in, since it is
 * on loopback, or in a network of a drill's own.
 */
export async function startSmtp(
  { host, port }: { readonly host: string; readonly port: number },
  tools: Tools,
): Promise<Readonly<{ port: number; close: () => Promise<void> }>> {
  const server: SMTPServer = new SMTPServer({
    name: 'sandbox.localhost',
    banner: 'antre sandbox',
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    authOptional: true,
    logger: false,
    size: mailBytesMax,
    maxClients: clientsMax,
    closeTimeout: 100,
    onMailFrom: (address, session, reply) => void judge('mail', session, address.address, [], reply),
    onRcptTo: (address, session, reply) => void judge('rcpt', session, senderOf(session), [address.address], reply),
    onData: (stream, session, reply) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('error', reply);
      stream.on('end', () => {
        if (stream.sizeExceeded) return reply(refusal(552, 'Message is larger than 10 MB'));
        take(Buffer.concat(chunks), session, reply).catch(() => reply(refusal(554, 'Message could not be read')));
      });
    },
  });

  const cut = (session: Session): void => {
    for (const connection of server.connections) if (connection.id === session.id) connection.close();
  };

  /** Applies the rule of this stage. True if the client has its answer, or will get none. */
  const applied = async (rule: SmtpRule | undefined, session: Session, reply: Reply): Promise<boolean> => {
    if (rule === undefined) return false;
    if (rule.delayMs !== undefined) await tools.scheduler.wait(rule.delayMs);
    const { stage, answer } = rule;
    if (answer === undefined) return false;
    tools.journal.append({ kind: 'mail.refused', stage, answer, from: senderOf(session), to: recipientsOf(session) });
    if (answer === 'hang') return true;
    if (answer === 'drop') cut(session);
    if (answer === 'drop_after') return false;
    if (typeof answer === 'number') reply(refusal(answer, rule.message ?? `Scripted answer ${answer}`));
    return true;
  };

  const judge = async (
    stage: 'mail' | 'rcpt',
    session: Session,
    sender: string,
    recipients: readonly string[],
    reply: Reply,
  ) => {
    const rule = smtpRuleFor(tools.rules, tools.random, { stage, sender, recipients });
    if (!(await applied(rule, session, reply))) reply();
  };

  const take = async (raw: Buffer, session: Session, reply: Reply): Promise<void> => {
    const recipients = recipientsOf(session);
    const rule = smtpRuleFor(tools.rules, tools.random, { stage: 'data', sender: senderOf(session), recipients });
    if (await applied(rule, session, reply)) return;
    const at = new Date(tools.now()).toISOString();
    const mail = await tools.inbox.accept(raw, { from: senderOf(session), to: recipients, at });
    const { id: mailId, messageId, from, to, subject, size } = mail;
    tools.journal.append({ kind: 'mail.accepted', mailId, messageId, from, to, subject, size });
    if (rule?.answer === 'drop_after') return cut(session);
    reply(null, `OK queued as ${mailId}`);
  };

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  server.on('error', () => {});
  return {
    port: listeningPort(server.server.address()),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

function senderOf({ envelope }: Session): string {
  return envelope.mailFrom === false ? '' : envelope.mailFrom.address;
}

function recipientsOf({ envelope }: Session): readonly string[] {
  return envelope.rcptTo.map(({ address }) => address);
}

function listeningPort(address: string | AddressInfo | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}
