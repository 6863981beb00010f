import { setTimeout as pause } from 'node:timers/promises';
import { orderAccessToken } from '../../../src/access/buyers/order-token.ts';
import { createPublisher } from '../../../src/live/index.ts';
import type { Publisher } from '../../../src/live/publish.ts';
import { createLog } from '../../../src/platform/log.ts';
import { openCacheRedis } from '../../../src/platform/redis.ts';
import { type TestEvent, createEvent } from '../../../testkit/factories.ts';
import { createLatencies } from '../../generator/latencies.ts';
import { timedResult } from '../../generator/tally.ts';
import { insertTickets } from '../fill/bulk-orders.ts';
import { auditFaults } from '../harness/audit.ts';
import { benchOrderTokenSecret } from '../harness/api-environment.ts';
import { against, measure, watched } from '../harness/measure.ts';
import { residentMiB } from '../harness/processors.ts';
import type { BenchOptions } from '../harness/options.ts';
import { type BenchReport, type MeasuredRun, type Measurement, measurementOf } from '../harness/report.ts';
import { serverSettings } from '../harness/server-figures.ts';
import { type BenchApi, type BenchStack, partsOf, say, startBenchStack } from '../harness/stack.ts';
import { hotEvent, loadOn } from '../load/order-load.ts';
import { type Listeners, createListeners } from './listeners.ts';

const topics = 50;
const streamsPerTopic = 20;
const streams = topics * streamsPerTopic;
/** Messages to be delivered per second, all streams together: above the bar of 5,000. */
const offeredPerSecond = 8000;
const deliveredMin = 5000;
const publishEveryMs = 20;
const idleStreams = 10_000;
const idleMiBMax = 256;
const restMs = 5000;
/** How long killed clients are away. */
const awayMs = 2000;
const arriveMs = 3000;
const orderConnections = 128;
const ordersRatioMin = 0.9;

/**
 * Live streams: messages per second and their delay, clients that are killed and reconnect, idle streams, and orders
 * beside them.
 */
export async function benchLive(options: BenchOptions): Promise<BenchReport> {
  const stack = await startBenchStack('live', options);
  const log = createLog({ level: 'warn', process: 'bench' });
  const redis = openCacheRedis(stack.services.addresses.redisCacheUrl, log);
  const publisher = createPublisher(redis);
  const faults: string[] = [];
  const facts: Record<string, unknown> = { pinned: stack.pinned, streams };
  try {
    const delivered = await onApi(stack, (api) => measureDelivery(stack, api, { options, publisher, faults, facts }));
    await onApi(stack, (api) => measureIdle(stack, api, { faults, facts }));
    const orders = await measureOrders(stack, { options, faults });
    return {
      measurements: [delivered, ...orders],
      faults: [...faults, ...(await auditFaults(stack))],
      facts: { ...facts, settings: await serverSettings(stack) },
    };
  } finally {
    publisher.close();
    redis.disconnect();
    await stack.close();
  }
}

async function onApi<Result>(stack: BenchStack, act: (api: BenchApi) => Promise<Result>): Promise<Result> {
  const api = await stack.startApi({});
  try {
    return await act(api);
  } finally {
    await api.stop();
  }
}

type Means = { readonly options: BenchOptions; readonly faults: string[]; readonly facts: Record<string, unknown> };

/** Streams of paid orders, twenty of each: a credential may have no more. */
async function orderStreams(stack: BenchStack) {
  const event = await createEvent(stack.open.db, { categories: [{ capacity: topics, price: 0 }] });
  await insertTickets(stack.owner.db, event, { count: topics, secret: event.id, each: 1 });
  const rows = await stack.asSuperuser(
    (sql) => sql<{ id: string }[]>`select id from orders where event_id = ${event.id} order by id`,
  );
  const ids = rows.map(({ id }) => id);
  return {
    ids,
    of: ids.flatMap((id, topic) =>
      Array.from({ length: streamsPerTopic }, () => ({
        path: `/v1/orders/${id}/stream`,
        token: orderAccessToken(benchOrderTokenSecret, id, 1),
        topic,
      })),
    ),
  };
}

