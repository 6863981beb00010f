import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import postgres from 'postgres';
import { migrate } from '../../drizzle/migrate.ts';
import { openDb } from '../../src/platform/database/db.ts';
import { newId } from '../../src/platform/ids.ts';
import { registry } from '../../src/platform/metrics.ts';
import { createClosers } from '../../src/platform/resilience/shutdown.ts';
import { makeNextReport } from '../../src/reports/index.ts';
import { reports } from '../../src/reports/tables.ts';
import { type TestEvent, createEvent, someBuyer } from '../../testkit/factories.ts';
import { startPostgresPair } from '../../testkit/services/own-postgres.ts';
import { type TestService, startTestService } from '../../testkit/processes/service.ts';
import { silentLog } from '../../testkit/processes/worker.ts';
import { type TcpProxy, openTcpProxy } from '../../testkit/services/tcp-proxy.ts';
import { until } from '../../testkit/until.ts';
import { composeReports } from '../../workers/compose-reports.ts';

/**
 * Guards that public documents and pages are served while the replica is down, hangs or lags too far behind, by a
 * primary that keeps selling, and that reports are made from the replica. The standby is a real one, which streams from its primary.
 */

const lagMaxMs = 1500;
const fallbackPoolSize = 2;

let pair: Awaited<ReturnType<typeof startPostgresPair>>;
let wire: TcpProxy;
let api: TestService;
let primary: postgres.Sql;

beforeAll(async () => {
  pair = await startPostgresPair();
  await migrate({ url: pair.primary.url });
  wire = await openTcpProxy(pair.standby.url);
  primary = postgres(pair.primary.url, { max: 2, onnotice: () => {} });
  api = await startTestService({
    DATABASE_URL: pair.primary.url,
    DATABASE_REPLICA_URL: wire.url,
    DATABASE_REPLICA_LAG_MAX_MS: String(lagMaxMs),
    DATABASE_FALLBACK_POOL_SIZE: String(fallbackPoolSize),
  });
}, 120_000);
afterAll(async () => {
  await api?.close();
  await primary?.end();
  await wire?.close();
  await pair?.close();
});

async function gaugeOf(name: string): Promise<number | undefined> {
  const metric = await registry.getSingleMetric(`antre_${name}`)?.get();
  return metric?.values[0]?.value;
}
async function readsFrom(from: string, why?: string): Promise<number> {
  const metric = await registry.getSingleMetric('antre_replica_reads_total')?.get();
  const values = metric?.values.filter(
    ({ labels }) => labels['from'] === from && (why === undefined || labels['why'] === why),
  );
  return (values ?? []).reduce((sum, { value }) => sum + value, 0);
}
const isUsable = async () => (await gaugeOf('replica_usable')) === 1;

/** Events that no process has read yet, and that the standby has. */
async function coldEvents(count: number): Promise<TestEvent[]> {
  const events: TestEvent[] = [];
  for (let n = 0; n < count; n += 1) events.push(await createEvent(api.service.db));
  return events;
}

async function replicated(): Promise<void> {
  const [row] = await primary`select pg_current_wal_lsn()::text as lsn`;
  const standby = postgres(pair.standby.url, { max: 1, onnotice: () => {} });
  await until(async () => {
    const [at] = await standby`select pg_last_wal_replay_lsn() >= ${String(row?.['lsn'])}::pg_lsn as there`;
    return at?.['there'] === true;
  });
  await standby.end();
}

const paths = (event: TestEvent) => [
  `/v1/events/${event.slug}`,
  `/v1/events/${event.slug}/schedule`,
  `/v1/events/${event.slug}/ticket-categories`,
  `/events/${event.slug}`,
];

const triesMax = 4;

/**
 * Retries as clients do: an answer that could not be rendered in time, as on a busy machine, is requested again when
 * the refusal says.
 */
async function statusOf(path: string): Promise<number> {
  for (let tries = 1; ; tries += 1) {
    const { status, headers } = await api.fetch(path);
    if (status !== 503 || tries === triesMax) return status;
    await new Promise((resolve) => setTimeout(resolve, Number(headers.get('retry-after') ?? 1) * 1000));
  }
}

async function statusesOf(events: readonly TestEvent[]): Promise<number[]> {
  return [...new Set(await Promise.all(events.flatMap(paths).map(statusOf)))];
}

beforeEach(async () => {
  wire.accept();
  await until(isUsable);
});

test('a standby that keeps up is read, also while nothing is written for longer than its lag bound', async () => {
  const [event] = await coldEvents(1);
  if (event === undefined) throw new Error('no event');
  await replicated();
  await new Promise((resolve) => setTimeout(resolve, lagMaxMs + 1500));
  const before = await readsFrom('replica');
  expect(await statusesOf([event])).toEqual([200]);
  expect(await readsFrom('replica')).toBeGreaterThanOrEqual(before + 3);
});

