import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDb } from '../src/platform/database/db.ts';
import { refusesToStart } from '../src/readiness.ts';
import { type TestService, startTestService } from '../testkit/processes/service.ts';
import { testStack } from '../testkit/services/stack.ts';

/**
 * Guards production's checks of its servers before it serves: the role in use, and whether two names lead to one
 * server.
 */
describe('the checks of production before the start', () => {
  let running: TestService;
  beforeAll(async () => {
    running = await startTestService();
  });
  afterAll(() => running.close());

  const lines: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line) => void lines.push(line) });
  const asked = (change: object = {}, db = running.service.db) =>
    refusesToStart({ config: { ...running.service.config, ENV: 'production', ...change }, db, log });

  it('pass with two Redis servers and a role that cannot change tables; the log warns that no other origin may read', async () => {
    lines.length = 0;
    expect(await asked()).toBeUndefined();
    expect(lines.join()).toContain('CORS_ALLOW_ORIGINS is empty');
    lines.length = 0;
    expect(await asked({ CORS_ALLOW_ORIGINS: ['https://tickets.example.com'] })).toBeUndefined();
    expect(lines).toEqual([]);
  });

  it('refuse a role that owns the tables', async () => {
    const owner = openDb({
      url: running.directUrl,
      name: 'test',
      poolSize: 1,
      acquireTimeoutMs: 1000,
      callTimeoutMs: 5000,
      prepare: false,
    });
    expect(await asked({}, owner.db)).toMatch(/^DATABASE_URL: this role may change the tables/);
    await owner.close();
  });

  it('refuse two addresses of one Redis', async () => {
    const { redisQueueUrl } = testStack();
    const otherName = redisQueueUrl.replace('127.0.0.1', 'localhost');
    expect(otherName).not.toBe(redisQueueUrl);
    expect(await asked({ REDIS_CACHE_URL: `${otherName}/3`, REDIS_QUEUE_URL: redisQueueUrl })).toMatch(/one server/);
  });

  it('pass while a Redis is away, because the start does not depend on it', async () => {
    lines.length = 0;
    expect(await asked({ REDIS_CACHE_URL: 'redis://127.0.0.1:1' })).toBeUndefined();
    expect(lines.join()).toContain('is not known');
  });
});
