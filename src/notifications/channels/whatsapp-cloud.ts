import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { type CallGuard, CircuitOpenError, createCallGuard } from '../../platform/resilience/call-guard.ts';
import { hmacSha256 } from '../../platform/crypto.ts';
import type { Db } from '../../platform/database/db.ts';
import type { Log } from '../../platform/log.ts';
import type { SendResult, WhatsappChannel } from '../channel.ts';
import { senderFailures } from '../metrics.ts';
import { openSenderCredentials } from '../senders/sender-credentials.ts';
import { coolSender, disableSender, listUsableSenders } from '../senders/queries.ts';
import type { Sender } from '../tables.ts';
import { type GraphAnswer, sendByGraph } from './graph-client.ts';
import { graphVerdict } from './graph-error.ts';

/**
 * WhatsApp by the Cloud API. No process holds a session: any worker sends from any number.
 *
 * A recipient sees one number as long as it can send (rendezvous hashing), the organiser's own before the platform's.
 * The rate of a number is counted in Redis for all processes together; without Redis each process keeps to the whole
 * rate by itself, which the API's own limit then corrects. Another number is tried only when it is certain that the
 * message was not taken.
 */
export type WhatsappOptions = {
  readonly db: Db;
  readonly redis: Redis;
  readonly log: Log;
  readonly graphUrl: string;
  readonly graphVersion: string;
  readonly encryptionKey: string;
  /** Another one comes in with tests. */
  readonly guard?: CallGuard;
};

const sendersKeptMs = 5000;
const blockedCoolMinutes = 60;
const sendersTriedMax = 3;
const noSenderPauseSeconds = 60;
const throttledPauseSeconds = 2;

export function createWhatsappChannel(options: WhatsappOptions): WhatsappChannel {
  const sendersOf = createSenderCache(options.db);
  const rate = createSenderRate(options.redis);
  const guard = options.guard ?? createCallGuard({ toward: 'whatsapp' });

  const retire = async (
    sender: Sender,
    { action, minutes, failure }: { action: 'cool' | 'disable'; minutes: number; failure: string },
  ): Promise<void> => {
    senderFailures.inc({ action });
    options.log.error({ senderId: sender.id, failure, action }, 'a WhatsApp sender is taken out of use');
    if (action === 'disable') await disableSender(options.db, sender.id, failure);
    else await coolSender(options.db, { senderId: sender.id, minutes, failure });
    sendersOf.forget();
  };

  const attempt = async (
    sender: Sender,
    message: Parameters<WhatsappChannel['send']>[0],
    signal: AbortSignal,
  ): Promise<Attempt> => {
    const pause = guard.acquire(sender.id, message.tries > 1 ? 1 : 0);
    if (pause > 0) return { kind: 'circuit_open', seconds: pause };
    const waitSeconds = await rate.take(sender);
    if (waitSeconds > 0) return { kind: 'later', failure: 'sender_rate', seconds: waitSeconds, unspent: true };
    const answer = await guard.run(
      sender.id,
      (isProbe) =>
        sendByGraph({
          graphUrl: options.graphUrl,
          version: options.graphVersion,
          phoneNumberId: sender.phoneNumberId,
          accessToken: openSenderCredentials(options.encryptionKey, sender).accessToken,
          to: message.to,
          deliveryId: message.deliveryId,
          message: message.message,
          signal,
          isProbe,
        }),
      isTransportFault,
    );
    if (isThrottled(answer, message.tries)) await rate.pause(sender, throttledPauseSeconds);
    return toResult(answer, sender, message.tries);
  };

  return {
    send: async (message, signal) => {
      const pauses: number[] = [];
      const usable = bySticky(await sendersOf.get(message.organizerId), message.recipientKey);
      for (const sender of usable.slice(0, sendersTriedMax)) {
        const result = await attempt(sender, message, signal).catch(circuitOpen);
        if (result.kind === 'circuit_open') {
          pauses.push(result.seconds);
          continue;
        }
        if (result.kind !== 'sender') {
          if (result.kind === 'failed' && result.failure.startsWith('template_')) {
            options.log.error(
              { failure: result.failure, template: message.message.template },
              'WhatsApp refuses our template or request',
            );
          }
          return result;
        }
        await retire(sender, { action: result.action, minutes: blockedCoolMinutes, failure: result.failure });
      }
      if (pauses.length > 0)
        return { kind: 'later', failure: 'circuit_open', seconds: Math.min(...pauses), unspent: true };
      return { kind: 'later', failure: 'no_sender', seconds: noSenderPauseSeconds, unspent: true };
    },
  };
}

