import { readdirSync } from 'node:fs';
import { Redis } from 'ioredis';
import { sql } from 'drizzle-orm';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { familyOf } from '../harness/pinning.ts';
import { residentMiB } from '../harness/processors.ts';
import type { SurgeWorld } from '../surge/surge-world.ts';

/** Tables whose rows come and go. Their size must not grow with the number of orders. */
const passingTables = ['outbox', 'stock'];

/** The present value of each resource, by its name with the unit. */
export async function takeSample(world: SurgeWorld): Promise<Record<string, number>> {
  const { addresses } = world.stack.services;
  const parts = world.parts();
  const [row] = await rowsOf<{ connections: number; passing: number }>(
    world.stack.owner.db,
    sql`select (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as connections,
               (select sum(pg_total_relation_size(relid))::float8 / 1048576 from pg_stat_user_tables
                where relname in (${sql.join(
                  passingTables.map((name) => sql`${name}`),
                  sql`, `,
                )})) as passing`,
  );
  return {
    'API memory, MiB': sum(parts['API'], residentMiB),
    'worker memory, MiB': sum(parts['worker'], residentMiB),
    'API descriptors': sum(parts['API'], descriptors),
    'worker descriptors': sum(parts['worker'], descriptors),
    'PgBouncer descriptors': sum(parts['PgBouncer'], descriptors),
    'Postgres connections': row?.connections ?? 0,
    'outbox and stock with indexes, MiB': row?.passing ?? 0,
    'Redis cache keys': await keysOf(addresses.redisCacheUrl),
    'Redis queue keys': await keysOf(addresses.redisQueueUrl),
  };
}

function sum(pids: readonly number[] = [], of: (pid: number) => number): number {
  return pids.flatMap(familyOf).reduce((total, pid) => total + of(pid), 0);
}

function descriptors(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0;
  }
}

async function keysOf(url: string): Promise<number> {
  const redis = new Redis(url, { maxRetriesPerRequest: 1 });
  try {
    return await redis.dbsize();
  } finally {
    redis.disconnect();
  }
}
