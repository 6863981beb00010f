import { Redis } from 'ioredis';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestDatabase, createTestDatabase } from '../../testkit/services/database.ts';
import { type TestRedis, createTestRedis } from '../../testkit/services/redis.ts';
import { testStack } from '../../testkit/services/stack.ts';

/**
 * Guards the basis of all other tests: a database of one's own through PgBouncer, and a database number in both Redis
 * roles.
 */
describe('test services', () => {
  let database: TestDatabase;
  let redis: TestRedis;

  beforeAll(async () => {
    database = await createTestDatabase();
    redis = await createTestRedis();
  });
  afterAll(async () => {
    await redis?.close();
    await database?.close();
  });

  it('connects the unprivileged role through PgBouncer and the owner directly', async () => {
    const [app, owner] = [postgres(database.url, { prepare: false }), postgres(database.directUrl)];
    expect((await app`select current_user as name`)[0]).toEqual({ name: 'antre_app' });
    expect((await owner`select current_user as name`)[0]).toEqual({ name: 'antre_owner' });
    await app.end();
    await owner.end();
  });

  it('lets counts of whole events have four connections to the database of the service, however many processes ask', async () => {
    const { pgbouncerAdminUrl, templateDatabase } = testStack();
    const console = postgres(pgbouncerAdminUrl, { max: 1, fetch_types: false });
    const databases = await console.unsafe<Record<string, unknown>[]>('show databases').simple();
    const counts = databases.find(({ name }) => name === 'antre_counts');
    expect(counts?.['database']).toBe(templateDatabase);
    expect([Number(counts?.['pool_size']), Number(counts?.['max_connections'])]).toEqual([4, 4]);
    await console.end();
  });

  it('keeps two databases apart', async () => {
    const other = await createTestDatabase();
    const [one, two] = [postgres(database.directUrl), postgres(other.directUrl)];
    await one`create table only_here (id int)`;
    expect(await two`select to_regclass('only_here') as found`).toEqual([{ found: null }]);
    await one`drop table only_here`;
    await one.end();
    await two.end();
    await other.close();
  });

  it('has a queue that never evicts and a cache that may', async () => {
    for (const [url, policy] of [
      [redis.queueUrl, 'noeviction'],
      [redis.cacheUrl, 'allkeys-lru'],
    ] as const) {
      const client = new Redis(url);
      expect(await client.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', policy]);
      expect(await client.dbsize()).toBe(0);
      client.disconnect();
    }
  });
});
