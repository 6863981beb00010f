import { createActors, createPasswords, createPresentsCredential, createVerificationLanes } from './access/index.ts';
import { createLinkCards, createPictureMaker, createPictures, queueTag, servePublicReads } from './catalog/index.ts';
import { createScanLane, hasAdmissions, moveGates } from './check-in/index.ts';
import { composeGateway } from './compose/gateway.ts';
import { composeInvalidations } from './compose/invalidations.ts';
import { type Patience, composeLanes } from './compose/lanes.ts';
import { composeLive } from './compose/live.ts';
import { composeCountsDb, composeReadSource } from './compose/read-source.ts';
import type { Config } from './config.ts';
import { createStagePurge } from './http/public-cache/cdn-purge.ts';
import { createCachedReads } from './http/public-cache/cached-reads.ts';
import { createClientNetwork, networkOfContext } from './http/server/client-network.ts';
import { createAddressGuard, createHolderMessages, createNoteEventChange } from './notifications/index.ts';
import { createCanMessagePhones } from './notifications/senders/can-message-phones.ts';
import {
  availabilityOf,
  catalogPorts,
  createEventDirectory,
  createSoldOutMemory,
  createTicketKeys,
  createTicketPrinter,
  createWallets,
  eventStockOf,
} from './orders/index.ts';
import { createPaymentAccounts, paymentPorts, paymentsPerSecond, watchPaymentBacklog } from './payments/index.ts';
import { systemClock } from './platform/clock.ts';
import { type DbOptions, type OpenDb, openDb } from './platform/database/db.ts';
import { createFileStorage } from './platform/files/create-storage.ts';
import { signalStaged } from './platform/jobs/staged-signal.ts';
import type { Log } from './platform/log.ts';
import { openCacheRedis } from './platform/redis.ts';
import { createClosers } from './platform/resilience/shutdown.ts';
import { statusJobNames } from './jobs.ts';
import { problems } from './problems.ts';
import {
  createCallsLimiter,
  createDecide,
  createMessageLimiter,
  createPromoLimiter,
  createRefuseFailure,
  createSwitches,
  createTrafficControl,
  createTryLimiters,
  createVerificationLimiter,
  createWritesLimiter,
  limitByCaller,
  shedOrders,
  watchStatus,
} from './traffic-control/index.ts';
import { findSwitchableEvent, refuseSwitchedOff } from './switches.ts';
import { beaconChainOf } from './waiting-room/draw/index.ts';
import {
  createChallenges,
  createHealthReporter,
  createJoinLane,
  createQueueOf,
  createReadPass,
  createRoomWatch,
  findEventOfRoom,
  isPassNeeded,
} from './waiting-room/index.ts';

/** Calls of a few rows, at least once a second. A call that is unanswered by then is repeated. */
const watchPoolSize = 2;
const watchTimeoutMs = 1000;
/** Two events that are joined at once, requested codes, and tried codes. */
const buyersPoolSize = 4;
const joinFlushesMax = 2;

export type Service = ReturnType<typeof compose>;

/**
 * The composition root of the API, from top to bottom in the order of need. Each opened resource is closed beside its
 * opening. Nothing here uses the network, so a dependency that is down at the start is not fatal.
 */
