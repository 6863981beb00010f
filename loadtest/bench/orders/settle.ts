import { sql } from 'drizzle-orm';
import { demoMidtransAccount } from '../../../sandbox/demo-accounts.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { type TestEvent, createEvent } from '../../../testkit/factories.ts';
import { saveChart } from '../../chart/save-chart.ts';
import { createLatencies } from '../../generator/latencies.ts';
import { insertPaymentAccount } from '../fill/payment-account.ts';
import { perItem, readSpent } from '../fill/spent.ts';
import { auditFaults } from '../harness/audit.ts';
import type { BenchOptions } from '../harness/options.ts';
import { type BenchReport, type Measurement, measurementOf } from '../harness/report.ts';
import { costliestStatements, forgetStatements, serverSettings } from '../harness/server-figures.ts';
import { type BenchApi, type BenchStack, say, startBenchStack } from '../harness/stack.ts';
import { processorSeconds } from '../harness/processors.ts';
import type { Payment } from '../load/gateway-sink.ts';
import type { Arrival } from '../load/mail-sink.ts';
import { placeAll } from '../load/place-all.ts';
import { type GatewaySink, startGatewaySink } from '../load/start-gateway-sink.ts';
import { type MailSink, startMailSink } from '../load/start-mail-sink.ts';
import { startWorkers } from '../load/start-workers.ts';

/** Orders per requested second: placed as fast as possible, then followed to the mail with the tickets. */
const ordersPerSecond = 400;
/** The time from a payment's creation until the buyer pays. */
const payAfterMs = 200;
const lookEveryMs = 250;
const deadlineMs = 300_000;

/**
 * The way of an order from placement to the mail with its tickets: each stage's rate, and its delay after the stage before.
 * The gateway and the mail server are processes that accept everything. The product's worker and API have all limits on.
 */
export async function benchSettle(options: BenchOptions): Promise<BenchReport> {
  const stack = await startBenchStack('settle', options);
  const [gateway, mails] = [await startGatewaySink(), await startMailSink()];
  try {
    const urls = { MIDTRANS_SNAP_URL: gateway.url, MIDTRANS_API_URL: gateway.url };
    const api = await stack.startApi({ environment: urls });
    const [worker] = await startWorkers(stack, options, { count: 1, environment: { ...urls, SMTP_URL: mails.url } });
    const count = options.seconds * ordersPerSecond;
    const world: World = { stack, api, gateway, mails, workerPid: worker?.pid() ?? 0, count };
    const seen = await settle(world);
    await worker?.stop();
    await api.stop();
    return {
      measurements: seen.measurements,
      faults: [...seen.faults, ...(await auditFaults(stack))],
      facts: {
        pinned: `${stack.pinned}; the worker on the core of the API; gateway and mail server beside the load generator`,
        orders: count,
        'paid after': `${payAfterMs} ms`,
        'per order': seen.perOrder,
        'costliest statements': seen.statements,
        chart: seen.chart,
        settings: await serverSettings(stack),
      },
    };
  } finally {
    await Promise.all([gateway.stop(), mails.stop()]);
    await stack.close();
  }
}

type World = {
  readonly stack: BenchStack;
  readonly api: BenchApi;
  readonly gateway: GatewaySink;
  readonly mails: MailSink;
  readonly workerPid: number;
  readonly count: number;
};

/** The number of orders in each stage at one moment. */
type Counts = { readonly atMs: number } & Record<(typeof stages)[number], number>;
const stages = ['placed', 'instructed', 'callback stored', 'paid', 'mailed'] as const;

async function settle(world: World) {
  const { stack, api, gateway, count } = world;
  const event = await createEvent(stack.open.db, {
    event: { ticketsPerBuyerMax: 6 },
    categories: [{ capacity: count }],
  });
  await insertPaymentAccount(stack.owner.db, event);
  const { serverKey, merchantId } = demoMidtransAccount;
  gateway.pay({ apiPort: api.port, organizerSlug: event.organizer.slug, serverKey, merchantId, payAfterMs });
  await forgetStatements(stack);
  const workerSecondsBefore = processorSeconds({ worker: [world.workerPid] })['worker'] ?? 0;
  const before = await readSpent(stack, api);

  const placing = placeAll(api.port, count, {
    slug: event.slug,
    lines: [{ ticketCategoryId: event.categories[0]?.id ?? '', quantity: 1 }],
  });
  const watching = await watch(world, event);
  const faults = await placing;
  const workerSeconds = (processorSeconds({ worker: [world.workerPid] })['worker'] ?? 0) - workerSecondsBefore;
  const perOrder = {
    ...perItem(before, await readSpent(stack, api), count),
    'CPU of worker, microseconds': Math.round((workerSeconds * 1e6) / count),
  };
  const statements = await costliestStatements(stack, 10);
  const moments = await momentsOf(stack, event, watching);
  return {
    perOrder,
    statements,
    faults: [...faults, ...(await missingOf(world, event, watching)), ...watching.faults],
    measurements: stages.map((stage, place) => stageMeasured(stage, stages[place - 1], moments)),
    chart: chartOf(watching.counts),
  };
}

type Watched = {
  readonly counts: readonly Counts[];
  readonly payments: readonly Payment[];
  readonly arrivals: readonly Arrival[];
  readonly faults: readonly string[];
};

