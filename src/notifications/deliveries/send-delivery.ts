import { setTimeout as pause } from 'node:timers/promises';
import { backOffSeconds } from '../../platform/resilience/back-off.ts';
import { isUnavailable } from '../../platform/database/db-errors.ts';
import { tellChange } from '../../platform/changes.ts';
import { eventIdOf, idPatterns } from '../../platform/ids.ts';
import { DomainError } from '../../platform/errors.ts';
import { RetryLater } from '../../platform/jobs/retry-later.ts';
import type { Composed, EmailChannel, SendResult, WhatsappChannel } from '../channel.ts';
import { type ComposeDeps, composeMessage } from './compose-message.ts';
import { type Claim, endDelivery, isMailedToo, markUnknown, requeueDelivery, suppressRecipient } from './queries.ts';
import { foldEarlyStatuses } from '../callbacks/gateway-statuses.ts';
import { pluginOf } from '../channels/whatsapp/registry.ts';
import { deliveriesSent, deliverySeconds } from '../metrics.ts';

export type SendDeliveryDeps = ComposeDeps & {
  readonly email: EmailChannel;
  readonly whatsapp: WhatsappChannel;
};

const giveUpAfterHours = 48;
/** A mail is given up only by its age. */
const whatsappUnknownsMax = 3;
/** How long a WhatsApp message waits for a sender before only the mail is sent. */
const senderWaitSeconds = 900;
const pauseFirstSeconds = 4;
const pauseMaxSeconds = 600;
/** Time beyond the pause after which the returning job counts as lost. */
const recheckAfterSeconds = 900;
/** Shorter than the time for which a worker claims a delivery (`sendingMaxSeconds`). */
const writtenWithinMs = 6_000;
const writeAgainMs = 500;

/**
 * Sends one delivery. Safe to repeat at any point: the row says what is left to do, and the job's own repeats are
 * counted there. If the worker crashes between the provider's acceptance and our record, a mail is sent again under the
 * same Message-ID, and a WhatsApp message stays unknown until its status comes or the wait is over. The same holds for
 * a provider that has the message and does not answer.
 * @throws RetryLater if it must be tried again
 */
export async function sendDelivery(
  deps: SendDeliveryDeps,
  { deliveryId }: { deliveryId: string },
  signal: AbortSignal,
): Promise<void> {
  const taken = await deps.deliveries.claim(deliveryId);
  if (taken.kind === 'busy') throw new RetryLater(Math.ceil(taken.seconds) + 1, 'in other hands');
  if (taken.kind === 'nothing_to_do') return;
  const { claim } = taken;
  // Its sender crashed. It waits for a status, and returns through `recoverDeliveries`.
  if (claim.status === 'unknown') return;
  if (claim.suppressed) return end(deps, claim, { status: 'suppressed', failure: 'suppressed' });
  if (claim.age_seconds > giveUpAfterHours * 3600) return end(deps, claim, { status: 'failed', failure: 'gave_up' });
  if (claim.channel === 'whatsapp' && claim.unknowns >= whatsappUnknownsMax)
    return end(deps, claim, { status: 'failed', failure: 'outcome_unknown' });
  if (claim.unknowns > 0 && claim.sender_kind !== null && !pluginOf(claim.sender_kind).namesDeliveries) {
    return end(deps, claim, { status: 'failed', failure: 'outcome_unknown' });
  }
  const composed = await orRequeue(deps, claim, 'compose', () => composeMessage(deps, claim));
  if (composed === undefined) return end(deps, claim, { status: 'suppressed', failure: 'nothing_to_say' });
  const result = await orRequeue(deps, claim, 'send', () => send(deps, { claim, composed, signal }));
  await record(deps, claim, result);
}

/**
 * Runs one step of a delivery. If it throws, nothing has left yet, because channels return every later fault as a
 * result. The delivery is queued again, with the step and the kind of the fault as its failure.
 */
async function orRequeue<Result>(
  deps: SendDeliveryDeps,
  claim: Claim,
  step: 'compose' | 'send',
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const failure = isUnavailable(error) ? 'database' : `${step}_fault`;
    deliveriesSent.inc({ template: claim.template, channel: claim.channel, result: failure });
    await untilWritten(() =>
      requeueDelivery(deps.db, { id: claim.id, failure, unspent: false, recheckSeconds: recheckAfterSeconds }),
    );
    throw error;
  }
}

/**
 * Records a known outcome of a delivery, even if Postgres is down for some seconds. Otherwise an accepted mail would be
 * sent again, and a WhatsApp message that never left would wait for minutes for a status.
 */
