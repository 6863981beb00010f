import { randomUUID } from 'node:crypto';
import type { RedisClient } from '../../../../src/platform/redis-client.ts';
import { afterAll, beforeAll, expect } from 'vitest';
import type { z } from 'zod';
import { readKind, type Read, type ReadKind } from '../../../../src/http/public-cache/kind.ts';
import { createCachedReads, type CachedReads } from '../../../../src/http/public-cache/cached-reads.ts';
import { DomainError } from '../../../../src/platform/errors.ts';
import { createLog } from '../../../../src/platform/log.ts';
import { openCacheRedis } from '../../../../src/platform/redis.ts';
import { layWire, type CutWire } from '../../../../testkit/services/cut-wire.ts';
import { createTestRedis, type TestRedis } from '../../../../testkit/services/redis.ts';
import { patientMs } from '../../../../testkit/until.ts';

/**
 * Processes that share cached reads of an invented object. Registers its setup and teardown with the calling test file.
 */
export function useCachedThings() {
  const log = createLog({ level: 'silent', process: 'test' });
  let testRedis: TestRedis;
  let wire: CutWire;
  const opened: { reads: CachedReads; redis: RedisClient }[] = [];

  /** One process of the service, with only the cached reads. */
  async function openProcess(url: string, memoryBytesMax?: number): Promise<CachedReads> {
    // A change whose message does not leave in time reaches no other process before the answers expire.
    const redis = openCacheRedis(url, log, url === wire.url ? undefined : patientMs);
    await new Promise((resolve) => redis.once('ready', resolve));
    const reads = createCachedReads({ redis, log, ...(memoryBytesMax === undefined ? {} : { memoryBytesMax }) });
    opened.push({ reads, redis });
    return reads;
  }

  beforeAll(async () => {
    testRedis = await createTestRedis();
    wire = await layWire(testRedis.cacheUrl);
  });
  afterAll(async () => {
    for (const { reads, redis } of opened) {
      reads.close();
      redis.disconnect();
    }
    await wire.close();
    await testRedis.close();
  });

  /** Messages of a Redis server reach all of its databases, and so the processes of other test files. */
  const own = randomUUID();
  let names = 0;
  const kindOf = (ttlMs: number, more: { sharedBytesMax?: number; schema?: z.ZodType } = {}): ReadKind =>
    readKind({
      name: `test-${(names += 1)}`,
      ttlMs,
      staleWhileRevalidateSeconds: 2,
      staleIfErrorSeconds: 60,
      buildsMax: 10,
      ...more,
    });

  /** An object that counts its reads, and that may change, vanish, hang or break. */
  function thing(ttlMs = 20_000, kind = kindOf(ttlMs)) {
    names += 1;
    const world = {
      value: 'first' as string | undefined,
      renders: 0,
      fails: false,
      delayMs: 5,
      untilThen: Promise.resolve(),
    };
    const tag = `thing:${own}:${names}`;
    const read: Read = {
      key: `/thing/${names}`,
      kind,
      missingTags: [`slug:${own}:${names}`],
      missing: () => new DomainError('request.not_found', 'There is nothing at this address.'),
      locate: async () => ({ tag, name: 'thing', surrogateKeys: `thing-${names}` }),
      render: async () => {
        world.renders += 1;
        const { value } = world;
        await new Promise((resolve) => setTimeout(resolve, world.delayMs));
        await world.untilThen;
        if (world.fails) throw Object.assign(new Error('gone'), { code: 'CONNECTION_CLOSED' });
        return value === undefined ? undefined : { body: { value, filling: 'x'.repeat(4000) } };
      },
    };
    return { world, tag, read };
  }

  const get = (headers: Record<string, string> = {}, method = 'GET') =>
    new Request('http://antre.test/thing', { method, headers });
  const valueOf = async (response: Response) => ((await response.json()) as { value: string }).value;
  /** Waits for a push. It arrives before any value here expires; the bench `moments` measures how soon. */
  const eventually = (check: () => boolean | Promise<boolean>): Promise<void> =>
    expect.poll(check, { timeout: 10_000, interval: 5 }).toBe(true);

  return {
    get testRedis() {
      return testRedis;
    },
    get wire() {
      return wire;
    },
    openProcess,
    kindOf,
    thing,
    get,
    valueOf,
    eventually,
  };
}
