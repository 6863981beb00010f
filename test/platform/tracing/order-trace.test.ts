import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../../deploy/local/host/ports.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/start-sandbox.ts';
import type { OpenDb } from '../../../src/platform/database/db.ts';
import { someBuyer } from '../../../testkit/factories.ts';
import { inbox } from '../../../testkit/notifications/notification-world.ts';
import { openTestDb } from '../../../testkit/orders/placing.ts';
import { createPaidEvent, encryptionKey } from '../../../testkit/payments/payment-world.ts';
import { type ApiProcess, startApiProcess } from '../../../testkit/processes/api-process.ts';
import { testEnvironment } from '../../../testkit/processes/environment.ts';
import { testPrograms } from '../../../testkit/processes/test-programs.ts';
import { type TestDatabase, createTestDatabase } from '../../../testkit/services/database.ts';
import {
  type CollectedSpan,
  type OtlpCollector,
  startOtlpCollector,
} from '../../../testkit/services/otlp-collector.ts';
import { type TestRedis, createTestRedis } from '../../../testkit/services/redis.ts';
import { until } from '../../../testkit/until.ts';

/** Guards that one trace shows an order from the click to the mail, over two processes, a gateway and its callback. */

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const clickSpanId = '00f067aa0ba902b7';

let database: TestDatabase;
let open: OpenDb;
let redis: TestRedis;
let sandbox: Sandbox;
let collector: OtlpCollector;
let api: ApiProcess;
let worker: ChildProcess;
let apiUrl: string;
let said = '';

beforeAll(async () => {
  [database, redis, collector] = await Promise.all([createTestDatabase(), createTestRedis(), startOtlpCollector()]);
  open = openTestDb(database.url);
  sandbox = await startSandbox({ port: 0, smtpPort: 0, timeScale: 0.001 });
  const [port, operationsPort] = [await freePort(), await freePort()];
  apiUrl = `http://127.0.0.1:${port}`;
  const environment = {
    PUBLIC_URL: apiUrl,
    ENCRYPTION_KEY: encryptionKey,
    MIDTRANS_SNAP_URL: `${sandbox.url}/midtrans`,
    MIDTRANS_API_URL: `${sandbox.url}/midtrans`,
    TRACING_OTLP_URL: collector.url,
    // Nothing is sampled by chance, and nothing is slow.
    TRACING_SAMPLE_RATIO: '0',
    TRACING_SLOW_MS: '600000',
    LOG_LEVEL: 'info',
  };
  api = await startApiProcess(
    { databaseUrl: database.url, cacheUrl: redis.cacheUrl, queueUrl: redis.queueUrl },
    { ...environment, PORT: String(port) },
  );
  worker = spawn(process.execPath, [testPrograms().worker], {
    env: {
      ...testEnvironment(database, redis),
      ...environment,
      NODE_COMPILE_CACHE: testPrograms().compileCache,
      SMTP_URL: sandbox.smtpUrl,
      OPERATIONS_PORT: String(operationsPort),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [worker.stdout, worker.stderr])
    stream?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await until(async () => {
    if (worker.exitCode !== null) throw new Error(`the worker ended: ${said}`);
    return (await fetch(`http://127.0.0.1:${operationsPort}/readyz`).catch(() => undefined))?.status === 200;
  });
});
afterAll(async () => {
  worker?.kill('SIGKILL');
  await api?.kill();
  await sandbox?.close();
  await collector?.close();
  await open?.close();
  await redis?.close();
  await database?.close();
});

async function buy(traceparent?: string) {
  const event = await createPaidEvent({ db: open.db });
  const buyer = someBuyer();
  const response = await fetch(`${apiUrl}/v1/orders`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
      ...(traceparent === undefined ? {} : { traceparent }),
    },
    body: JSON.stringify({
      eventSlug: event.slug,
      buyer,
      lines: [{ ticketCategoryId: event.categories[0]?.id, quantity: 1 }],
    }),
  });
  const order = (await response.json()) as { id: string };
  expect([response.status, order]).toEqual([201, expect.anything()]);
  const atGateway = `pay_${order.id.slice(4)}01`;
  await until(async () => {
    const paid = await fetch(`${sandbox.url}/control/payments/${atGateway}/pay`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ method: 'qris' }),
    });
    await paid.body?.cancel();
    return paid.ok;
  });
  await until(async () => (await inbox(sandbox, buyer.email)).length === 1);
  return { event, order, buyer };
}

const ofTrace = () => collector.spans.filter((span) => span.traceId === traceId);
const named = (pattern: RegExp) => ofTrace().filter(({ name }) => pattern.test(name));

test('one trace shows an order from the click to the mail', async () => {
  const { event, order, buyer } = await buy(`00-${traceId}-${clickSpanId}-01`);
  // Each process sends its spans once a second, so the last of the worker may come before the first of the API.
  const ends = [/^POST \/v1\/orders$/, /^smtp send$/, /^job delivery\.send_tickets$/];
  await until(() => ends.every((pattern) => named(pattern).length > 0));
  const spans = new Map(ofTrace().map((span) => [span.spanId, span]));
  /** The names from a span up to the click. */
  const wayOf = (span: CollectedSpan | undefined): string[] =>
    span === undefined ? [] : [span.name, ...wayOf(spans.get(span.parentSpanId ?? ''))];

  const [click] = named(/^POST \/v1\/orders$/);
  expect(click).toMatchObject({ service: 'antre-api', kind: 2, parentSpanId: clickSpanId, isError: false });
  expect(click?.attributes).toMatchObject({
    'http.route': '/v1/orders',
    'http.response.status_code': 201,
    'antre.order_id': order.id,
    'antre.event_id': event.id,
  });
  expect(wayOf(named(/^commit orders$/)[0])).toEqual(['commit orders', 'POST /v1/orders']);

  const [gatewayCall] = named(/^POST 127\.0\.0\.1$/);
  expect(wayOf(gatewayCall)).toEqual(['POST 127.0.0.1', 'job order.placed', 'POST /v1/orders']);
  expect(gatewayCall).toMatchObject({ service: 'antre-worker', kind: 3 });

  const [settling] = named(/^job payment\.apply_callback$/);
  expect(wayOf(settling).at(-1)).toBe('POST /v1/orders');
  const [mail] = named(/^smtp send$/);
  expect(wayOf(mail)).toEqual(expect.arrayContaining(['smtp send', 'job delivery.send_tickets', 'POST /v1/orders']));
  const times = [click, gatewayCall, settling, mail].map((span) => span?.startMs ?? 0);
  expect(times).toEqual(times.toSorted((one, other) => one - other));
  for (const span of spans.values()) expect(span.endMs).toBeGreaterThanOrEqual(span.startMs);

  for (const secret of [buyer.email, buyer.phone, buyer.name]) expect(collector.text()).not.toContain(secret);
});

test('an order that is not sampled leaves no trace', async () => {
  const { order } = await buy();
  // The exporter sends each second.
  await new Promise((resolve) => setTimeout(resolve, 2500));
  expect(collector.text()).not.toContain(order.id);
});
