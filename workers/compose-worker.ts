import { composeGateway } from '../src/compose.ts';
import type { Config } from '../src/config.ts';
import { createDeliveries, createEmailChannel, createWhatsappChannel } from '../src/notifications/index.ts';
import { createPaymentAccounts } from '../src/payments/index.ts';
import { systemClock } from '../src/platform/clock.ts';
import { openDb } from '../src/platform/db.ts';
import type { Log } from '../src/platform/log.ts';
import { openCacheRedis } from '../src/platform/redis.ts';
import { createClosers } from '../src/platform/shutdown.ts';

/** The invariants read whole tables; the role's own statement timeout ends what takes longer. */
const auditCallTimeoutMs = 15_000;

/** What the acts of jobs need, opened in order; each thing says beside it how it is closed. */
export function composeWorker(config: Config, log: Log) {
  const closers = createClosers(log);
  const pool = (name: string, poolSize: number, callTimeoutMs: number) => {
    const open = openDb({
      url: config.DATABASE_URL,
      name,
      poolSize,
      acquireTimeoutMs: config.DATABASE_ACQUIRE_TIMEOUT_MS,
      callTimeoutMs,
      prepare: config.DATABASE_PREPARE,
    });
    closers.add(`${name} pool`, () => open.close());
    return open.db;
  };
  const db = pool('work', config.DATABASE_WORKER_POOL_SIZE, config.DATABASE_CALL_TIMEOUT_MS);
  const auditDb = pool('audit', 1, Math.max(auditCallTimeoutMs, config.DATABASE_CALL_TIMEOUT_MS));
  const redis = openCacheRedis(config.REDIS_CACHE_URL, log);
  closers.add('cache redis', () => redis.disconnect());
  const email = createEmailChannel({ smtpUrl: config.SMTP_URL, from: config.MAIL_FROM, log });
  closers.add('email', () => email.close());
  const whatsapp = createWhatsappChannel({
    db,
    redis,
    log,
    graphUrl: config.WHATSAPP_GRAPH_URL,
    graphVersion: config.WHATSAPP_GRAPH_VERSION,
    encryptionKey: config.ENCRYPTION_KEY,
  });
  return {
    config,
    log,
    clock: systemClock,
    closers,
    db,
    auditDb,
    email,
    whatsapp,
    deliveries: createDeliveries(db),
    accounts: createPaymentAccounts({ db, clock: systemClock, encryptionKey: config.ENCRYPTION_KEY }),
    gateway: composeGateway(config, redis),
    publicUrl: config.PUBLIC_URL,
  };
}

export type WorkerService = ReturnType<typeof composeWorker>;