describe('a standby that is away', () => {
  test('every cold document and page is answered by the primary, and the standby is asked again once it is back', async () => {
    const events = await coldEvents(6);
    await replicated();
    await pair.standby.kill();
    expect(await statusesOf(events.slice(0, 3))).toEqual([200]);
    expect(await statusOf('/v1/events?limit=7')).toBe(200);
    expect(await statusOf('/?q=senja')).toBe(200);
    await until(async () => !(await isUsable()));
    const failed = await readsFrom('primary', 'failed');
    expect(await statusesOf(events.slice(3))).toEqual([200]);
    expect(await readsFrom('primary', 'failed'), 'no read waits for a replica that is left alone').toBe(failed);
    await pair.standby.start();
    await until(isUsable);
    const before = await readsFrom('replica');
    const [back] = await coldEvents(1);
    await replicated();
    expect(await statusesOf(back === undefined ? [] : [back])).toEqual([200]);
    expect(await readsFrom('replica')).toBeGreaterThan(before);
  });

  test('hangs: reads are answered within their deadline, and orders are placed meanwhile', async () => {
    const events = await coldEvents(8);
    await replicated();
    wire.silenceAll();
    wire.refuse();
    const most = { connections: 0 };
    const watching = setInterval(() => {
      void primary`select count(*)::int as n from pg_stat_activity where application_name = 'antre-fallback'`.then(
        ([row]) => (most.connections = Math.max(most.connections, Number(row?.['n']))),
        () => {},
      );
    }, 20);
    const [sold] = await coldEvents(1);
    const reads = statusesOf(events);
    const orders = await Promise.all(Array.from({ length: 20 }, () => placeOrder(sold)));
    expect([...new Set(orders)]).toEqual([201]);
    expect(await reads).toEqual([200]);
    clearInterval(watching);
    expect(most.connections).toBeGreaterThan(0);
    expect(most.connections, 'what reads take of the primary is bounded').toBeLessThanOrEqual(fallbackPoolSize);
  });
});

describe('a standby that is behind', () => {
  test('is not asked beyond its bound, and is asked again once it has caught up', async () => {
    const standby = postgres(pair.standby.url, { max: 1, onnotice: () => {} });
    await standby`select pg_wal_replay_pause()`;
    const event = await createEvent(api.service.db);
    await until(async () => !(await isUsable()));
    expect(await gaugeOf('replica_lag_seconds')).toBeGreaterThan(lagMaxMs / 1000);
    const before = await readsFrom('primary', 'behind');
    // The standby does not have this event.
    expect(await statusesOf([event])).toEqual([200]);
    expect(await readsFrom('primary', 'behind')).toBeGreaterThan(before);
    await standby`select pg_wal_replay_resume()`;
    await until(isUsable);
    expect(await gaugeOf('replica_lag_seconds')).toBeLessThan(lagMaxMs / 1000);
    await standby.end();
  });

  test('is asked within its bound, and shows what it has', async () => {
    const standby = postgres(pair.standby.url, { max: 1, onnotice: () => {} });
    await standby`select pg_wal_replay_pause()`;
    const event = await createEvent(api.service.db);
    expect(await statusesOf([event]), 'the control: a standby that is behind does not have it').toContain(404);
    await standby`select pg_wal_replay_resume()`;
    await standby.end();
  });
});

/** Makes reports as a worker does, until the test ends. */
function reportMaker(): (event: TestEvent) => Promise<unknown> {
  const { config, db } = api.service;
  const folder = mkdtempSync(join(tmpdir(), 'antre-replica-'));
  const closers = createClosers(silentLog);
  onTestFinished(async () => {
    await closers.close();
    rmSync(folder, { recursive: true });
  });
  const pool = (name: string, poolSize: number, callTimeoutMs: number, url: string = config.DATABASE_URL) => {
    const open = openDb({ url, name, poolSize, callTimeoutMs, acquireTimeoutMs: callTimeoutMs, prepare: false });
    closers.add(`${name} pool`, () => open.close());
    return open.db;
  };
  // The test holds the standby back for longer than readers of pages would bear.
  const patient = { ...config, FILES_DIR: folder, DATABASE_REPLICA_LAG_MAX_MS: 60_000 };
  const deps = { ...composeReports({ config: patient, log: silentLog, closers, pool, db }), db, log: silentLog };
  return async ({ id: eventId, organizer: { id: organizerId } }) => {
    const id = newId('rpt');
    await db.insert(reports).values({ id, organizerId, eventId, kind: 'orders', format: 'csv', requestedBy: 'test' });
    await makeNextReport(deps, { organizerId }, AbortSignal.timeout(30_000));
    const [report] = await db.select().from(reports).where(eq(reports.id, id));
    return { status: report?.status, rows: report?.rows };
  };
}

test('a report is made from the standby, and from the primary while the standby is away', async () => {
  const report = reportMaker();
  const [event] = await coldEvents(1);
  if (event === undefined) throw new Error('no event');
  expect([await placeOrder(event), await placeOrder(event)]).toEqual([201, 201]);
  await replicated();
  const standby = postgres(pair.standby.url, { max: 1, onnotice: () => {} });
  await standby`select pg_wal_replay_pause()`;
  expect(await placeOrder(event)).toBe(201);
  expect(await report(event), 'the standby does not have the third order').toEqual({ status: 'ready', rows: 2 });
  await standby`select pg_wal_replay_resume()`;
  await standby.end();
  await pair.standby.kill();
  expect(await report(event)).toEqual({ status: 'ready', rows: 3 });
  await pair.standby.start();
});

async function placeOrder(event: TestEvent | undefined): Promise<number> {
  const { status } = await api.fetch('/v1/orders', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    body: JSON.stringify({
      eventSlug: event?.slug,
      buyer: someBuyer(),
      lines: [{ ticketCategoryId: event?.categories[0]?.id, quantity: 1 }],
    }),
  });
  return status;
}
