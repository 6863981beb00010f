import { test as base } from 'vitest';
import type { OpenDb } from '../../../src/platform/database/db.ts';
import { listDeadLetters } from '../../../src/platform/jobs/dead-letters.ts';
import { openWorkDb } from '../../../testkit/processes/worker.ts';
import { createTestDatabase } from '../../../testkit/services/database.ts';
import { createTestRedis } from '../../../testkit/services/redis.ts';

type World = { readonly db: OpenDb['db']; readonly queueUrl: string };

/** Each test has its own outbox and queues: most of them wait for repetitions, and wait together. */
export const test = base.extend<{ world: World }>({
  world: async ({ onTestFinished }, use) => {
    const [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
    const open = openWorkDb(database.url);
    onTestFinished(async () => {
      await open.close();
      await redis.close();
      await database.close();
    });
    await use({ db: open.db, queueUrl: redis.queueUrl });
  },
});

export const letters = (world: World) => listDeadLetters(world.db, { limit: 100 });
