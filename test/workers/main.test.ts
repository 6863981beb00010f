import { type ChildProcess, spawn } from 'node:child_process';
import { getPriority } from 'node:os';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../deploy/local/host/ports.ts';
import { someBuyer } from '../../testkit/factories.ts';
import {
  type Notifications,
  inbox,
  notificationConfig,
  openNotifications,
  paidOrder,
} from '../../testkit/notifications/notification-world.ts';
import { testPrograms } from '../../testkit/processes/test-programs.ts';
import { outboxCount } from '../../testkit/processes/worker.ts';
import { until } from '../../testkit/until.ts';

/** The real process, as it is deployed. */
let world: Notifications;
let operationsPort: number;
const children: ChildProcess[] = [];

beforeAll(async () => {
  world = await openNotifications();
  operationsPort = await freePort();
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await world.close();
});

function startProcess(extra: Record<string, string> = {}): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, [testPrograms().worker], {
    env: {
      NODE_COMPILE_CACHE: testPrograms().compileCache,
      ENV: 'test',
      DATABASE_URL: world.database.url,
      REDIS_CACHE_URL: world.redis.cacheUrl,
      REDIS_QUEUE_URL: world.redis.queueUrl,
      ...notificationConfig,
      SMTP_URL: world.sandbox.smtpUrl,
      WHATSAPP_GRAPH_URL: `${world.sandbox.url}/graph`,
      MIDTRANS_SNAP_URL: `${world.sandbox.url}/midtrans`,
      MIDTRANS_API_URL: `${world.sandbox.url}/midtrans`,
      OPERATIONS_PORT: String(operationsPort),
      WORKER_NICENESS: '3',
      ...extra,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { child, output: () => text };
}

const operations = (path: string) => fetch(`http://127.0.0.1:${operationsPort}${path}`);

test('from a paid order to the mail, through a kill -9, to a clean stop', async () => {
  const first = startProcess();
  await until(async () => (await operations('/readyz').catch(() => undefined))?.status === 200, 60_000);
  expect(getPriority(first.child.pid)).toBe(Math.max(getPriority(), 3));
  const buyer = someBuyer();
  await paidOrder(world, { buyer });
  await until(async () => (await inbox(world.sandbox, buyer.email)).length === 1);
  await until(async () => (await outboxCount(world.db)) === 0);

  const others = Array.from({ length: 12 }, () => someBuyer());
  await Promise.all(others.slice(0, 6).map((each) => paidOrder(world, { buyer: each })));
  first.child.kill('SIGKILL');
  await Promise.all(others.slice(6).map((each) => paidOrder(world, { buyer: each })));
  // What the dead process had leased comes back when the lease is over; the test does not wait for that.
  await world.db.execute(sql`update outbox set available_at = now()`);

  const second = startProcess();
  for (const each of others) await until(async () => (await inbox(world.sandbox, each.email)).length > 0, 60_000);
  const mails = await Promise.all(others.map((each) => inbox(world.sandbox, each.email)));
  expect(mails.every((list) => new Set(list.map((mail) => mail.messageId)).size === 1)).toBe(true);
  await until(async () => (await outboxCount(world.db)) === 0);

  const metrics = async () => (await operations('/metrics')).text();
  expect(await metrics()).toContain('antre_deliveries_total{template="tickets",channel="email",result="accepted"}');
  // The recurring jobs come round every two seconds, which may be after the mails.
  await until(async () => (await metrics()).includes('antre_jobs_completed_total{job="orders.expire_holds"}'));
  expect((await operations('/healthz')).status).toBe(200);

  const ended = new Promise<number | null>((resolve) => second.child.once('exit', resolve));
  second.child.kill('SIGTERM');
  expect(await ended).toBe(0);
  for (const each of [buyer, ...others]) {
    expect(second.output() + first.output()).not.toContain(each.email);
    expect(second.output()).not.toContain(each.phone.slice(3));
  }
}, 120_000);

test('it says in one sentence why it does not start', async () => {
  const refused = startProcess({ REDIS_QUEUE_URL: world.redis.cacheUrl, OPERATIONS_PORT: '0' });
  const code = await new Promise<number | null>((resolve) => refused.child.once('exit', resolve));
  expect(code).toBe(1);
  expect(refused.output()).toMatch(/maxmemory-policy is "allkeys-lru", and must be "noeviction"/);
  expect(refused.output()).not.toMatch(/\n\s+at /);
});