/** Nothing was tried with this number; another one may be asked. */
type CircuitOpen = { readonly kind: 'circuit_open'; readonly seconds: number };
type Attempt =
  | SendResult
  | CircuitOpen
  | { readonly kind: 'sender'; readonly action: 'cool' | 'disable'; readonly failure: string };

function circuitOpen(error: unknown): CircuitOpen {
  if (error instanceof CircuitOpenError) return { kind: 'circuit_open', seconds: error.seconds };
  throw error;
}

/** No answer, or that of a server in trouble; what the API says of one message or number is about that. */
function isTransportFault(answer: GraphAnswer): boolean {
  return (
    answer.kind === 'unknown' || answer.kind === 'not_sent' || (answer.kind === 'refused' && answer.httpStatus >= 500)
  );
}

function toResult(answer: GraphAnswer, sender: Sender, tries: number): Attempt {
  if (answer.kind === 'accepted') return { kind: 'accepted', providerMessageId: answer.wamid, senderId: sender.id };
  if (answer.kind === 'unknown') return { kind: 'unknown', failure: answer.failure, senderId: sender.id };
  if (answer.kind === 'not_sent') return { kind: 'later', failure: answer.failure };
  const failure = answer.code === undefined ? `http_${answer.httpStatus}` : `graph_${answer.code}`;
  const verdict = graphVerdict(answer.code, answer.httpStatus, tries);
  switch (verdict.kind) {
    case 'later':
      return { kind: 'later', failure, ...(verdict.seconds === undefined ? {} : { seconds: verdict.seconds }) };
    case 'recipient':
      return { kind: 'failed', failure, ...(verdict.suppress === undefined ? {} : { suppress: verdict.suppress }) };
    case 'template':
      return { kind: 'failed', failure: `template_${failure}` };
    default:
      return { kind: 'sender', action: verdict.action, failure };
  }
}

/** The organiser's own numbers first, then the platform's; among them always the same order for one recipient. */
function bySticky(senders: readonly Sender[], recipientKey: string): Sender[] {
  const weight = (sender: Sender) =>
    `${sender.organizerId === null ? 1 : 0}${hmacSha256(recipientKey, sender.id).toString('hex')}`;
  return senders
    .map((sender) => ({ sender, weight: weight(sender) }))
    .sort((first, second) => (first.weight < second.weight ? -1 : 1))
    .map(({ sender }) => sender);
}

const organizersKeptMax = 1000;

function createSenderCache(db: Db) {
  const kept = new Map<string, { readonly senders: Promise<Sender[]>; readonly until: number }>();
  return {
    get: (organizerId: string): Promise<Sender[]> => {
      const known = kept.get(organizerId);
      if (known !== undefined && known.until > performance.now()) return known.senders;
      if (kept.size >= organizersKeptMax) kept.clear();
      const senders = listUsableSenders(db, organizerId);
      senders.catch(() => kept.delete(organizerId));
      kept.set(organizerId, { senders, until: performance.now() + sendersKeptMs });
      return senders;
    },
    forget: () => kept.clear(),
  };
}

/** The number's rate, counted for all processes together. */
function createSenderRate(redis: Redis) {
  const limiters = new Map<number, RateLimiterRedis>();
  const limiterOf = ({ messagesPerSecond: points }: Sender): RateLimiterRedis => {
    const known = limiters.get(points);
    if (known !== undefined) return known;
    const limiter = new RateLimiterRedis({
      storeClient: redis,
      keyPrefix: 'sender-rate',
      points,
      duration: 1,
      rejectIfRedisNotReady: true,
      insuranceLimiter: new RateLimiterMemory({ points, duration: 1 }),
    });
    limiters.set(points, limiter);
    return limiter;
  };
  return {
    /** Takes one message from the rate; answers with the whole seconds to wait, 0 for go. */
    take: async (sender: Sender): Promise<number> => {
      try {
        await limiterOf(sender).consume(sender.id);
        return 0;
      } catch (rejected) {
        if (rejected instanceof RateLimiterRes) return Math.max(Math.ceil(rejected.msBeforeNext / 1000), 1);
        throw rejected;
      }
    },
    /** The provider asks to slow down: nobody sends from this number for some seconds. */
    pause: async (sender: Sender, seconds: number): Promise<void> => {
      await limiterOf(sender).block(sender.id, seconds);
    },
  };
}

function isThrottled(answer: GraphAnswer, tries: number): boolean {
  if (answer.kind !== 'refused') return false;
  const verdict = graphVerdict(answer.code, answer.httpStatus, tries);
  return verdict.kind === 'later' && verdict.throttled;
}
