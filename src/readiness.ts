import { demoStaffExists } from './access/index.ts';
import type { Service } from './compose.ts';
import type { Probe } from './http/server/health.ts';
import { sql } from 'drizzle-orm';
import { type Db, ping } from './platform/database/db.ts';
import { isOneRedis } from './platform/redis.ts';

/** Why production must not start in this state, or undefined. Logs settings that are allowed but may be a mistake. */
export async function refusesToStart({
  config,
  db,
  log,
}: Pick<Service, 'config' | 'db' | 'log'>): Promise<string | undefined> {
  if (config.ENV !== 'production') return undefined;
  if (config.CORS_ALLOW_ORIGINS.length === 0)
    log.warn('CORS_ALLOW_ORIGINS is empty: no page of another origin can call this API from a browser');
  if (await demoStaffExists(db))
    return 'the database holds demo staff with a published password; production must not serve it';
  if (await mayChangeTables(db))
    return 'DATABASE_URL: this role may change the tables; the service runs as antre_app, and migrations alone as the owner';
  const isOne = await isOneRedis(config.REDIS_CACHE_URL, config.REDIS_QUEUE_URL);
  if (isOne === true)
    return 'REDIS_CACHE_URL, REDIS_QUEUE_URL: lead to one server under two names; one may evict and the other never may';
  if (isOne === undefined)
    log.warn('one Redis does not answer, so it is unknown whether the two roles are different servers');
  return undefined;
}

/**
 * An API process serves once Postgres answers and it has read the switches. Redis may be down, because it only makes
 * answers faster.
 */
export function apiProbes({ db, switches }: Pick<Service, 'db' | 'switches'>): Probe[] {
  return [
    { name: 'postgres', check: () => ping(db) },
    { name: 'switches', check: () => switches.requireKnown() },
  ];
}

/**
 * Reads the switches before serving, so that a process that has just started obeys them. Without Postgres it starts
 * anyway.
 */
export async function knowSwitches({ switches, log }: Pick<Service, 'switches' | 'log'>): Promise<void> {
  await switches.refresh().catch((error: unknown) => log.warn({ err: error }, 'serving without knowing the switches'));
}

/** Whether the role of this connection could change or drop the tables: as their owner, or as a member of the owner. */
async function mayChangeTables(db: Db): Promise<boolean> {
  const [row] = await db.execute<{ may: boolean }>(
    sql`select pg_has_role(current_user, relowner, 'USAGE') as may from pg_class where oid = 'orders'::regclass`,
  );
  return row?.may === true;
}
