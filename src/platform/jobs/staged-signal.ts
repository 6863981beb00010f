import { type RedisClient, subscribeTo } from '../redis-client.ts';
import { hearStaged } from './tell-staged.ts';

/**
 * Tells the relays of all workers that jobs were staged, so that they look at once instead of at their next poll. A signal may
 * be lost: the poll finds the jobs then. Redis carries it, not NOTIFY: Postgres commits transactions that notify one after
 * the other, each with its flush to disk (`docs/decisions/0003-outbox-and-relay.md`).
 */
const channel = 'antre:jobs:staged';
/** A process sends at most one signal in this time. A signal that comes sooner is sent at its end. */
const signalEveryMs = 20;

/**
 * Sends a signal after each commit of this process that has staged jobs. A commit costs a comparison while a signal is on its way.
 * @returns the function that stops it
 */
export function signalStaged(redis: RedisClient): () => void {
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
  const stop = hearStaged(() => {
    if (timer === undefined) publish();
    else isWanted = true;
  });
  return () => {
    stop();
    clearTimeout(timer);
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
