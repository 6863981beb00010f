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
  const number = await withRedis(
    stack.redisQueueUrl,
    async (redis) => 1 + ((await redis.incr('test-databases')) % (databases - 1)),
  );
  const cacheUrl = `${stack.redisCacheUrl}/${number}`;
  const queueUrl = `${stack.redisQueueUrl}/${number}`;
  const empty = async () => {
    for (const url of [cacheUrl, queueUrl]) await withRedis(url, (redis) => redis.flushdb());
  };
  await empty();
  return { cacheUrl, queueUrl, close: empty };
}

async function withRedis<T>(url: string, act: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, { maxRetriesPerRequest: 1 });
  try {
    return await act(redis);
  } finally {
    redis.disconnect();
  }
}
