import { saveChart } from '../../chart/save-chart.ts';
import { perItem, readSpent } from '../fill/spent.ts';
import { auditFaults } from '../harness/audit.ts';
import type { BenchOptions } from '../harness/options.ts';
import { processorSeconds } from '../harness/processors.ts';
import type { BenchReport, Measurement } from '../harness/report.ts';
import { costliestStatements, forgetStatements, serverSettings } from '../harness/server-figures.ts';
import { say, startBenchStack } from '../harness/stack.ts';
import { placeAll } from '../load/place-all.ts';
import { startGatewaySink } from '../load/start-gateway-sink.ts';
import { startMailSink } from '../load/start-mail-sink.ts';
import { startSink } from '../load/start-sink.ts';
import { startWorkers } from '../load/start-workers.ts';
import { type Sale, type World, awaitMessages, openSale, payAfterMs, readStages } from './follow-orders.ts';
import { type Followed, barsOf, curveOf, freeStages, rateOf, stageMeasured, stages } from './stages.ts';

/** Orders for each requested second: placed as fast as possible, then followed to the messages with the tickets. */
const ordersPerSecond = 400;
/** Share of the measured orders that warm the stack up: code is compiled, and each Postgres connection plans its statements. */
const warmUpShare = 0.5;
/** More points than this do not change a curve. */
const pointsMax = 100;

/**
 * The way of an order from its placement to the mail and the WhatsApp message with its tickets: every stage's rate, and its delay after
 * the stage before. One hot event, then ten events with fifty categories, then the hot event at half of the rate at which it was paid,
 * then a hot event whose tickets are free. The gateway, the mail server and WhatsApp are processes that accept everything; the product's
 * worker and API have every limit on.
 */
export async function benchSettle(options: BenchOptions): Promise<BenchReport> {
  const stack = await startBenchStack('settle', options);
  const outside = await startOutside();
  try {
    const { urls } = outside;
    const api = await stack.startApi({ environment: urls });
    const world: World = { stack, api, ...outside };
    const count = options.seconds * ordersPerSecond;
    const sale = (events: number, categories: number, price?: number) => {
      const capacity = Math.ceil((2 * count) / (events * categories));
      return openSale(world, { events, categories, capacity, hasSenders: true, ...(price !== undefined && { price }) });
    };

    say('warming up, then placing alone, without a worker');
    await placedPerSecond(world, await sale(1, 1), count * warmUpShare);
    const alone = await placedPerSecond(world, await sale(1, 1), count);
    await forgetJobs(world);
    const [worker] = await startWorkers(stack, options, { count: 1, environment: urls });
    const workerSeconds = () => processorSeconds({ worker: [worker?.pid() ?? 0] })['worker'] ?? 0;

    const spent = async () => ({
      ...(await readSpent(stack, api)),
      'CPU of worker, microseconds': workerSeconds() * 1e6,
    });
    say('warming up, to the messages');
    await run(world, await sale(1, 1), count * warmUpShare);

    say('one hot event');
    await forgetStatements(stack);
    const before = await spent();
    let perOrder = {};
    const hot = await run(world, await sale(1, 1), count, {
      whenMessaged: async () => void (perOrder = perItem(before, await spent(), count)),
    });
    const statements = await costliestStatements(stack, 10);
    say('fifty categories in ten events');
    const spread = await run(world, await sale(10, 5), count);
    const halfRate = rateOf('paid', hot) / 2;
    say(`one hot event, ${Math.round(halfRate)} orders a second`);
    const half = await run(world, await sale(1, 1), count, { perSecond: halfRate });
    say('one hot event, free');
    const free = await run(world, await sale(1, 1, 0), count);
    await worker?.stop();
    await api.stop();

    return {
      measurements: [
        ...measured('one hot event', hot),
        ...measured('50 categories in 10 events', spread),
        ...measured('half of that rate', half),
        ...measured('free tickets', free, freeStages),
        ...barsOf({ hot, spread, half, alone }),
      ],
      faults: [...[hot, spread, half, free].flatMap(({ faults }) => faults), ...(await auditFaults(stack))],
      facts: {
        pinned: `${stack.pinned}; the worker on the core of the API; gateway, mail server and WhatsApp beside the load generator`,
        orders: count,
        'paid after': `${payAfterMs} ms`,
        'placed a second without a worker': Math.round(alone),
        'per order': perOrder,
        'costliest statements': statements,
        chart: chartOf(hot),
        settings: await serverSettings(stack),
      },
    };
  } finally {
    await outside.stop();
    await stack.close();
  }
}

/** Gateway, mail server and WhatsApp, and the addresses under which the product knows them. */
async function startOutside() {
  const gateway = await startGatewaySink();
  const mails = await startMailSink();
  const whatsapp = await startSink('whatsapp-sink.ts');
  return {
    gateway,
    mails,
    whatsapp,
    urls: {
      MIDTRANS_SNAP_URL: gateway.url,
      MIDTRANS_API_URL: gateway.url,
      SMTP_URL: mails.url,
      WHATSAPP_GRAPH_URL: `http://127.0.0.1:${whatsapp.port}`,
    },
    stop: () => Promise.all([gateway.stop(), mails.stop(), whatsapp.stop()]),
  };
}

function measured(name: string, followed: Followed, of = stages): Measurement[] {
  return of.map((stage) => stageMeasured(name, stage, followed));
}

type RunOptions = {
  /** Orders per second; default: as many as possible. */
  readonly perSecond?: number;
  /** Called before the tables are read, whose cost must not count. */
  readonly whenMessaged?: () => Promise<void>;
};

async function run(
  world: World,
  sale: Sale,
  count: number,
  { perSecond, whenMessaged }: RunOptions = {},
): Promise<Followed> {
  const placing = placeAll(world.api.port, count, sale.shapes, perSecond);
  const arrived = await awaitMessages(world, sale, count);
  await whenMessaged?.();
  const followed = await readStages(world, sale, count, arrived);
  return { ...followed, faults: [...(await placing), ...followed.faults] };
}

async function placedPerSecond(world: World, sale: Sale, count: number): Promise<number> {
  const started = performance.now();
  await placeAll(world.api.port, count, sale.shapes);
  return count / ((performance.now() - started) / 1000);
}

/** Orders that only measured the placement rate are not paid. */
async function forgetJobs({ stack }: World): Promise<void> {
  await stack.owner.db.execute("delete from outbox where name in ('order.placed', 'orders.placed')");
}

function chartOf(followed: Followed): string {
  return saveChart('settle', {
    title: 'Orders that have come so far, by stage',
    xLabel: 'seconds since the first order',
    yLabel: 'orders',
    series: stages.map((stage) => ({ name: stage, points: thinned(curveOf(stage, followed)) })),
  });
}

function thinned<Point>(points: readonly Point[]): Point[] {
  const step = Math.ceil(points.length / pointsMax);
  return points.filter((_, place) => place % step === 0 || place === points.length - 1);
}
