import { afterAll } from 'vitest';
import { openCatalog } from '../../../testkit/catalog/catalog-world.ts';
import { layWire } from '../../../testkit/services/cut-wire.ts';
import { createTestDatabase } from '../../../testkit/services/database.ts';
import { createTestRedis } from '../../../testkit/services/redis.ts';

/** Two catalog processes for all tests of a file, and a third whose database and Redis can be taken away. */
export async function useWiredCatalog() {
  const [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  const databaseWire = await layWire(database.url);
  const redisWire = await layWire(redis.cacheUrl);
  const urls = { databaseUrl: database.url, redisUrl: redis.cacheUrl };
  const [one, two] = [await openCatalog(urls), await openCatalog(urls)];
  const wired = await openCatalog({
    databaseUrl: databaseWire.url,
    redisUrl: redisWire.url,
    callTimeoutMs: 1000,
    staleAfterMs: 200,
  });
  afterAll(async () => {
    await Promise.all([one.close(), two.close()]);
    await databaseWire.mend();
    await wired.close();
    await Promise.all([databaseWire.close(), redisWire.close()]);
    await Promise.all([database.close(), redis.close()]);
  });
  const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  return { database, redis, one, two, wired, databaseWire, redisWire, pause };
}

/** One catalog process for all tests of a file. */
export async function useCatalog() {
  const [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  const catalog = await openCatalog({ databaseUrl: database.url, redisUrl: redis.cacheUrl });
  afterAll(async () => {
    await catalog.close();
    await Promise.all([database.close(), redis.close()]);
  });
  return { database, catalog };
}
