import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OpenAPIHono } from '@hono/zod-openapi';
import { sql } from 'drizzle-orm';
import { createActors } from '../../src/access/actors.ts';
import { createApiKey } from '../../src/access/credentials/create-api-key.ts';
import { keyScopes } from '../../src/access/credentials/key-scopes.ts';
import { organizerRoutes } from '../../src/catalog/routes.ts';
import { publicRoutes } from '../../src/catalog/public/routes.ts';
import { servePublicReads } from '../../src/catalog/public/serve-public-reads.ts';
import { createPictureMaker, createPictures } from '../../src/catalog/index.ts';
import { createStagePurge } from '../../src/http/public-cache/cdn-purge.ts';
import { createCachedReads } from '../../src/http/public-cache/cached-reads.ts';
import { handleError } from '../../src/http/problem.ts';
import { requestContext } from '../../src/http/request-context.ts';
import type { AppEnv } from '../../src/http/contract/router.ts';
import { moveGates } from '../../src/check-in/index.ts';
import { createNoteEventChange } from '../../src/notifications/notices/note-event-change.ts';
import { categoryMoved } from '../../src/orders/waiting-list/lines.ts';
import { availabilityOf } from '../../src/orders/pools/queries.ts';
import { unpayableSale } from '../../src/payments/index.ts';
import { limitsChanged, wasOrdered } from '../../src/orders/placement/catalog-changes.ts';
import { type Clock, systemClock } from '../../src/platform/clock.ts';
import { type Db, openDb } from '../../src/platform/database/db.ts';
import { createDiskStorage } from '../../src/platform/files/disk-storage.ts';
import { createLog } from '../../src/platform/log.ts';
import { registry } from '../../src/platform/metrics.ts';
import { openCacheRedis } from '../../src/platform/redis.ts';
import { createReplica, readFromPrimary } from '../../src/platform/database/replica.ts';
import { problems } from '../../src/problems.ts';
import { ownInvalidations } from '../../src/platform/invalidation/invalidations.ts';
import { type TestOrganizer, signedInOwner } from '../factories.ts';
import { patientMs, until } from '../until.ts';

const log = createLog({ level: 'silent', process: 'test' });
/** Nothing is written here unless a test uploads a picture. */
const filesFolder = join(tmpdir(), `antre-catalog-${process.pid}`);
const config = {
  JWT_SECRET: 'test-only-jwt-secret-0123456789abcdef',
  ENCRYPTION_KEY: 'c3'.repeat(32),
  HASH_SECRET: 'test-only-hash-secret-0123456789abcdef',
  EVENT_NOTICE_DELAY_SECONDS: 300,
};

/** The catalog of one API process: its own pool, Redis connections and memory. */
export type CatalogProcess = Awaited<ReturnType<typeof openCatalog>>;

export async function openCatalog(options: {
  databaseUrl: string;
  redisUrl: string;
  replicaDb?: Db;
  clock?: Clock;
  callTimeoutMs?: number;
  /** For tests of the last good answer. */
  staleAfterMs?: number;
  cdnPurgeUrl?: string;
}) {
  const open = openDb({
    url: options.databaseUrl,
    name: 'test',
    poolSize: 4,
    acquireTimeoutMs: 5000,
    callTimeoutMs: options.callTimeoutMs ?? 5000,
    prepare: false,
  });
  // A change whose message does not leave in time reaches no other process before the answers expire.
  const redis = openCacheRedis(options.redisUrl, log, options.staleAfterMs === undefined ? patientMs : undefined);
  await new Promise((resolve) => redis.once('ready', resolve));
  const clock = options.clock ?? systemClock;
  const { db } = open;
  const cachedReads = createCachedReads({ redis, log, staleAfterMs: options.staleAfterMs ?? patientMs });
  const { replicaDb } = options;
  const replica =
    replicaDb === undefined
      ? undefined
      : createReplica({ replica: replicaDb, primary: db, fallback: db, watch: db, lagMaxMs: 5000, log });
  const source = replica ?? readFromPrimary(db);
  const publicReads = servePublicReads({
    db,
    source,
    redis,
    clock,
    availabilityOf,
    publicUrl: 'https://antre.example',
    cachedReads,
    problems,
  });
  const actors = createActors({ db, clock, config, invalidations: ownInvalidations() });
  const stagePurge = createStagePurge(options.cdnPurgeUrl);
  const eventChanged = createNoteEventChange({ clock, config });
  const fileStorage = createDiskStorage(filesFolder);
  const pictureMaker = createPictureMaker();
  const deps = {
    db,
    fileStorage,
    pictureMaker,
    pictures: createPictures({ fileStorage }),
    clock,
    config,
    actors,
    cachedReads,
    stagePurge,
    availabilityOf,
    unpayableSale,
    limitsChanged,
    eventChanged,
    wasOrdered,
    categoryMoved,
    moveGates,
  };
  const app = new OpenAPIHono<AppEnv>();
  app.use(requestContext(log));
  app.onError(handleError(problems, log));
  app.route('/', publicRoutes(publicReads));
  app.route('/', organizerRoutes(deps));
  return {
    db,
    deps,
    cachedReads,
    publicReads,
    app,
    /** A request in the order of the server: memory first, then the app. */
    fetch: async (path: string, init: RequestInit = {}): Promise<Response> => {
      const request = new Request(`http://antre.test${path}`, init);
      return publicReads.fetch(request) ?? app.fetch(request);
    },
    close: async () => {
      await pictureMaker.close();
      replica?.close();
      cachedReads.close();
      redis.disconnect();
      await open.close();
    },
  };
}

/** How often a public answer of this kind was rendered, over all processes of this test file. */
export async function buildsOf(kind: string): Promise<number> {
  const metric = await registry.getSingleMetric('antre_cached_read_builds_total')?.get();
  return metric?.values.find(({ labels }) => labels['kind'] === kind)?.value ?? 0;
}

/** The headers of an organiser's program with this role. */
export async function keyOf(
  { deps }: CatalogProcess,
  organizer: TestOrganizer,
  role: 'manager' | 'door',
): Promise<string> {
  const { key } = await createApiKey(deps, {
    actor: await signedInOwner(deps.db, organizer),
    name: role,
    role,
    scopes: keyScopes,
  });
  return key;
}

export async function auditOf(
  db: Db,
  organizer: TestOrganizer,
): Promise<{ act: string; subject_id: string; changes: unknown }[]> {
  const rows: unknown = await db.execute(
    sql`select act, subject_id, changes from audit_log where organizer_id = ${organizer.id} order by id`,
  );
  return rows as { act: string; subject_id: string; changes: unknown }[];
}

/** The members of answers that tests read. */
export type Shown = Record<string, unknown> & {
  readonly id: string;
  readonly code: string;
  readonly version: number;
  readonly nextCursor: string | null;
  readonly data: readonly (Record<string, unknown> & { id: string; slug: string; name: string })[];
};

/** Waits until an answer has been read again after a change. Until then a busy machine is sent the last good one, marked as such. */
export async function untilRenewed({ fetch }: Pick<CatalogProcess, 'fetch'>, path: string): Promise<void> {
  await until(async () => !(await fetch(path)).headers.get('cache-status')?.includes('fwd=stale'));
}

export async function shown(answer: Response): Promise<Shown> {
  return (await answer.json()) as Shown;
}