async function measureDelivery(
  stack: BenchStack,
  api: BenchApi,
  { options, publisher, faults, facts }: Means & { readonly publisher: Publisher },
): Promise<Measurement> {
  const orders = await orderStreams(stack);
  const listeners = createListeners(api.port, orders.of);
  await listeners.open();
  const sender = createSender(publisher, orders.ids);
  const runs: MeasuredRun[] = [];
  for (let run = 1; run <= options.runs; run += 1) {
    const result = await watched(partsOf(stack, api), () => deliver(listeners, sender, options.seconds), 0);
    say(
      `live messages, run ${run} of ${options.runs}: ${Math.round(result.perSecond)}/s, p99 ${result.latencies.percentile(0.99)} ms`,
    );
    runs.push(result);
  }
  sender.start();
  await pause(awayMs);
  listeners.kill();
  await pause(awayMs);
  await listeners.open();
  await pause(awayMs);
  sender.stop();
  await pause(arriveMs);
  const missed = listeners.missed(sender.sent);
  if (missed > 0) faults.push(`${missed} messages were missed`);
  facts['killed and reconnected'] =
    `${streams} clients, away for ${awayMs / 1000} s; ${missed} messages missed of ${listeners.received}`;
  facts[`memory with ${streams} streams`] = `${memoryMiB(api)} MiB`;
  listeners.kill();
  const measurement = measurementOf(`messages to ${streams} streams, ${offeredPerSecond}/s offered`, runs);
  return { ...measurement, bar: { perSecondMin: deliveredMin, p99MsBelow: 100 } };
}

/** Sends numbered messages to all topics in turn, evenly. */
function createSender(publisher: Publisher, orderIds: readonly string[]) {
  const sent = orderIds.map(() => 0);
  const perTick = (offeredPerSecond / streamsPerTopic) * (publishEveryMs / 1000);
  let next = 0;
  let owed = 0;
  let timer: NodeJS.Timeout | undefined;
  return {
    sent,
    start: (): void => {
      timer = setInterval(() => {
        for (owed += perTick; owed >= 1; owed -= 1) {
          const topic = next % orderIds.length;
          next += 1;
          sent[topic] = (sent[topic] ?? 0) + 1;
          const data = JSON.stringify({
            n: sent[topic],
            t: performance.now(),
            orderId: orderIds[topic],
            status: 'paid',
          });
          publisher.publish([{ topic: `order:${orderIds[topic]}`, name: 'order', data }]);
        }
      }, publishEveryMs);
    },
    stop: (): void => clearInterval(timer),
  };
}

async function deliver(listeners: Listeners, sender: ReturnType<typeof createSender>, seconds: number) {
  const latencies = createLatencies();
  sender.start();
  await pause(1000);
  listeners.onMessage = ({ ms }) => latencies.add(ms);
  await pause(seconds * 1000);
  listeners.onMessage = () => {};
  sender.stop();
  await pause(arriveMs);
  return timedResult(latencies, seconds);
}

async function measureIdle(stack: BenchStack, api: BenchApi, { faults, facts }: Omit<Means, 'options'>): Promise<void> {
  const event = await createEvent(stack.open.db);
  const before = memoryMiB(api);
  const path = `/v1/events/${event.slug}/stream`;
  const listeners = createListeners(
    api.port,
    Array.from({ length: idleStreams }, () => ({ path, topic: 0 })),
  );
  await listeners.open();
  await pause(restMs);
  const after = memoryMiB(api);
  facts[`memory with ${idleStreams} idle streams`] = `${after} MiB, without ${before} MiB; bar ${idleMiBMax} MiB`;
  if (after > idleMiBMax) faults.push(`${idleStreams} idle streams take ${after} MiB`);
  listeners.kill();
}

/** Orders for one event, alone and while its availability is streamed to a thousand clients. */
async function measureOrders(stack: BenchStack, { options, faults }: Omit<Means, 'facts'>): Promise<Measurement[]> {
  const orders = (name: string, listenTo?: (api: BenchApi, event: TestEvent) => Promise<void>) =>
    onApi(stack, (api) =>
      measure({
        name,
        port: api.port,
        connections: orderConnections,
        options,
        faults,
        prepare: async () => {
          const event = await hotEvent(stack);
          await listenTo?.(api, event);
          return loadOn(stack, event);
        },
        parts: partsOf(stack, api),
      }),
    );
  const alone = await orders('  control: orders alone');
  let listeners: Listeners | undefined;
  const beside = await orders(`orders beside ${streams} streams of their event`, async (api, event) => {
    listeners?.kill();
    const path = `/v1/events/${event.slug}/stream`;
    listeners = createListeners(
      api.port,
      Array.from({ length: streams }, () => ({ path, topic: 0 })),
    );
    await listeners.open();
  });
  listeners?.kill();
  return [against(alone, beside, { ratioMin: ordersRatioMin }), alone];
}

/** Resident memory of the largest of the API's processes now. */
function memoryMiB({ pids }: BenchApi): number {
  return Math.round(Math.max(...pids.map(residentMiB)));
}
