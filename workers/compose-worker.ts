import { queueTag } from '../src/catalog/index.ts';
import { composeGateway } from '../src/compose/gateway.ts';
import { composeInvalidations } from '../src/compose/invalidations.ts';
import type { Config } from '../src/config.ts';
import {
  createDeliveries,
  createHolderMessages,
  createEmailChannel,
  createWhatsappChannel,
  mailSettings,
  createAddressGuard,
  createEndpointCaller,
} from '../src/notifications/index.ts';
import { createChangePush } from '../src/http/public-cache/changes.ts';
import { createPublisher, publishChanges } from '../src/live/index.ts';
import { createPlacement, createTicketKeys, eventStockOf } from '../src/orders/index.ts';
import {
  createFirstAttempts,
  createCloses,
  createLooks,
  createPaymentAccounts,
  createSettlements,
  paymentsPerSecond,
  totalMaxes,
  watchPaymentBacklog,
} from '../src/payments/index.ts';
import { systemClock } from '../src/platform/clock.ts';
import { type Db, openDb } from '../src/platform/database/db.ts';
import type { Invalidations } from '../src/platform/invalidation/invalidations.ts';
import type { Log } from '../src/platform/log.ts';
import { openCacheRedis } from '../src/platform/redis.ts';
import { createClosers } from '../src/platform/resilience/shutdown.ts';
import { beaconChainOf, createBeacon } from '../src/waiting-room/draw/index.ts';
import { createHealthReader } from '../src/waiting-room/index.ts';
import { composeReports } from './compose-reports.ts';

/** The invariants read whole tables, and counts whole events. The role's own statement timeout ends statements that take longer. */
const auditCallTimeoutMs = 15_000;

/** Rooms are served by calls of a few rows each, which wait behind no job. */
const roomsPoolSize = 4;

/** The dependencies of jobs' acts, opened in order; each is closed beside its opening. */
export function composeWorker(config: Config, log: Log) {
  const closers = createClosers(log);
  const pool = (name: string, poolSize: number, callTimeoutMs: number, url: string = config.DATABASE_URL): Db => {
    const { DATABASE_ACQUIRE_TIMEOUT_MS: acquireTimeoutMs, DATABASE_PREPARE: prepare } = config;
    const open = openDb({ url, name, poolSize, acquireTimeoutMs, callTimeoutMs, prepare });
    closers.add(`${name} pool`, () => open.close());
    return open.db;
  };
  const db = pool('work', config.DATABASE_WORKER_POOL_SIZE, config.DATABASE_CALL_TIMEOUT_MS);
  const longMs = Math.max(auditCallTimeoutMs, config.DATABASE_CALL_TIMEOUT_MS);
  const [auditDb, countsDb] = [pool('audit', 1, longMs), pool('counts', 1, longMs, config.DATABASE_COUNTS_URL)];
  const roomsDb = pool('rooms', roomsPoolSize, config.DATABASE_CALL_TIMEOUT_MS);
  const redis = openCacheRedis(config.REDIS_CACHE_URL, log);
  closers.add('cache redis', () => redis.disconnect());
  const email = createEmailChannel({ ...mailSettings(config), log });
  closers.add('email', () => email.close());
  const invalidations = composeInvalidations({ redis, log, closers });
  const whatsapp = createWhatsappChannel({ db, redis, log, config, invalidations });
  const endpointCaller = createEndpointCaller({
    guard: createAddressGuard({ allowedNetworks: config.WEBHOOK_ALLOWED_NETWORKS }),
    clock: systemClock,
  });
  closers.add('endpoints of organisers', () => endpointCaller.close());
  const publisher = createPublisher(redis);
  closers.add('live publisher', () => publisher.close());
  closers.add('live changes', publishChanges(publisher));
  const createsPerSecond = paymentsPerSecond(config);
  const backlog = watchPaymentBacklog({ db, log, createsPerSecond });
  closers.add('payment backlog', () => backlog.close());
  const pushChange = createChangePush({ redis, log });
  const beaconChain = beaconChainOf(config);
  return {
    config,
    log,
    clock: systemClock,
    closers,
    db,
    redis,
    auditDb,
    countsDb,
    email,
    whatsapp,
    endpointCaller,
    deliveries: createDeliveries(db),
    ...composeOffers(config, db),
    ...composeKeys(config, db, invalidations),
    ...composeReports({ config, log, closers, pool, db }),
    settlements: createSettlements({ db, clock: systemClock }),
    firstAttempts: createFirstAttempts(db),
    looks: createLooks(db),
    closes: createCloses(db),
    gateway: composeGateway(config, redis),
    publicUrl: config.PUBLIC_URL,
    /** For `createRoomScheduler`, which begins to work when it is made. */
    rooms: {
      db: roomsDb,
      log,
      beaconChain,
      beacon: createBeacon(beaconChain),
      encryptionKey: config.ENCRYPTION_KEY,
      queueTokenSecret: config.QUEUE_TOKEN_SECRET,
      health: createHealthReader({ redis, log }),
      stockOf: eventStockOf,
      isPaymentBusy: backlog.isPaymentBusy,
      paymentsPerSecond: createsPerSecond,
      changeQueue: (eventId: string) => pushChange([queueTag(eventId)]),
    },
  };
}

/** Keys of organisers and events, cached until somebody changes them. */
function composeKeys({ ENCRYPTION_KEY: encryptionKey }: Config, db: Db, invalidations: Invalidations) {
  return {
    ticketKeys: createTicketKeys({ db, encryptionKey, invalidations }),
    accounts: createPaymentAccounts({ db, clock: systemClock, encryptionKey, invalidations }),
  };
}

/** The dependencies of `offerPlaces`. It leaves out events whose sales an operator has stopped. */
function composeOffers(config: Config, db: Db) {
  const { HELD_PER_NETWORK_MAX: heldPerNetworkMax, HASH_SECRET: hashSecret } = config;
  return {
    hashSecret,
    tellWaiting: createHolderMessages({ clock: systemClock }).tellWaiting,
    placement: createPlacement({ db, flushesMax: 1, heldPerNetworkMax, totalMaxes, areSalesStopped: () => false }),
  };
}
