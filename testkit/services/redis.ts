import { Redis } from 'ioredis';
import { testStack } from './stack.ts';

/** Separate databases in the two Redis servers. */
export interface TestRedis {
  /** The cache role, with its own database number in the path. */
  readonly cacheUrl: string;
  /** The queue role, likewise. */
  readonly queueUrl: string;
  /** Empties both. */
  close(): Promise<void>;
}

const databases = 64;

/** Gives out an empty database number in both servers; number 0 keeps the count. */
export async function createTestRedis(): Promise<TestRedis> {
  const stack = testStack();
  const queue = adminOf(stack.redisQueueUrl);
  const cache = adminOf(stack.redisCacheUrl);
  const [, count] = await Promise.all([queue.select(0), queue.incr('test-databases')]);
  const number = 1 + (count % (databases - 1));
  // Sent together, so that no other call selects a number between the two.
  const empty = async () => {
    await Promise.all([cache, queue].flatMap((redis) => [redis.select(number), redis.flushdb()]));
  };
  await empty();
  return {
    cacheUrl: `${stack.redisCacheUrl}/${number}`,
    queueUrl: `${stack.redisQueueUrl}/${number}`,
    close: empty,
  };
}

/** Kept for all files of a test worker, since five new connections for each file cost more than what they carry. They end with the worker. */
const admins = new Map<string, Redis>();

function adminOf(url: string): Redis {
  const admin = admins.get(url) ?? new Redis(url, { maxRetriesPerRequest: 1 });
  admins.set(url, admin);
  return admin;
}
