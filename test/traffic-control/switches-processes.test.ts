import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDb } from '../../src/platform/database/db.ts';
import { type ApiProcess, operationsToken, startApiProcess } from '../../testkit/processes/api-process.ts';
import { type TestDatabase, createTestDatabase } from '../../testkit/services/database.ts';
import { type TestEvent, createEvent, someBuyer } from '../../testkit/factories.ts';
import { type OwnRedis, startOwnRedis } from '../../testkit/services/own-redis.ts';
import { openTcpProxy } from '../../testkit/services/tcp-proxy.ts';

/**
 * Guards that a switch reaches every process within a second, without Redis, and that a process which starts knows it
 * before it serves. The processes are real ones.
 */

let database: TestDatabase;
let redis: OwnRedis;
let event: TestEvent;
const processes: ApiProcess[] = [];
let urls: { databaseUrl: string; cacheUrl: string; queueUrl: string };

const start = async (databaseUrl = urls.databaseUrl) => {
  const started = await startApiProcess({ ...urls, databaseUrl });
  processes.push(started);
  return started;
};

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), startOwnRedis()]);
  urls = { databaseUrl: database.url, cacheUrl: `${redis.url}/0`, queueUrl: `${redis.url}/1` };
  const open = openDb({
    url: database.url,
    name: 'seed',
    poolSize: 1,
    acquireTimeoutMs: 5000,
    callTimeoutMs: 5000,
    prepare: false,
  });
  event = await createEvent(open.db);
  await open.close();
});
afterAll(async () => {
  for (const one of processes) await one.kill();
  await redis.close();
  await database.close();
});

const place = async (process: ApiProcess) =>
  (
    await process.fetch('/v1/orders', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
      body: JSON.stringify({
        eventSlug: event.slug,
        buyer: someBuyer(),
        lines: [{ ticketCategoryId: event.categories[0]?.id, quantity: 1 }],
      }),
    })
  ).status;

const turn = async (process: ApiProcess, name: string, on: boolean, of?: string) => {
  const answer = await process.operations(`/switches/${name}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${operationsToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ on, reason: 'a test', by: 'the tests', ...(of === undefined ? {} : { event: of }) }),
  });
  expect(answer.status).toBe(200);
};

const reachMs = 1000;

/** Places orders until one is answered by this status. It must be among those that were sent within a second. */
const reaches = async (process: ApiProcess, status: number) => {
  const since = performance.now();
  for (;;) {
    const sentMs = performance.now() - since;
    if ((await place(process)) === status) return;
    expect(sentMs).toBeLessThan(reachMs);
    await pause(20);
  }
};

it('a switch reaches two processes within a second in each direction, and the asked process at once', async () => {
  const [one, other] = [await start(), await start()];
  expect([await place(one), await place(other)]).toEqual([201, 201]);
  for (const on of [true, false, true, false]) {
    await turn(one, 'close_sales', on, event.slug);
    expect(await place(one)).toBe(on ? 409 : 201);
    await reaches(other, on ? 409 : 201);
  }
});

it('a switch survives the loss of Redis and a restart of Redis and every process, and applies before the first answer', async () => {
  const [one] = processes;
  if (one === undefined) throw new Error('no process');
  await turn(one, 'drop_class_5', true);
  await redis.kill();
  await turn(one, 'close_sales', true, event.id);
  await Promise.all(processes.map((process) => reaches(process, 409)));
  for (const process of processes.splice(0)) await process.kill();
  await redis.start();
  const again = await start();
  // A request sent as soon as it listens.
  expect(await place(again)).toBe(409);
  expect((await again.fetch('/v1/organizers/any/orders')).status).toBe(503);
  expect(await (await again.operations('/metrics')).text()).toContain('antre_switch_on{name="close_sales"} 1');
  await turn(again, 'drop_class_5', false);
  await turn(again, 'close_sales', false, event.id);
});

it('a switch stays on in a process that has lost Postgres', async () => {
  const way = await openTcpProxy(urls.databaseUrl);
  const cut = await start(way.url);
  await turn(cut, 'browse_only', true);
  way.refuse();
  way.cutAll();
  const readAge = async () => {
    const metrics = await (await cut.operations('/metrics')).text();
    return Number(/^antre_switch_read_age_seconds (\S+)$/m.exec(metrics)?.[1]);
  };
  // Two readings have failed: the process goes by what it knew.
  await expect.poll(readAge, { timeout: 10_000 }).toBeGreaterThan(1);
  const answer = await cut.fetch('/v1/sessions', { method: 'POST' });
  expect([answer.status, await answer.json()]).toMatchObject([503, { code: 'traffic.browse_only' }]);
  way.accept();
  const [other] = processes;
  if (other === undefined) throw new Error('no process');
  await turn(other, 'browse_only', false);
  await expect
    .poll(async () => (await cut.fetch('/v1/sessions', { method: 'POST' })).status, { timeout: 10_000 })
    .not.toBe(503);
  await cut.kill();
  await way.close();
});
