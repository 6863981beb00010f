import type { RedisClient } from '../../platform/redis-client.ts';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import { mayAsk, noteAnswer, noteSilence } from '../../platform/redis.ts';
import { type Counted, counted, createInsurance } from './insurance.ts';
import { insuredTotal } from '../metrics.ts';
import type { Policy } from './policies.ts';

/** Points of one policy: in Redis for all processes together, in memory while Redis is down. */
export type PointStore = {
  /** Counts up to `wanted` points of a key and returns how many are within the limit. Never rejects. */
  take(id: string, wanted: number): Promise<CountedShare>;
  forget(id: string): Promise<void>;
};

export type CountedShare = {
  /** Points that the caller may spend: all it wanted, the rest, or none. */
  readonly tokens: number;
  /** Points left for the next caller. */
  readonly remaining: number;
  readonly millisecondsLeft: number;
};

/** Redis must answer within this time; with the rest of the decision that stays below 50 ms. */
const redisDeadlineMsDefault = 40;
/** A timer that fires later than this means that our event loop was blocked, not that Redis was slow. */
const timerLatenessMs = 5;
const deadlineExtensionsMax = 3;
/** Retry-After for a key without points while Redis does not answer. */
const redisPauseMs = 1000;
/** A key refused without Redis is checked again after this time, even in a window of a day: Redis may be back. */
const insuredRefusalMsMax = 60_000;

export type PointStoreDeps = {
  readonly redis: RedisClient;
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
  const insurance = createInsurance({ ...policy, points: insuredPoints });

  const takeShared = async (id: string, wanted: number): Promise<CountedShare | undefined> => {
    if (!mayAsk(deps.redis)) return undefined;
    const result = await within(redisDeadlineMs, counted(shared.consume(id, wanted)));
    if (result === undefined) {
      noteSilence(deps.redis);
      return undefined;
    }
    noteAnswer(deps.redis);
    const share = shareOf(result, policy.points, wanted, policy.seconds);
    // The insurance knows what this process has taken. Losing Redis therefore does not hand out the limit again.
    if (share.tokens > 0) await insurance.add(id, share.tokens);
    return share;
  };

  const takeInsured = async (id: string, wanted: number): Promise<CountedShare> => {
    insuredTotal.inc({ policy: policy.name });
    const fewer = Math.min(wanted, Math.max(Math.floor(insuredPoints / 10), 1));
    const result = await insurance.add(id, fewer);
    if (result === undefined) return { tokens: 0, remaining: 0, millisecondsLeft: redisPauseMs };
    const share = shareOf(result, insuredPoints, fewer, policy.seconds);
    return share.tokens > 0
      ? share
      : { ...share, millisecondsLeft: Math.min(share.millisecondsLeft, insuredRefusalMsMax) };
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
      await insurance.forget(id);
    },
  };
}

/** How many of the points just counted were within the limit: a share that crosses it is good up to it. */
function shareOf(result: Counted, points: number, wanted: number, seconds: number): CountedShare {
  const before = result.consumedPoints - wanted;
  return {
    tokens: Math.max(Math.min(wanted, points - before), 0),
    remaining: Math.max(points - result.consumedPoints, 0),
    millisecondsLeft: result.msBeforeNext > 0 ? result.msBeforeNext : seconds * 1000,
  };
}

/** Undefined without an answer in time. Time in which our event loop was blocked does not count. */
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
          // If an answer has arrived meanwhile, it is read from the socket before this runs.
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
