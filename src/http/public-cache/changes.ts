import { randomBytes } from 'node:crypto';
import { type RedisClient, subscribeTo } from '../../platform/redis-client.ts';
import type { Log } from '../../platform/log.ts';
import { raiseGenerations } from './shared.ts';

/** One message per change: the sender, then the tags, separated by spaces. */
const channel = 'antre:cached-reads:changed';

export type ChangeFeed = { push(tags: readonly string[]): Promise<void>; close(): void };

/**
 * Carries changes between processes, and listens on a connection of its own. `onGap` is called each time listening
 * begins again, because changes may have been missed.
 *
 * Call `push` after the commit. It first outdates the shared bytes, so that a process that learns of the change finds
 * no old ones there. Then it tells this process, then the others. While Redis is down, only time is lost: bytes expire
 * by age.
 */
export function openChangeFeed(deps: {
  redis: RedisClient;
  log: Log;
  onChange: (tags: readonly string[]) => void;
  onGap: () => void;
}): ChangeFeed {
  const { redis, onChange, onGap } = deps;
  const ownName = randomBytes(9).toString('base64url');
  const subscription = subscribeTo(redis, channel, {
    message: (text) => {
      const [sender, ...tags] = text.split(' ');
      if (sender !== ownName) onChange(tags);
    },
    ready: onGap,
  });
  return {
    push: (tags) => push(deps, ownName, tags),
    close: () => subscription.close(),
  };
}

/** Pushes changes from a process without cached answers: the worker. */
export function createChangePush(deps: { redis: RedisClient; log: Log }): (tags: readonly string[]) => Promise<void> {
  return (tags) => push({ ...deps, onChange: () => {} }, 'worker', tags);
}

async function push(
  { redis, log, onChange }: { redis: RedisClient; log: Log; onChange: (tags: readonly string[]) => void },
  sender: string,
  tags: readonly string[],
): Promise<void> {
  try {
    await outdateShared(redis, tags).finally(() => onChange(tags));
    await redis.publish(channel, [sender, ...tags].join(' '));
  } catch (error) {
    log.warn({ err: error, tags }, 'a change was not pushed; caches expire by age');
  }
}

async function outdateShared(redis: RedisClient, tags: readonly string[]): Promise<void> {
  if (redis.status !== 'ready') throw new Error('Redis is away');
  await raiseGenerations(redis, tags);
}