/** Watches all stages until the last mail has arrived, or the deadline. */
async function watch({ stack, gateway, mails, count }: World, event: TestEvent): Promise<Watched> {
  const counts: Counts[] = [];
  const payments: Payment[] = [];
  const arrivals: Arrival[] = [];
  let refused = 0;
  const started = performance.now();
  for (let looks = 1; ; looks += 1) {
    const told = await gateway.taken();
    payments.push(...told.payments);
    refused = told.refused;
    arrivals.push(...(await mails.taken()).arrivals);
    const [row] = await rowsOf<{ placed: number; instructed: number; stored: number; paid: number }>(
      stack.owner.db,
      sql`select (select count(*)::int from orders where event_id = ${event.id}) as placed,
                 (select count(*)::int from payment_attempts where event_id = ${event.id} and redirect_url is not null) as instructed,
                 (select count(*)::int from callbacks where organizer_id = ${event.organizer.id}) as stored,
                 (select count(*)::int from orders where event_id = ${event.id} and status = 'paid') as paid`,
    );
    const now: Counts = {
      atMs: performance.now() - started,
      placed: row?.placed ?? 0,
      instructed: row?.instructed ?? 0,
      'callback stored': row?.stored ?? 0,
      paid: row?.paid ?? 0,
      mailed: arrivals.length,
    };
    counts.push(now);
    if (looks % 20 === 0) say(stages.map((stage) => `${stage} ${now[stage]}`).join(', '));
    if (now.mailed >= count) break;
    if (now.atMs > deadlineMs) {
      return {
        counts,
        payments,
        arrivals,
        faults: [`only ${now.mailed} of ${count} mails within ${deadlineMs / 1000} s`],
      };
    }
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  say(`every order is mailed; ${refused} callbacks were not acknowledged at first`);
  return { counts, payments, arrivals, faults: [] };
}

/** When each order reached each stage, in milliseconds since 1970. */
type Moments = ReadonlyMap<(typeof stages)[number], ReadonlyMap<string, number>>;

async function momentsOf(stack: BenchStack, event: TestEvent, watched: Watched): Promise<Moments> {
  const rows = await rowsOf<{ id: string; email: string; placed: number; paid: number | null; stored: number | null }>(
    stack.owner.db,
    sql`select o.id, o.buyer_email as email, extract(epoch from o.placed_at)::float8 * 1000 as placed,
               extract(epoch from o.paid_at)::float8 * 1000 as paid, extract(epoch from c.received_at)::float8 * 1000 as stored
        from orders o left join callbacks c on c.organizer_id = ${event.organizer.id} and c.attempt_id = 'pay_' || substr(o.id, 5) || '01'
        where o.event_id = ${event.id}`,
  );
  const orderByEmail = new Map(rows.map(({ id, email }) => [email.toLowerCase(), id]));
  const known = (pairs: readonly (readonly [string, number | null])[]) =>
    new Map(pairs.flatMap(([id, atMs]) => (atMs === null ? [] : [[id, atMs] as const])));
  const mailed = watched.arrivals.flatMap(({ recipient, atMs }) => {
    const id = orderByEmail.get(recipient.toLowerCase());
    return id === undefined ? [] : [[id, atMs] as const];
  });
  return new Map([
    ['placed', known(rows.map(({ id, placed }) => [id, placed]))],
    ['instructed', known(watched.payments.map(({ attemptId, madeMs }) => [orderOf(attemptId), madeMs]))],
    ['callback stored', known(rows.map(({ id, stored }) => [id, stored]))],
    ['paid', known(rows.map(({ id, paid }) => [id, paid]))],
    ['mailed', new Map(mailed)],
  ]);
}

const orderOf = (attemptId: string) => `ord_${attemptId.slice(4, -2)}`;

function stageMeasured(
  stage: (typeof stages)[number],
  former: (typeof stages)[number] | undefined,
  moments: Moments,
): Measurement {
  const at = moments.get(stage) ?? new Map<string, number>();
  const since = (name: (typeof stages)[number]) => {
    const latencies = createLatencies();
    for (const [id, atMs] of at) {
      const began = moments.get(name)?.get(id);
      if (began !== undefined) latencies.add(Math.max(0, atMs - began));
    }
    return latencies;
  };
  const times = [...at.values()];
  const seconds = Math.max(0.001, (Math.max(...times) - Math.min(...times)) / 1000);
  const latencies = since(former ?? stage);
  const whole = since('placed');
  const run = { seconds, counted: at.size, perSecond: at.size / seconds, statuses: {}, latencies, cores: {} };
  return {
    ...measurementOf(former === undefined ? stage : `${stage}, after ${former}`, [run]),
    note: `since placed: p50 ${Math.round(whole.percentile(0.5))} ms, p99 ${Math.round(whole.percentile(0.99))} ms`,
  };
}

/** What is missing or duplicated, in words. */
async function missingOf({ stack, count }: World, event: TestEvent, watched: Watched): Promise<string[]> {
  const [row] = await rowsOf<{ paid: number; tickets: number; applied: number }>(
    stack.owner.db,
    sql`select (select count(*)::int from orders where event_id = ${event.id} and status = 'paid') as paid,
               (select count(*)::int from tickets where event_id = ${event.id} and status = 'live') as tickets,
               (select count(*)::int from callbacks where organizer_id = ${event.organizer.id} and status = 'applied') as applied`,
  );
  const distinct = new Set(watched.arrivals.map(({ recipient }) => recipient)).size;
  const seen = { ...row, mails: watched.arrivals.length, 'mailed to': distinct };
  const isRight = Object.values(seen).every((value) => value === count);
  return isRight ? [] : [`${count} orders, but ${JSON.stringify(seen)}`];
}

function chartOf(counts: readonly Counts[]): string {
  return saveChart('settle', {
    title: 'Orders that have come so far, by stage',
    xLabel: 'seconds since the first order',
    yLabel: 'orders',
    series: stages.map((stage) => ({
      name: stage,
      points: counts.map((one): [number, number] => [one.atMs / 1000, one[stage]]),
    })),
  });
}
