import { hash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { mayAsk, noteAnswer, noteSilence } from '../platform/redis.ts';
import { insuredTotal } from './metrics.ts';
import type { Policy } from './policies.ts';

/** Points of one policy: in Redis for all processes together, in memory when Redis is away. */
export type PointStore = {
  /** Counts up to `wanted` points of a key and says how many of them are within the limit. Never rejects. */
  take(id: string, wanted: number): Promise<CountedShare>;
  forget(id: string): Promise<void>;
};

export type CountedShare = {
  /** Points that the caller may spend: all it wanted, what was left, or none. */
  readonly tokens: number;
  /** Points that are left for whoever asks next. */
  readonly remaining: number;
  readonly millisecondsLeft: number;
};

/** Redis answers within this or is left out; with the rest of the decision that stays under 50 ms. */
const redisDeadlineMsDefault = 40;
/** A timer that fires later than this says that our own loop was held up, not Redis. */
const timerLatenessMs = 5;
const deadlineExtensionsMax = 3;
/** What a key without points is told to wait while Redis cannot say. */
const redisPauseMs = 1000;
/** The memory insurance keeps a timer per key; keys are folded into so many, so that an attack cannot fill the memory. */
const insuredKeysMax = 16_384;

export type PointStoreDeps = {
  readonly redis: Redis;
  readonly processes: number;
  readonly redisDeadlineMs?: number;
};

export function createPointStore(deps: PointStoreDeps, policy: Policy): PointStore {
  const redisDeadlineMs = deps.redisDeadlineMs ?? redisDeadlineMsDefault;
  const shared = new RateLimiterRedis({
    storeClient: deps.redis,
    keyPrefix: 'limit',
    points: policy.points,
    duration: policy.seconds,
    rejectIfRedisNotReady: true,
  });
  const insuredPoints = Math.max(Math.floor(policy.points / deps.processes), 1);
  const insurance = new RateLimiterMemory({ keyPrefix: 'limit', points: insuredPoints, duration: policy.seconds });

  const takeShared = async (id: string, wanted: number): Promise<CountedShare | undefined> => {
    if (!mayAsk(deps.redis)) return undefined;
    const result = await within(redisDeadlineMs, counted(shared.consume(id, wanted)));
    if (result === undefined) {
      noteSilence(deps.redis);
      return undefined;
    }
    noteAnswer(deps.redis);
    const share = shareOf(result, policy.points, wanted, policy.seconds);
    // The insurance knows what this process has taken, so that losing Redis does not hand out the limit again.
    if (share.tokens > 0) await insurance.penalty(folded(id), share.tokens);
    return share;
  };

  const takeInsured = async (id: string, wanted: number): Promise<CountedShare> => {
    insuredTotal.inc({ policy: policy.name });
    const fewer = Math.min(wanted, Math.max(Math.floor(insuredPoints / 10), 1));
    const result = await counted(insurance.consume(folded(id), fewer));
    return result === undefined
      ? { tokens: 0, remaining: 0, millisecondsLeft: redisPauseMs }
      : shareOf(result, insuredPoints, fewer, policy.seconds);
  };

  return {
    take: async (id, wanted) => (await takeShared(id, wanted)) ?? takeInsured(id, wanted),
    forget: async (id) => {
      if (mayAsk(deps.redis)) {
        const forgotten = await within(
          redisDeadlineMs,
          shared.delete(id).catch(() => undefined),
        );
        if (forgotten === undefined) noteSilence(deps.redis);
        else noteAnswer(deps.redis);
      }
      await insurance.delete(folded(id));
    },
  };
}

/** The library rejects with its result when the points are used up, and with an error when the store failed. */
function counted(consumed: Promise<RateLimiterRes>): Promise<RateLimiterRes | undefined> {
  return consumed.catch((refused: unknown) => (refused instanceof RateLimiterRes ? refused : undefined));
}

/** What of the points just counted was still within the limit: a share that crosses it is good up to it. */
function shareOf(result: RateLimiterRes, points: number, wanted: number, seconds: number): CountedShare {
  const before = result.consumedPoints - wanted;
  return {
    tokens: Math.max(Math.min(wanted, points - before), 0),
    remaining: Math.max(points - result.consumedPoints, 0),
    millisecondsLeft: result.msBeforeNext > 0 ? result.msBeforeNext : seconds * 1000,
  };
}

function folded(id: string): string {
  return String(Number.parseInt(hash('sha256', id, 'hex').slice(0, 8), 16) % insuredKeysMax);
}

/** Undefined when there was no answer in time. Time in which our own loop stood still does not count. */
function within<T>(milliseconds: number, work: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout;
    let extensions = 0;
    const start = (): void => {
      const due = performance.now() + milliseconds;
      timer = setTimeout(() => {
        const late = performance.now() - due > timerLatenessMs;
        if (late && extensions < deadlineExtensionsMax) {
          extensions += 1;
          start();
          // An answer that has arrived meanwhile is read from the socket before this runs.
        } else setImmediate(resolve, undefined);
      }, milliseconds);
    };
    start();
    void work.then((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}
