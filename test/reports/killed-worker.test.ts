import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../deploy/local/host/ports.ts';
import { insertOrdersInPayment } from '../../loadtest/bench/fill/bulk-orders.ts';
import { rowsOf } from '../../src/platform/database/db.ts';
import { createEvent } from '../../testkit/factories.ts';
import { testPrograms } from '../../testkit/processes/test-programs.ts';
import { type ReportWorld, openReportWorld, readCsv, reportStatus } from '../../testkit/reports/report-world.ts';
import { until } from '../../testkit/until.ts';

/** Guards a report against a kill of the real worker process: no half file, no second mail, and all rows at the end. */

const orders = 20_000;
let world: ReportWorld;
const children: ChildProcess[] = [];

beforeAll(async () => {
  world = await openReportWorld();
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await world.close();
});

async function startWorker(): Promise<ChildProcess> {
  const { config } = world;
  const child = spawn(process.execPath, [testPrograms().worker], {
    env: {
      NODE_COMPILE_CACHE: testPrograms().compileCache,
      ENV: 'test',
      LOG_LEVEL: 'error',
      DATABASE_URL: config.DATABASE_URL,
      REDIS_CACHE_URL: config.REDIS_CACHE_URL,
      REDIS_QUEUE_URL: config.REDIS_QUEUE_URL,
      FILES_DIR: config.FILES_DIR,
      JWT_SECRET: config.JWT_SECRET,
      ORDER_TOKEN_SECRET: config.ORDER_TOKEN_SECRET,
      QUEUE_TOKEN_SECRET: config.QUEUE_TOKEN_SECRET,
      HASH_SECRET: config.HASH_SECRET,
      ENCRYPTION_KEY: config.ENCRYPTION_KEY,
      OPERATIONS_PORT: String(await freePort()),
    },
    stdio: 'ignore',
  });
  children.push(child);
  return child;
}

test('a worker is killed while it writes, and another one makes the report', async () => {
  const event = await createEvent(world.db, { organizer: world.organizer, categories: [{ capacity: orders }] });
  await insertOrdersInPayment(world.db, event, { first: 1, last: orders });
  const first = await startWorker();
  const asked = await world.send('POST', '/reports', { kind: 'orders', format: 'csv', eventId: event.id });
  const { id } = asked.body;
  const unfinished = new RegExp(`^${id}-1\\.csv\\.[\\w-]+\\.part$`);
  await until(() => world.files().some((name) => unfinished.test(name)), 60_000);
  first.kill('SIGKILL');
  await once(first, 'exit');
  expect(await reportStatus(world, id)).toMatchObject({ status: 'making', run: 1 });
  expect(world.files()).toEqual([expect.stringMatching(unfinished)]);
  expect((await world.send('GET', `/reports/${id}/file`)).body.code).toBe('report.not_ready');

  // The leases of report and job end by themselves; the test does not wait for that.
  await world.db.execute(sql`update reports set lease_until = now() where id = ${id}`);
  await world.db.execute(sql`update outbox set available_at = now()`);
  await startWorker();
  await until(async () => (await reportStatus(world, id))?.status === 'ready', 120_000);
  expect(await reportStatus(world, id)).toMatchObject({ run: 2, failures: 1, rows: orders });
  const file = await world.send('GET', `/reports/${id}/file`);
  expect(new Set(readCsv(file.text).map((row) => row['order_id'])).size).toBe(orders);
  expect(await rowsOf(world.db, sql`select id from deliveries where subject_id = ${id}`)).toHaveLength(1);
}, 240_000);
