import type { RedisClient } from '../../src/platform/redis-client.ts';
import type { Db } from '../../src/platform/database/db.ts';
import type { Log } from '../../src/platform/log.ts';
import { recallStagedJobs } from '../../src/platform/jobs/outbox.ts';
import { queuePrefix } from '../queues.ts';

/** Shows that the queue still has its jobs. It is gone if the queue's Redis was emptied. */
const handedOverMark = `${queuePrefix}:handed-over`;

/**
 * If the queue has lost everything (flushed, or restarted empty), hands all staged jobs over again now rather than when
 * their leases end, which after a long backlog is up to an hour later. The mark is set last, so that a fault in between
 * repeats it; doing it twice is harmless.
 */
export async function refillQueue(deps: {
  readonly db: Db;
  readonly redis: Pick<RedisClient, 'get' | 'set'>;
  readonly log: Log;
}): Promise<void> {
  if ((await deps.redis.get(handedOverMark)) !== null) return;
  const jobs = await recallStagedJobs(deps.db);
  await deps.redis.set(handedOverMark, '1');
  if (jobs > 0) deps.log.warn({ jobs }, 'the queue was emptied; its jobs are handed over again');
}
