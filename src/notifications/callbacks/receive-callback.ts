import type { Config } from '../../config.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { kindOfCallback, pluginOf } from '../channels/whatsapp/registry.ts';
import type { Query, StatusReport } from '../channels/whatsapp/sender-plugin.ts';
import { suppressRecipient } from '../deliveries/queries.ts';
import { callbackRefused } from '../errors.ts';
import { storeInbound } from '../inbound/store-inbound.ts';
import { deliveryStatusesReported } from '../metrics.ts';
import { coolSender, findSenderForCallback, warmSender } from '../senders/queries.ts';
import { openSenderCredentials } from '../senders/sender-credentials.ts';
import type { Sender } from '../tables.ts';
import { type NamedReport, foldStatuses, recipientKeysOf } from './fold-statuses.ts';
import { foldKeptStatuses, keepStatuses } from './gateway-statuses.ts';

const noWhatsappFailure = 'graph_131026';
const noWhatsappDays = 30;
const sessionCoolMinutes = 10;

export type CallbackDeps = {
  readonly db: Db;
  readonly clock: Clock;
  readonly config: Pick<Config, 'ENCRYPTION_KEY' | 'HASH_SECRET'>;
};

export type GivenCallback = {
  /** The last part of the address, which names the provider. */
  readonly name: string;
  readonly senderId: string;
  readonly query: Query;
};

/**
 * Receives a provider's callback: verifies its origin on the raw bytes, folds the reported statuses, keeps messages
 * that people wrote, and notes whether the sender works. Duplicates and disorder change nothing. Reports of unknown
 * messages and other kinds of callback are ignored.
 * @throws DomainError notification.callback_refused
 */
export async function receiveCallback(
  deps: CallbackDeps,
  input: GivenCallback & {
    readonly body: Uint8Array;
    header(name: string): string | undefined;
    readonly onVerified: () => void;
  },
): Promise<void> {
  const { sender, plugin, credentials } = await findParty(deps, input);
  if (!plugin.isGenuine(input, credentials)) throw callbackRefused();
  input.onVerified();
  const { statuses, inbound, session } = plugin.readCallback(input.body);
  if (statuses.length > 0) {
    await takeStatuses(deps.db, { sender, statuses, areNamed: plugin.namesDeliveries });
  }
  for (const message of inbound) await storeInbound(deps, sender, message);
  if (session?.works === true) await warmSender(deps.db, sender.id);
  if (session?.works === false) {
    await coolSender(deps.db, { senderId: sender.id, minutes: sessionCoolMinutes, failure: session.failure });
  }
}

/**
 * Answers the question by which a provider checks that a callback address wants its callbacks.
 * @returns the body to answer with
 * @throws DomainError notification.callback_refused
 */
export async function answerHandshake(deps: CallbackDeps, input: GivenCallback): Promise<string> {
  const { plugin, credentials } = await findParty(deps, input);
  const answer = plugin.handshake(input.query, credentials);
  if (answer === undefined) throw callbackRefused();
  return answer;
}

/** An unknown provider or sender is refused like a wrong signature. */
async function findParty({ db, config }: CallbackDeps, { name, senderId }: GivenCallback) {
  const kind = kindOfCallback(name);
  const sender = kind === undefined ? undefined : await findSenderForCallback(db, { kind, senderId });
  if (sender === undefined) throw callbackRefused();
  return {
    sender,
    plugin: pluginOf(sender.kind),
    credentials: openSenderCredentials(config.ENCRYPTION_KEY, sender),
  };
}

async function takeStatuses(
  db: Db,
  { sender, statuses, areNamed }: { sender: Sender; statuses: readonly StatusReport[]; areNamed: boolean },
): Promise<void> {
  if (areNamed) {
    const named = statuses.filter((report): report is NamedReport => report.messageId !== undefined);
    await transaction(db, async (tx) => {
      await foldStatuses(tx, sender, named);
      // This affects all organisers, so only the platform's senders are believed. An organiser has its senders' keys,
      // and could silence anybody.
      const isBelieved = sender.organizerId === null;
      const gone = named
        .filter(({ failure }) => isBelieved && failure === noWhatsappFailure)
        .map(({ messageId }) => messageId);
      for (const recipientKey of gone.length === 0 ? [] : await recipientKeysOf(tx, gone, sender.organizerId)) {
        await suppressRecipient(tx, { channel: 'whatsapp', recipientKey, reason: 'no_whatsapp', days: noWhatsappDays });
      }
    });
  } else {
    // Committed before the fold looks. The answer to the sending may be written at this moment, and is looked at
    // afterwards.
    await keepStatuses(db, sender.id, statuses);
    await foldKeptStatuses(db, sender, statuses);
  }
  for (const { status } of statuses) if (status !== undefined) deliveryStatusesReported.inc({ status });
}
