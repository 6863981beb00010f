import { sql } from 'drizzle-orm';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { createEvent } from '../../../testkit/factories.ts';
import { closedLoop } from '../../generator/closed-loop.ts';
import { startBareServer } from '../../bench/controls/bare-control.ts';
import { insertPaymentAccount } from '../../bench/fill/payment-account.ts';
import { auditFaults } from '../../bench/harness/audit.ts';
import { measure } from '../../bench/harness/measure.ts';
import type { BenchOptions } from '../../bench/harness/options.ts';
import type { Measurement } from '../../bench/harness/report.ts';
import { type BenchApi, type BenchStack, partsOf, say, startBenchStack } from '../../bench/harness/stack.ts';
import { endlessCapacity } from '../../bench/load/order-load.ts';
import { orderRequests } from '../../bench/load/order-requests.ts';
import { type GatewaySink, startGatewaySink } from '../../bench/load/start-gateway-sink.ts';
import { type MailSink, startMailSink } from '../../bench/load/start-mail-sink.ts';
import { startWorkers } from '../../bench/load/start-workers.ts';
import { productionSettings } from '../../production-settings.ts';
import { type DrillOptions, type DrillRun, type Variant, variantsOf } from '../drill.ts';
import { type Mutant, withoutGuards } from '../world/mutants.ts';
import { type Backlog, fillOutbox } from './backlog-rows.ts';
import { type Drain, watchDrain } from './watch-drain.ts';

/** What must hold, each in the same run. */
const bars = {
  placementRatio: 0.9,
  jobsInRedis: 50_000,
  /** Of a smaller backlog: this share of it, but never less than the queues hold when they are busy. */
  jobsInRedisShare: 0.05,
  jobsInRedisMin: 2500,
  redisShare: 0.3,
  /**
   * The required drain per second: this, or on a slow machine this share of a bare server's answers per second on one
   * core.
   */
  drained: 2000,
  drainedOfBare: 0.2,
} as const;

const benchOptions: BenchOptions = {
  seconds: 5,
  runs: 3,
  rows: 0,
  minutes: 1,
  holdSeconds: 60,
  live: false,
  pin: false,
  profile: false,
};
const connections = 64;
const workers = 2;

export const withoutRoom: Mutant = {
  without: 'a queue is given no more jobs than it has room for; the others wait in Postgres',
  edits: [
    {
      file: 'workers/relay/share-room.ts',
      text: "return Math.min(room, waitingMax - (counts['waiting'] ?? 0), queueRoundMax, inPlace);",
      instead: 'return queueRoundMax;',
    },
  ],
};
/** Enough to notice it. */
const mutantRowsMax = 20_000;

export async function drillBacklog(options: DrillOptions): Promise<readonly DrillRun[]> {
  const [seed = 1] = options.seeds;
  const runs: DrillRun[] = [];
  // The orders that are placed with an empty outbox are the control.
  for (const variant of variantsOf({ ...options, control: false }, seed)) {
    runs.push(await runOnce(variant, seed, options.rows));
    options.onRun?.(runs);
  }
  return runs;
}

/**
 * Orders are placed with an empty outbox, then with a million rows in it; then two workers drain it to a gateway and a
 * mail server that accept everything.
 */
async function runOnce(variant: Variant, seed: number, wanted: number): Promise<DrillRun> {
  const isMutant = variant === 'mutant';
  const rows = isMutant ? Math.min(wanted, mutantRowsMax) : wanted;
  const stack = await startBenchStack('backlog', benchOptions);
  const [gateway, mails] = [await startGatewaySink(), await startMailSink()];
  try {
    const started = performance.now();
    const urls = { MIDTRANS_SNAP_URL: gateway.url, MIDTRANS_API_URL: gateway.url };
    const bare = await barePerSecond(stack);
    const api = await stack.startApi({ environment: urls });
    const faults: string[] = [];
    // Its worker is the mutant's; placing is the same.
    const empty = isMutant ? undefined : await placement(stack, api, 'placed with an empty outbox', faults);
    const backlog = await fillOutbox(stack, rows);
    const full = isMutant ? undefined : await placement(stack, api, `placed with ${backlog.rows} rows in it`, faults);
    await api.stop();
    const waiting = await waitingJobs(stack);
    say(`draining ${waiting.rows} rows, which are jobs of ${waiting.orders} orders`);
    await mails.taken();
    const running = await startWorkers(stack, benchOptions, {
      count: workers,
      environment: { ...urls, SMTP_URL: mails.url },
      plugins: [withoutGuards(isMutant ? withoutRoom : undefined)],
    });
    const drain = await watchDrain(stack);
    for (const worker of running) await worker.stop();
    const drained = Math.round((waiting.rows - drain.left) / drain.seconds);
    const ratio = full === undefined || empty === undefined ? 1 : full.perSecond / empty.perSecond;
    faults.push(
      ...barFaults({ ratio, drain, drained, bare, rows }),
      ...(await effectFaults(stack, backlog, gateway, mails)),
      ...(await auditFaults(stack)),
    );
    return {
      variant,
      seed,
      seconds: Math.round((performance.now() - started) / 1000),
      proofs: [{ what: 'rows that waited in the outbox when the workers started', times: waiting.rows }],
      rows: [],
      faults,
      facts: {
        'Postgres has': productionSettings().join(', '),
        ...(full === undefined || empty === undefined ? {} : placedFacts(empty, full)),
        'drained a second': drained,
        'orders of these rows': waiting.orders,
        'a bare server answers a second': bare,
        'jobs in Redis at most': drain.jobsMax,
        'memory of Redis at most': `${drain.memoryMaxMiB} MiB, ${Math.round(drain.memoryShare * 100)} % of its limit`,
        'payments made': backlog.payments,
        'mails sent': backlog.mails,
      },
    };
  } finally {
    await Promise.all([gateway.stop(), mails.stop()]);
    await stack.close();
  }
}

