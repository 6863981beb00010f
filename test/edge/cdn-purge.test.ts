import { type IncomingHttpHeaders, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { changeEvent } from '../../src/catalog/index.ts';
import { purgeCdn } from '../../src/http/public-cache/cdn-purge-call.ts';
import { cdnPurgeJob } from '../../src/http/public-cache/cdn-purge.ts';
import { rowsOf } from '../../src/platform/database/db.ts';
import { createClosers } from '../../src/platform/resilience/shutdown.ts';
import { startWorker } from '../../workers/start-worker.ts';
import { type CatalogProcess, openCatalog } from '../../testkit/catalog/catalog-world.ts';
import { type TestDatabase, createTestDatabase } from '../../testkit/services/database.ts';
import { type TestEvent, createEvent, createPaymentAccount } from '../../testkit/factories.ts';
import { type TestRedis, createTestRedis } from '../../testkit/services/redis.ts';
import { outboxCount, silentLog } from '../../testkit/processes/worker.ts';
import { until } from '../../testkit/until.ts';

/** Guards that a CDN is told of every change that the public sees, exactly when it is committed, and that nobody waits for it. */

type Heard = { readonly method: string | undefined; readonly headers: IncomingHttpHeaders; readonly body: string };

let database: TestDatabase;
let redis: TestRedis;
let catalog: CatalogProcess;
let cdnUrl: string;
let status = 204;
let answers = true;
const heard: Heard[] = [];
const cdn = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => (body += String(chunk)));
  request.on('end', () => {
    heard.push({ method: request.method, headers: request.headers, body });
    if (answers) response.writeHead(status, status === 307 ? { location: `${cdnUrl}/elsewhere` } : {}).end();
  });
});

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  await new Promise<void>((resolve) => cdn.listen(0, '127.0.0.1', resolve));
  cdnUrl = `http://127.0.0.1:${(cdn.address() as AddressInfo).port}`;
  const urls = { databaseUrl: database.url, redisUrl: redis.cacheUrl };
  catalog = await openCatalog({ ...urls, cdnPurgeUrl: cdnUrl });
});
beforeEach(async () => {
  await catalog.db.execute(sql`delete from outbox`);
  [status, answers] = [204, true];
  heard.length = 0;
});
afterAll(async () => {
  await catalog.close();
  cdn.closeAllConnections();
  cdn.close();
  await Promise.all([redis.close(), database.close()]);
});

const staged = () =>
  rowsOf<{ payload: unknown; seconds: number }>(
    catalog.db,
    sql`select payload, extract(epoch from available_at - created_at)::float8 as seconds from outbox where name = 'cdn.purge'`,
  );

/** On sale, of an organiser who can take money. */
async function anEvent(): Promise<TestEvent> {
  const event = await createEvent(catalog.db);
  await createPaymentAccount(catalog.db, event.organizer);
  return event;
}

async function rename(event: TestEvent, name: string, version = 1) {
  const { id: organizerId, slug: organizerSlug } = event.organizer;
  const actor = {
    kind: 'staff',
    role: 'owner',
    id: 'stf_test',
    sessionId: 'ses_test',
    organizerId,
    organizerSlug,
  } as const;
  return changeEvent(catalog.deps, { actor, eventId: event.id, version, values: { name } });
}

test('a change that the public sees stages a purge in its own transaction; a hidden or failed change stages none', async () => {
  const draft = await createEvent(catalog.db, { event: { status: 'draft', publishedAt: null } });
  await rename(draft, 'Nobody sees this');
  const event = await anEvent();
  await expect(rename(event, 'From an old version', 7)).rejects.toMatchObject({ code: 'event.changed_meanwhile' });
  expect(await staged()).toEqual([]);
  await rename(event, 'A new name');
  expect(await staged()).toEqual([{ payload: { surrogateKeys: [event.id, 'events'] }, seconds: 4 }]);
});

test('the keys are the Surrogate-Keys of the answers', async () => {
  const event = await anEvent();
  await rename(event, 'Another name');
  const [purge] = await staged();
  const { surrogateKeys } = cdnPurgeJob.payload.parse(purge?.payload);
  for (const path of ['', `/${event.slug}`, `/${event.slug}/schedule`, `/${event.slug}/ticket-categories`]) {
    const answer = await catalog.fetch(`/v1/events${path}`);
    const carried = answer.headers.get('surrogate-key')?.split(' ') ?? [];
    expect([path, surrogateKeys.some((key) => carried.includes(key))]).toEqual([path, true]);
  }
});

test('the worker tells the CDN, in JSON and in a header, with the token', async () => {
  const event = await anEvent();
  await rename(event, 'A third name');
  await catalog.db.execute(sql`update outbox set available_at = now()`);
  const closers = createClosers(silentLog);
  const config = { CDN_PURGE_URL: cdnUrl, CDN_PURGE_TOKEN: 'token-of-the-cdn-1' };
  await startWorker({
    config: { ENV: 'test', REDIS_QUEUE_URL: redis.queueUrl, WORKER_CONCURRENCY: 2, RELAY_JOBS_MAX: 100 },
    db: catalog.db,
    log: silentLog,
    closers,
    jobs: { 'cdn.purge': cdnPurgeJob },
    handlers: { 'cdn.purge': (purge, { signal }) => purgeCdn({ config }, purge, signal) },
    schedules: [],
  });
  try {
    await until(async () => heard.length > 0 && (await outboxCount(catalog.db)) === 0);
  } finally {
    await closers.close();
  }
  expect(heard).toEqual([
    {
      method: 'POST',
      headers: expect.objectContaining({
        authorization: 'Bearer token-of-the-cdn-1',
        'content-type': 'application/json',
        'surrogate-key': `${event.id} events`,
      }),
      body: JSON.stringify({ surrogateKeys: [event.id, 'events'] }),
    },
  ]);
});

test('a CDN that refuses, redirects, hangs or is unreachable fails the try, by code; without a CDN there is nothing to do', async () => {
  const call = (url: string | undefined, signal = new AbortController().signal) =>
    purgeCdn(
      { config: { CDN_PURGE_URL: url, CDN_PURGE_TOKEN: 'token-of-the-cdn-1' } },
      { surrogateKeys: ['events'] },
      signal,
    );
  for (status of [400, 401, 429, 503, 307]) {
    await expect(call(cdnUrl)).rejects.toMatchObject({ code: `CDN_PURGE_${status}` });
  }
  expect(heard).toHaveLength(5);
  await expect(call('http://127.0.0.1:1')).rejects.toMatchObject({ code: 'CDN_PURGE_UNREACHABLE' });
  answers = false;
  await expect(call(cdnUrl, AbortSignal.timeout(100))).rejects.toMatchObject({ code: 'CDN_PURGE_UNREACHABLE' });
  await call(undefined);
});
