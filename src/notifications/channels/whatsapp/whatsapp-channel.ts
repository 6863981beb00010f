import type { SendResult, WhatsappChannel } from '../../channel.ts';
import { createSenderCache } from '../../senders/sender-cache.ts';
import { inOrder, maySend } from './choose-sender.ts';
import { type Attempt, type WhatsappOptions, createTrySender } from './try-sender.ts';

const sendersTriedMax = 3;
/** After this long no further sender is tried, because the job's own time ends soon. */
const failoverMs = 12_000;
const noSenderPauseSeconds = 60;

/**
 * WhatsApp by any of its providers. No process holds a session: any worker sends from any number.
 *
 * A recipient gets messages from the sender that wrote last, otherwise by weight, and from the organiser's own senders
 * before the platform's. The rate of a sender is counted in Redis and its cap in Postgres, for all processes together.
 * Another sender is tried only if the message was certainly not accepted.
 */
export function createWhatsappChannel(options: WhatsappOptions): WhatsappChannel {
  const sendersOf = createSenderCache(options);
  // A sender of the platform is every organiser's.
  const trySender = createTrySender(options, () => options.invalidations.invalidate('senders'));
  return {
    send: async (message, signal) => {
      const startedAt = performance.now();
      // A test is about the sender's present state.
      if (message.onlySenderId !== undefined) sendersOf.forget();
      const inUse = (await sendersOf.get(message.organizerId)).filter(
        ({ id }) => message.onlySenderId === undefined || message.onlySenderId === id,
      );
      const able = inUse.filter((sender) => maySend(sender, message));
      if (inUse.length > 0 && able.length === 0) return { kind: 'failed', failure: 'template_not_approved' };
      const ready = able.filter(({ hasTurns }) => hasTurns);
      if (able.length > 0 && ready.length === 0) return noSender('senders_capped');
      const passed: Attempt[] = [];
      for (const sender of inOrder(ready, message).slice(0, sendersTriedMax)) {
        if (performance.now() - startedAt > failoverMs) break;
        const result = await trySender(sender, message, signal);
        if (isEnd(result)) return result;
        passed.push(result);
      }
      const [first] = passed;
      if (message.onlySenderId !== undefined && first?.kind === 'retired') return { ...first, kind: 'failed' };
      return resultOfNone(passed);
    },
  };
}

const reasonsToGoOn: readonly string[] = ['circuit_open', 'capped', 'not_sent', 'retired'];

function isEnd(result: Attempt): result is SendResult {
  return !reasonsToGoOn.includes(result.kind);
}

/** No sender accepted it: try again soon if one may be back soon, otherwise there is none. */
function resultOfNone(passed: readonly Attempt[]): SendResult {
  const pauses = passed.flatMap((result) => (result.kind === 'circuit_open' ? [result.seconds] : []));
  if (pauses.length > 0) return { kind: 'later', failure: 'circuit_open', seconds: Math.min(...pauses), unspent: true };
  const notSent = passed.find((result) => result.kind === 'not_sent');
  if (notSent !== undefined) return { kind: 'later', failure: notSent.failure };
  const isCapped = passed.length > 0 && passed.every(({ kind }) => kind === 'capped');
  return noSender(isCapped ? 'senders_capped' : 'no_sender');
}

const noSender = (failure: string): SendResult => ({ kind: 'no_sender', failure, seconds: noSenderPauseSeconds });