export function compose(config: Config, log: Log, { staleAfterMs, orderMs }: Patience = {}) {
  const clock = systemClock;
  const closers = createClosers(log);
  const opened = <Thing>(name: string, thing: Thing, close: (thing: Thing) => unknown): Thing => {
    closers.add(name, () => close(thing));
    return thing;
  };
  const pool = (name: string, url: string, poolSize: number, options: Partial<DbOptions> = {}): OpenDb =>
    opened(
      `${name} pool`,
      openDb({
        url,
        name,
        poolSize,
        acquireTimeoutMs: config.DATABASE_ACQUIRE_TIMEOUT_MS,
        callTimeoutMs: config.DATABASE_CALL_TIMEOUT_MS,
        prepare: config.DATABASE_PREPARE,
        ...options,
      }),
      ({ close }) => close(),
    );
  const limiters = {
    postgres_writes: createWritesLimiter(config.DATABASE_WRITE_POOL_SIZE),
    postgres_reads: createCallsLimiter('postgres_reads', config.DATABASE_POOL_SIZE),
  };

  // Two pools: group commits never wait behind an organiser's list.
  const writes = pool('write', config.DATABASE_URL, config.DATABASE_WRITE_POOL_SIZE);
  const work = pool('work', config.DATABASE_URL, config.DATABASE_POOL_SIZE, {
    limitCall: limitByCaller(limiters.postgres_reads),
  });
  // A third pool, so that the data that a process must read every second waits behind neither.
  const watch = pool('watch', config.DATABASE_URL, watchPoolSize, { callTimeoutMs: watchTimeoutMs });
  // A fourth pool for visitors who are not buying yet: a storm of joins or codes takes no connection from an order.
  const buyersDb = pool('buyers', config.DATABASE_URL, buyersPoolSize).db;
  const countsDb = composeCountsDb(config, pool);
  const [db, writeDb] = [work.db, writes.db];
  const source = composeReadSource({ config, pool, db, watchDb: watch.db, closers, log });
  const redis = opened('cache redis', openCacheRedis(config.REDIS_CACHE_URL, log), (client) => client.disconnect());
  closers.add('staged signal', signalStaged(redis));
  const clientNetwork = createClientNetwork(config.TRUSTED_PROXIES, { header: config.CLIENT_ADDRESS_HEADER, log });
  const switches = opened('switches', createSwitches({ db: watch.db, log }), (read) => read.close());
  const traffic = opened(
    'traffic control',
    createTrafficControl({
      redis,
      config,
      pools: [{ gate: writes.gate, size: config.DATABASE_WRITE_POOL_SIZE }],
      switches,
      limiters,
    }),
    (control) => control.close(),
  );
  const passwords = opened('password helpers', createPasswords(), (made) => made.close());
  const fileStorage = createFileStorage(config);
  const invalidations = composeInvalidations({ redis, log, closers });
  const actors = createActors({ db, clock, config, invalidations });
  const cachedReads = opened(
    'cached reads',
    createCachedReads({ redis, log, replicaLagMaxMs: config.DATABASE_REPLICA_LAG_MAX_MS, staleAfterMs }),
    (reads) => reads.close(),
  );
  const publicReads = servePublicReads({
    db,
    source,
    redis,
    clock,
    availabilityOf,
    publicUrl: config.PUBLIC_URL,
    queueOf: createQueueOf({ stockOf: eventStockOf }),
    cachedReads,
    problems,
  });
  const live = composeLive({ config, log, clock, closers, db: countsDb, redis, publicReads });
  const switchedOff = refuseSwitchedOff(switches);
  const health = opened(
    'health reporter',
    createHealthReporter({ redis, log, gates: [writes.gate, work.gate], shedOrders }),
    (reporter) => reporter.close(),
  );
  const { limitWrites, flushesMax, placement, inbox } = composeLanes({
    config,
    writeDb,
    limiter: limiters.postgres_writes,
    shedder: traffic.shedder,
    areSalesStopped: (eventId) => switchedOff(eventId) !== undefined,
    health,
    orderMs,
    hasRoom: (eventId) => isPassNeeded(rooms, eventId),
  });
  const directory = createEventDirectory(db);
  // An event without recent orders is below its limit.
  const fullFor = (slug: string) => placement.fullFor?.(directory.known(slug)?.id ?? '');
  const gateway = composeGateway(config, redis);
  const rooms = opened('waiting rooms', createRoomWatch({ db: watch.db, log, clock }), (watched) => watched.close());
  const backlog = opened(
    'payment backlog',
    watchPaymentBacklog({ db, log, createsPerSecond: paymentsPerSecond(config) }),
    (watch) => watch.close(),
  );
  const statusWatch = opened(
    'status watch',
    watchStatus({ config, db: watch.db, log, clock, switches, shedder: traffic.shedder, jobNames: statusJobNames }),
    (watched) => watched.close(),
  );
  return {
    config,
    log,
    clock,
    closers,
    db,
    writeDb,
    countsDb,
    redis,
    clientNetwork,
    networkOf: networkOfContext(clientNetwork),
    traffic,
    decide: createDecide(traffic, clientNetwork, fullFor, createPresentsCredential(config)),
    refuseFailure: createRefuseFailure(traffic, clientNetwork),
    switches,
    switchedOff,
    findSwitchableEvent,
    ...createTryLimiters(traffic.limiter),
    lookupLimiter: createMessageLimiter(traffic.limiter),
    promoLimiter: createPromoLimiter(traffic.limiter),
    passwords,
    ticketPrinter: opened('ticket printer', createTicketPrinter(), (printer) => printer.close()),
    wallets: createWallets(config, clock),
    ticketKeys: createTicketKeys({ db, encryptionKey: config.ENCRYPTION_KEY, invalidations }),
    actors,
    invalidations,
    cachedReads,
    publicReads,
    statusWatch,
    live,
    placement,
    directory,
    soldOut: createSoldOutMemory({ db, readsMax: 2 }),
    scans: limitWrites(createScanLane({ db: writeDb, flushesMax }), 1),
    accounts: createPaymentAccounts({ db, clock, encryptionKey: config.ENCRYPTION_KEY, invalidations }),
    gateway,
    inbox,
    rooms,
    joinLane: createJoinLane({ db: buyersDb, flushesMax: joinFlushesMax }),
    challenges: createChallenges({ secret: config.QUEUE_TOKEN_SECRET, clock }),
    queueTokenSecret: config.QUEUE_TOKEN_SECRET,
    verifications: createVerificationLanes({ db: buyersDb }),
    verificationLimiter: createVerificationLimiter(traffic.limiter),
    canMessagePhones: createCanMessagePhones({ db, invalidations }),
    findEvent: findEventOfRoom(rooms),
    ...paymentPorts,
    fileStorage,
    pictureMaker: opened('picture maker', createPictureMaker(), (maker) => maker.close()),
    linkCards: opened('link cards', createLinkCards(), (cards) => cards.close()),
    pictures: createPictures({ fileStorage }),
    hasAdmissions,
    moveGates,
    eventChanged: createNoteEventChange({ clock, config }),
    webhookGuard: createAddressGuard({ allowedNetworks: config.WEBHOOK_ALLOWED_NETWORKS }),
    ...createHolderMessages({ clock }),
    ...catalogPorts,
    stagePurge: createStagePurge(config.CDN_PURGE_URL),
    isPaymentBusy: backlog.isPaymentBusy,
    readPass: createReadPass({ queueTokenSecret: config.QUEUE_TOKEN_SECRET, rooms }),
    isPassNeeded: (eventId: string) => switches.isOn('waiting_room', eventId) || isPassNeeded(rooms, eventId),
    health,
    changeQueue: (eventId: string) => cachedReads.changed([queueTag(eventId)]),
    beaconChain: beaconChainOf(config),
    encryptionKey: config.ENCRYPTION_KEY,
    publicUrl: config.PUBLIC_URL,
    hashSecret: config.HASH_SECRET,
    orderTokenSecret: config.ORDER_TOKEN_SECRET,
    holdJitterSeconds: config.HOLD_JITTER_SECONDS,
  };
}
