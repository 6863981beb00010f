import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serve } from '../src/http/server/serve.ts';
import { whyNotStarted } from '../src/open-process.ts';
import { openDb, ping } from '../src/platform/database/db.ts';
import { refusesToStart } from '../src/readiness.ts';
import { type TestService, startTestService } from '../testkit/processes/service.ts';
import { testStack } from '../testkit/services/stack.ts';

/**
 * Guards production's checks of its servers before it serves: the role in use, and whether two names lead to one
 * server.
 */
describe('a process that cannot start', () => {
  it('says what its operator can do: a port that is taken, an address of another machine, a database that is away', async () => {
    const served = { fetch: () => new Response() };
    const first = await serve(served, { host: '127.0.0.1', port: 0, reusePort: false });
    const whyNot = (host: string, port: number) =>
      serve(served, { host, port, reusePort: false }).then(() => '', whyNotStarted);
    expect(await whyNot('127.0.0.1', first.port)).toBe(
      `127.0.0.1:${first.port} is taken; end the process that listens there, or choose another PORT or OPERATIONS_PORT`,
    );
    expect(await whyNot('192.0.2.1', 0)).toContain('is no address of this machine');
    expect(await whyNot('no such machine', 0)).toContain('"no such machine" is the name of no machine');
    await first.close();
    const away = openDb({
      url: 'postgres://x:y@127.0.0.1:1/none',
      name: 'test',
      poolSize: 1,
      acquireTimeoutMs: 1000,
      callTimeoutMs: 5000,
      prepare: false,
    });
    expect(await ping(away.db).then(() => '', whyNotStarted)).toContain('the database does not answer');
    await away.close();
    expect(whyNotStarted(new Error('a fault of ours'))).toMatch(/a fault of ours\n\s+at /);
  });
});

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
    expect(lines.join()).toContain('it is unknown whether');
  });
});
