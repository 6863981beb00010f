import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Db, type OpenDb, rowsOf } from '../../src/platform/database/db.ts';
import { sql } from 'drizzle-orm';
import { type StagedJob, leaseStagedJobs, stage } from '../../src/platform/jobs/outbox.ts';
import { currentTraceId, withinTrace } from '../../src/platform/tracing/scope.ts';
import { type KeptTrace, type Trace, beginTrace, endTrace, setTraceSink } from '../../src/platform/tracing/trace.ts';
import { createEvent } from '../../testkit/factories.ts';
import { openTestDb, order, placingDeps } from '../../testkit/orders/placing.ts';
import { silentLog, startTestWorker, testJobs } from '../../testkit/processes/worker.ts';
import { type TestDatabase, createTestDatabase } from '../../testkit/services/database.ts';
import { type TestRedis, createTestRedis } from '../../testkit/services/redis.ts';
import { until } from '../../testkit/until.ts';
import { withOrderTraces } from '../../workers/running/trace-jobs.ts';

/** Guards that a trace goes on in jobs: by the outbox, by BullMQ, and by the order that a callback pays. */

let database: TestDatabase;
let redis: TestRedis;
let open: OpenDb;
let db: Db;
const kept: KeptTrace[] = [];

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  open = openTestDb(database.url, 8);
  ({ db } = open);
});
beforeEach(async () => {
  await db.execute(sql`delete from outbox`);
  setTraceSink({ sampleRatio: 0, slowMs: 60_000, keep: (trace) => kept.push(trace) });
});
afterEach(() => {
  setTraceSink(undefined);
  kept.length = 0;
});
afterAll(async () => {
  await open?.close();
  await redis?.close();
  await database?.close();
});

const sampledParent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const begin = (parent?: string): Trace => {
  const trace = beginTrace({ kind: 'server', parent });
  if (trace === undefined) throw new Error('tracing is on');
  return trace;
};
const storedOf = async (): Promise<(string | null)[]> =>
  (await rowsOf<{ traceparent: string | null }>(db, sql`select traceparent from outbox order by id`)).map(
    (row) => row.traceparent,
  );

describe('a staged job', () => {
  test('carries the trace of what staged it if that is sampled, through the queue, to its act', async () => {
    const trace = begin(sampledParent);
    await withinTrace(trace, () => stage(db, testJobs['test.count'], { number: 1 }));
    await withinTrace(begin(), () => stage(db, testJobs['test.count'], { number: 2 }));
    await stage(db, testJobs['test.count'], { number: 3 });
    expect(await storedOf()).toEqual([`00-${trace.traceId}-${trace.rootSpanId}-01`, null, null]);

    const seen = new Map<number, string | undefined>();
    const worker = await startTestWorker(
      { db, queueUrl: redis.queueUrl },
      {
        'test.count': ({ number }) => {
          seen.set(number, currentTraceId());
          return Promise.resolve();
        },
      },
    );
    try {
      await until(() => seen.size === 3 && kept.length > 0);
    } finally {
      await worker.close();
    }
    expect(seen.get(1)).toBe(trace.traceId);
    for (const number of [2, 3]) expect(seen.get(number)).not.toBe(trace.traceId);
    expect(kept.map(({ traceId, spans }) => [traceId, spans[0]?.name, spans[0]?.parentSpanId])).toEqual([
      [trace.traceId, 'job test.count', trace.rootSpanId],
    ]);
  });

  test('that fails is kept although nobody sampled it, by its code alone', async () => {
    const worker = await startTestWorker(
      { db, queueUrl: redis.queueUrl },
      { 'test.tick': () => Promise.reject(new TypeError('budi@example.com is wrong')) },
    );
    await stage(db, testJobs['test.tick'], {});
    try {
      await until(() => kept.length > 0);
    } finally {
      await worker.close();
    }
    expect([kept[0]?.why, kept[0]?.spans[0]?.fault]).toEqual(['error', 'TypeError']);
    expect(JSON.stringify(kept)).not.toContain('budi');
  });
});

describe('an order', () => {
  const callbackParent = '00-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbbb-01';
  const placeIn = async (trace: Trace) => {
    const event = await createEvent(db);
    const { order: placed } = await withinTrace(trace, () => order(placingDeps(open), event));
    endTrace(trace, { name: 'POST /v1/orders', attributes: {} });
    return { event, orderId: placed.id };
  };
  const job = (payload: object, traceparent: string | null): StagedJob => ({
    id: '1',
    name: 'payment.apply_callback',
    event_id: '-',
    payload,
    relays: 1,
    waited_seconds: 0,
    traceparent,
  });
  const tracesOf = async (jobs: readonly StagedJob[]) =>
    (await withOrderTraces({ db, log: silentLog }, jobs)).map(({ traceparent, linked }) => [traceparent, linked]);

  test('remembers the trace that placed it; what a callback brings about belongs to it, and links to its own', async () => {
    const trace = begin(sampledParent);
    const { event, orderId } = await placeIn(trace);
    const ofOrder = `00-${trace.traceId}-${trace.rootSpanId}-01`;
    expect(await storedOf()).toEqual([ofOrder]);
    const attemptId = `pay_${orderId.slice(4)}01`;
    expect(
      await tracesOf([
        job({ callbackId: '7', attemptId }, callbackParent),
        job({ eventId: event.id, orderId }, null),
        // A job that stands for several belongs to the first traced order among them.
        job({ eventId: event.id, callbacks: [{ callbackId: '8' }, { callbackId: '9', attemptId }] }, null),
        // A job that the order's own trace has staged stays below what staged it.
        job({ eventId: event.id, orderId }, `00-${trace.traceId}-cccccccccccccccc-01`),
        job({ eventId: event.id }, callbackParent),
      ]),
    ).toEqual([
      [ofOrder, callbackParent],
      [ofOrder, null],
      [ofOrder, null],
      [`00-${trace.traceId}-cccccccccccccccc-01`, undefined],
      [callbackParent, undefined],
    ]);
  });

  test('that nobody sampled stores nothing, and while tracing is off nobody asks', async () => {
    const { event, orderId } = await placeIn(begin());
    expect(await storedOf()).toEqual([null]);
    expect(await tracesOf([job({ eventId: event.id, orderId }, null)])).toEqual([[null, undefined]]);
    setTraceSink(undefined);
    const jobs = await leaseStagedJobs(db, [{ name: 'order.placed', eventId: event.id, room: 10 }]);
    const closed = openTestDb('postgres://nobody:nothing@127.0.0.1:1/none');
    expect(await withOrderTraces({ db: closed.db, log: silentLog }, jobs)).toBe(jobs);
    await closed.close();
  });

  test('is relayed without its trace when that cannot be looked up', async () => {
    const away = openTestDb('postgres://nobody:nothing@127.0.0.1:1/none');
    const jobs = [job({ orderId: 'ord_G0BEHEXG01M8JPR7KS5W33XXX8AD' }, null)];
    expect(await withOrderTraces({ db: away.db, log: silentLog }, jobs)).toBe(jobs);
    await away.close();
  });
});
