import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { RedisClient } from '../../src/platform/redis-client.ts';
import { type Read, readKind } from '../../src/http/public-cache/kind.ts';
import { type CachedReads, createCachedReads } from '../../src/http/public-cache/cached-reads.ts';
import { renderTickets } from '../../src/orders/tickets/render-tickets.ts';
import { DomainError } from '../../src/platform/errors.ts';
import { createLog } from '../../src/platform/log.ts';
import { openCacheRedis } from '../../src/platform/redis.ts';
import { createLimiter } from '../../src/traffic-control/limits/limiter.ts';
import { policiesOf } from '../../src/traffic-control/limits/policies.ts';
import { type CutWire, layWire } from '../../testkit/services/cut-wire.ts';
import { createLatencies } from '../generator/latencies.ts';
import { timedResult } from '../generator/tally.ts';
import { measureHeavyNeighbours } from './overload/heavy-neighbours.ts';
import { watched } from './harness/measure.ts';
import type { BenchOptions } from './harness/options.ts';
import { type BenchReport, type MeasuredRun, type Measurement, measurementOf } from './harness/report.ts';
import { type BenchStack, partsOf, startBenchStack } from './harness/stack.ts';
import { printedEvent } from '../../testkit/orders/printed-event.ts';

const log = createLog({ level: 'silent', process: 'bench' });
const decidedTogether = 200;
const policies = policiesOf({
  REQUESTS_PER_MINUTE_PER_NETWORK: 6000,
  ORDERS_PER_MINUTE_PER_NETWORK: 600,
  SIGN_INS_PER_MINUTE_PER_NETWORK: 30,
  VERIFICATIONS_PER_MINUTE_PER_NETWORK: 300,
  VERIFICATIONS_PER_MINUTE: 60_000,
});

/** Work with a promised duration per request, one request at a time. It measures latency, not throughput. */
export async function benchMoments(options: BenchOptions): Promise<BenchReport> {
  const stack = await startBenchStack('moments', options);
  const wire = await layWire(stack.services.addresses.redisCacheUrl);
  const opened: { end(): void }[] = [];
  const timed = (name: string, p99MsBelow: number, times: number, act: () => Promise<unknown>) =>
    timeOf(stack, options, { name, p99MsBelow, times, act });
  try {
    const { redisCacheUrl } = stack.services.addresses;
    const [one, two] = [await openReads(redisCacheUrl, opened), await openReads(redisCacheUrl, opened)];
    const cut = await openReads(wire.url, opened);
    const redis = await openRedis(wire.url, opened);
    const measurements = [
      await timed('the PDF of four tickets', 50, 100, renderFour),
      await timed('a change, until another process sends it', 250, 50, changeOf(one, two)),
    ];
    wire.freeze();
    measurements.push(
      await timed(`${decidedTogether} requests of a network counted, while Redis hangs`, 50, 20, () => decide(redis)),
      await timed('a read nobody has made yet, while Redis hangs', 250, 50, () => cut.answer(someRead().read, asked())),
    );
    const beside = await measureHeavyNeighbours(stack, options);
    return {
      measurements: [...measurements, ...beside.measurements],
      faults: beside.faults,
      facts: { pinned: stack.pinned, measured: 'moments one at a time, inside one process' },
    };
  } finally {
    await endAll(wire, opened);
    await stack.close();
  }
}

type Moment = {
  readonly name: string;
  readonly p99MsBelow: number;
  readonly times: number;
  readonly act: () => Promise<unknown>;
};

async function timeOf(stack: BenchStack, options: BenchOptions, moment: Moment): Promise<Measurement> {
  const runs: MeasuredRun[] = [];
  await moment.act();
  for (let run = 0; run < options.runs; run += 1) {
    const result = await watched(
      partsOf(stack),
      async () => {
        const latencies = createLatencies();
        const began = performance.now();
        for (let time = 0; time < moment.times; time += 1) {
          const started = performance.now();
          await moment.act();
          latencies.add(performance.now() - started);
        }
        const seconds = (performance.now() - began) / 1000;
        return timedResult(latencies, seconds);
      },
      0,
    );
    runs.push(result);
  }
  return { ...measurementOf(moment.name, runs), bar: { p99MsBelow: moment.p99MsBelow } };
}

async function openRedis(url: string, opened: { end(): void }[]): Promise<RedisClient> {
  const redis = openCacheRedis(url, log);
  opened.push({ end: () => redis.disconnect() });
  await once(redis, 'ready');
  return redis;
}

async function openReads(url: string, opened: { end(): void }[]): Promise<CachedReads> {
  const redis = await openRedis(url, opened);
  const reads = createCachedReads({ redis, log });
  opened.unshift({ end: () => reads.close() });
  return reads;
}

async function endAll(wire: CutWire, opened: readonly { end(): void }[]): Promise<void> {
  for (const one of opened) one.end();
  await wire.close();
}

/** By a process that does not know yet that Redis hangs. The first few requests of a network need no Redis anyway. */
function decide(redis: RedisClient): Promise<unknown> {
  const limiter = createLimiter({ redis, policies, processes: 2 });
  const network = randomUUID();
  return Promise.all(Array.from({ length: decidedTogether }, async () => limiter.consume('orders', network)));
}

const asked = () => new Request('http://antre.test/thing');
const kind = readKind({
  name: 'moment',
  ttlMs: 60_000,
  staleWhileRevalidateSeconds: 2,
  staleIfErrorSeconds: 60,
  buildsMax: 10,
});

/** A public answer of a few kilobytes that can be changed. */
function someRead() {
  const id = randomUUID();
  const world = { value: 0 };
  const tag = `thing:${id}`;
  const read: Read = {
    key: `/thing/${id}`,
    kind,
    missingTags: [],
    missing: () => new DomainError('request.not_found', 'There is nothing at this address.'),
    locate: async () => ({ tag, name: 'thing', surrogateKeys: id }),
    render: async () => ({ body: { value: world.value, filling: 'x'.repeat(4000) } }),
  };
  return { world, tag, read };
}

/** Told to one process, read from another. */
function changeOf(one: CachedReads, two: CachedReads): () => Promise<void> {
  const { world, tag, read } = someRead();
  const shownBy = async (reads: CachedReads) => (await (await reads.answer(read, asked())).json()) as { value: number };
  return async () => {
    await Promise.all([shownBy(one), shownBy(two)]);
    world.value += 1;
    await one.changed([tag]);
    while ((await shownBy(two)).value !== world.value) await new Promise((resolve) => setImmediate(resolve));
  };
}

function renderFour(): Promise<Buffer> {
  const id = '7K3M9XQ206FJ2V1H8C9QX4T0RBVE';
  return renderTickets({
    event: printedEvent,
    order: { code: id.slice(-11), buyerName: 'Ayu Lestari', locale: 'id', placedAt: new Date('2027-01-01T00:00:00Z') },
    tickets: Array.from({ length: 4 }, (_, index) => ({
      code: `${id.slice(0, 23)}${String(index + 1).padStart(3, '0')}`,
      shortCode: `${id.slice(0, 23)}${String(index + 1).padStart(3, '0')}`,
      categoryName: 'Festival',
    })),
  });
}