async function untilWritten(write: () => Promise<void>): Promise<void> {
  const giveUpAt = performance.now() + writtenWithinMs;
  for (;;) {
    try {
      return await write();
    } catch (error) {
      const isAway = isUnavailable(error) || (error instanceof DomainError && error.retryAfterSeconds !== undefined);
      if (!isAway || performance.now() > giveUpAt) throw error;
      await pause(writeAgainMs);
    }
  }
}

async function send(
  deps: SendDeliveryDeps,
  { claim, composed, signal }: { claim: Claim; composed: Composed; signal: AbortSignal },
): Promise<SendResult> {
  if (composed.channel === 'email')
    return deps.email.send(
      {
        deliveryId: claim.id,
        tries: claim.tries,
        stream: composed.mail.unsubscribeUrl === undefined ? 'tickets' : 'news',
        to: composed.to,
        mail: composed.mail,
      },
      signal,
    );
  return deps.whatsapp.send(
    {
      deliveryId: claim.id,
      organizerId: claim.organizer_id ?? '',
      recipientKey: claim.recipient_key,
      lastSenderId: claim.last_sender_id,
      to: composed.to,
      tries: claim.tries,
      message: composed.message,
      onlySenderId: composed.onlySenderId,
    },
    signal,
  );
}

async function record(deps: SendDeliveryDeps, claim: Claim, result: SendResult): Promise<void> {
  const labels = { template: claim.template, channel: claim.channel };
  if (claim.template === 'message_test' && endsTest(result)) {
    return end(deps, claim, { status: 'failed', failure: result.failure });
  }
  switch (result.kind) {
    case 'accepted':
      await untilWritten(() =>
        deps.deliveries.accept({
          id: claim.id,
          providerMessageId: result.providerMessageId,
          senderId: result.senderId,
        }),
      );
      if (result.hasEarlyStatuses === true && result.senderId !== undefined) {
        await foldEarlyStatuses(deps.db, {
          senderId: result.senderId,
          organizerId: claim.organizer_id,
          messageId: result.providerMessageId,
        });
      }
      if (idPatterns.order.test(claim.subject_id)) tellChange({ eventId: eventIdOf(claim.subject_id), messages: 1 });
      deliveriesSent.inc({ ...labels, result: 'accepted' });
      deliverySeconds.observe(labels, claim.age_seconds);
      return;
    case 'later': {
      const seconds =
        result.seconds === undefined
          ? backOffSeconds({ tries: claim.tries, firstSeconds: pauseFirstSeconds, maxSeconds: pauseMaxSeconds })
          : notBefore(result.seconds);
      deliveriesSent.inc({ ...labels, result: 'later' });
      await untilWritten(() =>
        requeueDelivery(deps.db, {
          id: claim.id,
          failure: result.failure,
          unspent: result.unspent === true,
          recheckSeconds: seconds + recheckAfterSeconds,
        }),
      );
      throw new RetryLater(seconds, result.failure);
    }
    case 'no_sender': {
      const mayWait = result.failure !== 'senders_capped' && claim.age_seconds < senderWaitSeconds;
      if (!mayWait && (await isMailedToo(deps.db, claim.id))) {
        return end(deps, claim, { status: 'suppressed', failure: 'left_to_email' });
      }
      const { failure, seconds } = result;
      return record(deps, claim, { kind: 'later', failure, seconds, unspent: true });
    }
    case 'unknown':
      deliveriesSent.inc({ ...labels, result: 'unknown' });
      await markUnknown(deps.db, { id: claim.id, failure: result.failure, senderId: result.senderId });
      return;
    default:
      await end(deps, claim, { status: 'failed', failure: result.failure });
      if (result.suppress !== undefined) {
        const { reason, days } = result.suppress;
        await suppressRecipient(deps.db, { channel: claim.channel, recipientKey: claim.recipient_key, reason, days });
      }
  }
}

/** A test reports the answer at once. Only the sender's own pace makes it wait. */
function endsTest(result: SendResult): result is Extract<SendResult, { kind: 'later' | 'no_sender' }> {
  return result.kind === 'no_sender' || (result.kind === 'later' && result.failure !== 'sender_rate');
}

async function end(
  deps: SendDeliveryDeps,
  claim: Claim,
  { status, failure }: { status: 'failed' | 'suppressed'; failure: string },
): Promise<void> {
  deliveriesSent.inc({
    template: claim.template,
    channel: claim.channel,
    result: failure === 'gave_up' ? 'gave_up' : status,
  });
  await endDelivery(deps.db, { id: claim.id, status, failure });
}

/** Between the requested pause and one and a half of it, so that waiting deliveries do not return together. */
function notBefore(seconds: number): number {
  return Math.max(1, Math.round(seconds * (1 + Math.random() / 2)));
}