function placedFacts(empty: Measurement, full: Measurement): DrillRun['facts'] {
  return {
    'placed a second with an empty outbox': Math.round(empty.perSecond),
    'with the backlog': `${Math.round(full.perSecond)}, ${(full.perSecond / empty.perSecond).toFixed(2)} of that`,
  };
}

async function barePerSecond(stack: BenchStack): Promise<number> {
  const bare = await startBareServer(stack, { status: 200, headers: 'HTTP/1.1 200 OK', body: Buffer.alloc(1000, 'x') });
  const request = 'GET / HTTP/1.1\r\nhost: localhost\r\n\r\n';
  const { perSecond } = await closedLoop({
    to: bare.port,
    connections,
    warmupSeconds: 1,
    seconds: 3,
    next: () => request,
  });
  await bare.stop();
  return Math.round(perSecond);
}

/** Orders of one hot category, whose jobs join the backlog. */
function placement(stack: BenchStack, api: BenchApi, name: string, faults: string[]): Promise<Measurement> {
  return measure({
    name,
    port: api.port,
    connections,
    options: benchOptions,
    faults,
    parts: partsOf(stack, api),
    prepare: async () => {
      const event = await createEvent(stack.open.db, {
        event: { ticketsPerBuyerMax: 6, holdSeconds: 86_400 },
        categories: [{ capacity: endlessCapacity }],
      });
      await insertPaymentAccount(stack.owner.db, event);
      const lines = [{ ticketCategoryId: event.categories[0]?.id ?? '', quantity: 1 }];
      return { next: orderRequests([{ slug: event.slug, lines }]), counts: ({ status }) => status === 201 };
    },
  });
}

/** Placing stages the orders of a call in one row, up to ten. */
async function waitingJobs({ owner }: BenchStack): Promise<{ readonly rows: number; readonly orders: number }> {
  const [row] = await rowsOf<{ rows: number; orders: number }>(
    owner.db,
    sql`select count(*)::int as rows, sum(coalesce(jsonb_array_length(payload -> 'orderIds'), 1))::int as orders from outbox`,
  );
  return row ?? { rows: 0, orders: 0 };
}

function barFaults(seen: {
  readonly ratio: number;
  readonly drain: Drain;
  readonly drained: number;
  readonly bare: number;
  readonly rows: number;
}): string[] {
  const { ratio, drain, drained, bare, rows } = seen;
  const jobsMax = Math.min(bars.jobsInRedis, Math.max(rows * bars.jobsInRedisShare, bars.jobsInRedisMin));
  const drainedMin = Math.round(Math.min(bars.drained, bare * bars.drainedOfBare));
  return [
    ...(ratio < bars.placementRatio ? [`placed at ${ratio.toFixed(2)} of the rate with an empty outbox`] : []),
    ...(drain.left > 0 ? [`${drain.left} rows were not drained`] : []),
    ...(drain.jobsMax > jobsMax ? [`${drain.jobsMax} jobs in Redis, ${jobsMax} allowed`] : []),
    ...(drain.memoryShare > bars.redisShare
      ? [`Redis used ${Math.round(drain.memoryShare * 100)} % of its memory`]
      : []),
    ...(drained < drainedMin ? [`${drained} rows drained a second, ${drainedMin} wanted`] : []),
  ];
}

/** Every payment is made once at the gateway and known here, and every mail was sent once. */
async function effectFaults(
  stack: BenchStack,
  backlog: Backlog,
  gateway: GatewaySink,
  mails: MailSink,
): Promise<string[]> {
  const [row] = await rowsOf<{ orders: number; instructed: number; mailed: number; accepted: number; given: number }>(
    stack.owner.db,
    sql`select (select count(*)::int from orders where status = 'pending_payment') as orders,
               (select count(*)::int from payment_attempts where redirect_url is not null) as instructed,
               (select count(*)::int from deliveries where template = 'tickets' and channel = 'email' and accepted_at is not null) as mailed,
               (select count(*)::int from deliveries where channel = 'email' and accepted_at is not null) as accepted,
               (select count(*)::int from dead_letters) as given`,
  );
  const { made, repeated } = await gateway.taken();
  const { arrivals } = await mails.taken();
  const { orders = 0, instructed = 0, mailed = 0, accepted = 0, given = 0 } = row ?? {};
  return [
    ...(instructed === orders ? [] : [`${orders} orders wait for payment, ${instructed} have a payment page`]),
    ...(made === orders ? [] : [`${orders} orders wait for payment, the gateway made ${made} payments`]),
    ...(repeated === 0 ? [] : [`the gateway was asked ${repeated} times for a payment that it had made`]),
    ...(mailed === backlog.mails ? [] : [`${backlog.mails} mails with tickets were due, ${mailed} were sent`]),
    // Buyers who have not paid after a minute also get a mail, one for each of their orders.
    ...(arrivals.length === accepted ? [] : [`${accepted} mails were to be sent once, ${arrivals.length} came`]),
    ...(given === 0 ? [] : [`${given} jobs were given up`]),
  ];
}
