import { type RedisClient, subscribeTo } from '../redis-client.ts';

/**
 * Tells the relays of all workers that jobs were staged, so that they look at once instead of at their next poll. A signal may
 * be lost: the poll finds the jobs then. Redis carries it, not NOTIFY: Postgres commits transactions that notify one after
 * the other, each with its flush to disk (`docs/decisions/0003-outbox-and-relay.md`).
 */
const channel = 'antre:jobs:staged';
/** A process sends at most one signal in this time. A signal that comes sooner is sent at its end. */
const signalEveryMs = 20;

export type StagedSignal = { send(): void; close(): void };

/** Call `send` after the commit. It costs a comparison while a signal is on its way. */
export function createStagedSignal(redis: RedisClient): StagedSignal {
  let timer: NodeJS.Timeout | undefined;
  let isWanted = false;
  const publish = (): void => {
    isWanted = false;
    timer = setTimeout(() => {
      timer = undefined;
      if (isWanted) publish();
    }, signalEveryMs);
    timer.unref();
    if (redis.status === 'ready') redis.publish(channel, '').catch(() => {});
  };
  return {
    send: () => {
      if (timer === undefined) publish();
      else isWanted = true;
    },
    close: () => clearTimeout(timer),
  };
}

export type StagedListener = { isListening(): boolean; close(): void };

/** Calls `wake` for each signal, and once whenever listening begins again, because signals may have been missed. */
export function listenForStaged(redis: RedisClient, wake: () => void): StagedListener {
  let isListening = false;
  const { close } = subscribeTo(redis, channel, {
    message: wake,
    ready: () => {
      isListening = true;
      wake();
    },
    close: () => {
      isListening = false;
    },
  });
  return { isListening: () => isListening, close };
}
