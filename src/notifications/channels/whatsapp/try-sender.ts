import type { RedisClient } from '../../../platform/redis-client.ts';
import type { Config } from '../../../config.ts';
import { systemClock } from '../../../platform/clock.ts';
import type { Db } from '../../../platform/database/db.ts';
import type { Invalidations } from '../../../platform/invalidation/invalidations.ts';
import type { Log } from '../../../platform/log.ts';
import type { SendResult } from '../../channel.ts';
import { CircuitOpenError, createCallGuard } from '../../../platform/resilience/call-guard.ts';
import { createRenderText } from '../../message-texts/render-text.ts';
import { senderAnswers, senderFailures } from '../../metrics.ts';
import { type UsableSender, coolSender, disableSender, noteCircuit } from '../../senders/queries.ts';
import { openSenderCredentials } from '../../senders/sender-credentials.ts';
import { createSenderRate } from '../../senders/sender-rate.ts';
import { createTakeTurn, returnTurn } from '../../senders/take-turns.ts';
import type { OutgoingMessage } from './choose-sender.ts';
import { pluginOf } from './registry.ts';
import type { SenderAction, SenderAnswer, SenderConfig } from './sender-plugin.ts';

export type WhatsappOptions = {
  readonly db: Db;
  readonly redis: RedisClient;
  readonly log: Log;
  readonly invalidations: Invalidations;
  readonly config: SenderConfig & Pick<Config, 'ENCRYPTION_KEY' | 'PUBLIC_URL'>;
  /** How long an open circuit waits before it is probed. */
  readonly circuitPauseMs?: number;
};

const throttledPauseSeconds = 2;

/** The outcome of one sender: final, or a reason to ask the next one. */
export type Attempt =
  | SendResult
  | { readonly kind: 'circuit_open'; readonly seconds: number }
  | { readonly kind: 'capped' }
  | { readonly kind: 'not_sent'; readonly failure: string }
  | { readonly kind: 'retired'; readonly failure: string };

export type TrySender = (sender: UsableSender, message: OutgoingMessage, signal: AbortSignal) => Promise<Attempt>;

/**
 * Sends one message by one sender, if its circuit, its rate and its cap of the day allow it.
 * @param onRetired called if a sender was taken out of use
 */
export function createTrySender(options: WhatsappOptions, onRetired: () => void): TrySender {
  const { db, log } = options;
  const rate = createSenderRate(options.redis);
  const takeTurn = createTakeTurn(db);
  const call = createCall(options);

  const retire = async (sender: UsableSender, action: SenderAction, failure: string): Promise<void> => {
    senderFailures.inc({ action: action.name });
    log.error({ senderId: sender.id, failure, action: action.name }, 'a WhatsApp sender was taken out of use');
    if (action.name === 'disable') await disableSender(db, sender.id, failure);
    else await coolSender(db, { senderId: sender.id, minutes: action.minutes, failure });
    onRetired();
  };

  return async (sender, message, signal) => {
    const pause = call.pauseOf(sender, message);
    if (pause > 0) return { kind: 'circuit_open', seconds: pause };
    const waitSeconds = await rate.take(sender);
    if (waitSeconds > 0) return { kind: 'later', failure: 'sender_rate', seconds: waitSeconds, unspent: true };
    const takenAt = systemClock.now();
    if (!(await takeTurn(sender.id, message.deliveryId))) return { kind: 'capped' };
    let answer: SenderAnswer | undefined;
    try {
      answer = await call.run(sender, message, signal);
    } catch (error) {
      if (!(error instanceof CircuitOpenError)) throw error;
      return { kind: 'circuit_open', seconds: error.seconds };
    } finally {
      // A message that was not accepted does not count against the sender's day.
      if (answer?.kind !== 'accepted' && answer?.kind !== 'unknown') await returnTurn(db, sender.id, takenAt);
    }
    senderAnswers.inc({ kind: sender.kind, answer: answer.kind });
    if (answer.kind === 'later' && answer.isThrottled === true) await rate.pause(sender, throttledPauseSeconds);
    if (answer.kind === 'sender') {
      await retire(sender, answer.action, answer.failure);
      return { kind: 'retired', failure: answer.failure };
    }
    if (answer.kind === 'message') {
      const { failure } = answer;
      log.error({ failure, template: message.message.template }, 'a WhatsApp provider refuses our message');
    }
    return resultOf(answer, sender);
  };
}

/** A call to a provider, behind the sender's circuit. */
function createCall({ db, log, config, invalidations, circuitPauseMs }: WhatsappOptions) {
  const render = createRenderText({ db, publicUrl: config.PUBLIC_URL, invalidations });
  const guard = createCallGuard({
    toward: 'whatsapp',
    ...(circuitPauseMs === undefined ? {} : { pauseMs: circuitPauseMs }),
    onChange: (senderId, openMs) => {
      noteCircuit(db, { senderId, openMs }).catch((err: unknown) =>
        log.warn({ err, senderId }, 'the circuit of a sender could not be recorded'),
      );
    },
  });
  return {
    /** Seconds until this sender may be asked; 0 for now. */
    pauseOf: (sender: UsableSender, { tries }: OutgoingMessage): number => guard.acquire(sender.id, tries > 1 ? 1 : 0),
    run: async (sender: UsableSender, message: OutgoingMessage, signal: AbortSignal): Promise<SenderAnswer> => {
      const plugin = pluginOf(sender.kind);
      const credentials = openSenderCredentials(config.ENCRYPTION_KEY, sender);
      const text = plugin.hasTemplates ? '' : await render(message.organizerId, message.message);
      const { to, deliveryId, tries } = message;
      const shared = { externalId: sender.externalId, credentials, to, deliveryId, message: message.message };
      return guard.run(
        sender.id,
        (isProbe) => plugin.send({ ...shared, text, tries, signal, isProbe }, config),
        isFault,
      );
    },
  };
}

/** No answer, or an error of the server. Answers about one message or sender do not count. */
function isFault(answer: SenderAnswer): boolean {
  return (
    answer.kind === 'unknown' || answer.kind === 'not_sent' || (answer.kind === 'later' && answer.isFault === true)
  );
}

function resultOf(answer: Exclude<SenderAnswer, { kind: 'sender' }>, sender: UsableSender): Attempt {
  const { kind } = answer;
  if (kind === 'accepted') {
    const early = pluginOf(sender.kind).namesDeliveries ? {} : { hasEarlyStatuses: true };
    return { kind, providerMessageId: answer.providerMessageId, senderId: sender.id, ...early };
  }
  const { failure } = answer;
  switch (kind) {
    case 'unknown':
      return { kind, failure, senderId: sender.id };
    case 'later':
      return { kind, failure, ...(answer.seconds === undefined ? {} : { seconds: answer.seconds }) };
    case 'recipient':
      return { kind: 'failed', failure, ...(answer.suppress === undefined ? {} : { suppress: answer.suppress }) };
    case 'message':
      return { kind: 'failed', failure: `template_${failure}` };
    default:
      return { kind, failure };
  }
}
