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
import { startWorkers } from '../load/start-workers.ts';
import {
  type Followed,
  type Sale,
  type World,
  awaitMails,
  curveOf,
  openSale,
  payAfterMs,
  rateOf,
  readStages,
  stageMeasured,
  stages,
} from './follow-orders.ts';

/** Orders for each requested second: placed as fast as possible, then followed to the mail with the tickets. */
const ordersPerSecond = 400;
/** Share of the measured orders that warm the stack up: code is compiled, and each Postgres connection plans its statements. */
const warmUpShare = 0.5;
/** More points than this do not change a curve. */
const pointsMax = 100;
const bars = { paidOfPlaced: 0.25, callbackToPaidMs: 1000, paidToMailedMs: 1000 } as const;

/**
 * The way of an order from its placement to the mail with its tickets: every stage's rate, and its delay after the
 * previous stage. One hot event, then ten events with fifty categories, then the hot event at half of the rate at which
 * it was paid. The gateway and the mail server are processes that accept everything; the product's worker and API have
 * every limit on.
 */
export async function benchSettle(options: BenchOptions): Promise<BenchReport> {
  const stack = await startBenchStack('settle', options);
  const [gateway, mails] = [await startGatewaySink(), await startMailSink()];
  try {
    const urls = { MIDTRANS_SNAP_URL: gateway.url, MIDTRANS_API_URL: gateway.url };
    const api = await stack.startApi({ environment: urls });
    const world: World = { stack, api, gateway, mails };
    const count = options.seconds * ordersPerSecond;
    const sale = (events: number, categories: number) =>
      openSale(world, { events, categories, capacity: Math.ceil((2 * count) / (events * categories)) });

    say('warming up, then placing alone, without a worker');
    await placedPerSecond(world, await sale(1, 1), count * warmUpShare);
    const alone = await placedPerSecond(world, await sale(1, 1), count);
    await forgetJobs(world);
    const [worker] = await startWorkers(stack, options, { count: 1, environment: { ...urls, SMTP_URL: mails.url } });
    const workerSeconds = () => processorSeconds({ worker: [worker?.pid() ?? 0] })['worker'] ?? 0;

    const spent = async () => ({
      ...(await readSpent(stack, api)),
      'CPU of worker, microseconds': workerSeconds() * 1e6,
    });
    say('warming up, to the mails');
    await run(world, await sale(1, 1), count * warmUpShare);

    say('one hot event');
    await forgetStatements(stack);
    const before = await spent();
    let perOrder = {};
    const hot = await run(world, await sale(1, 1), count, {
      whenMailed: async () => void (perOrder = perItem(before, await spent(), count)),
    });
    const statements = await costliestStatements(stack, 10);
    say('fifty categories in ten events');
    const spread = await run(world, await sale(10, 5), count);
    const halfRate = rateOf('paid', hot) / 2;
    say(`one hot event, ${Math.round(halfRate)} orders a second`);
    const half = await run(world, await sale(1, 1), count, { perSecond: halfRate });
    await worker?.stop();
    await api.stop();

    const runs = { 'one hot event': hot, '50 categories in 10 events': spread, 'half of that rate': half };
    return {
      measurements: [
        ...Object.entries(runs).flatMap(([name, followed]) =>
          stages.map((stage) => stageMeasured(name, stage, followed)),
        ),
        ...barsOf(hot, half, alone),
      ],
      faults: [...Object.values(runs).flatMap(({ faults }) => faults), ...(await auditFaults(stack))],
      facts: {
        pinned: `${stack.pinned}; the worker on the core of the API; gateway and mail server beside the load generator`,
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
    await Promise.all([gateway.stop(), mails.stop()]);
    await stack.close();
  }
}

type RunOptions = {
  /** Orders per second; default: as many as possible. */
  readonly perSecond?: number;
  /** Called before the tables are read, whose cost must not count. */
  readonly whenMailed?: () => Promise<void>;
};

async function run(
  world: World,
  sale: Sale,
  count: number,
  { perSecond, whenMailed }: RunOptions = {},
): Promise<Followed> {
  const placing = placeAll(world.api.port, count, sale.shapes, perSecond);
  const arrived = await awaitMails(world, count);
  await whenMailed?.();
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

/** The product's bars, as rows of the same run. */
function barsOf(hot: Followed, half: Followed, alone: number): Measurement[] {
  const row = (name: string, stage: 'placed' | 'paid' | 'mailed', followed: Followed, more: Partial<Measurement>) => ({
    ...stageMeasured('', stage, followed),
    name,
    ...more,
  });
  return [
    row('paid, against placed', 'paid', hot, {
      ratio: rateOf('paid', hot) / rateOf('placed', hot),
      bar: { ratioMin: bars.paidOfPlaced },
    }),
    row('placed beside payments, against alone', 'placed', hot, { ratio: rateOf('placed', hot) / alone }),
    row('at half: callback to paid', 'paid', half, { bar: { p99MsBelow: bars.callbackToPaidMs } }),
    row('at half: paid to mailed', 'mailed', half, { bar: { p99MsBelow: bars.paidToMailedMs } }),
  ];
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
