import { cpus } from 'node:os';
import { type TestEvent, createEvent } from '../../testkit/factories.ts';
import { createLatencies } from '../generator/latencies.ts';
import { type LoadResult, timedResult } from '../generator/tally.ts';
import { auditFaults } from './harness/audit.ts';
import { insertTickets, orderNumberIn, stagePaid } from './fill/bulk-orders.ts';
import type { Arrival } from './load/serve-sink.ts';
import { watched } from './harness/measure.ts';
import type { BenchOptions } from './harness/options.ts';
import { type BenchReport, type MeasuredRun, type Measurement, measurementOf } from './harness/report.ts';
import { scaleOut } from './harness/scale-out.ts';
import { serverSettings } from './harness/server-figures.ts';
import { type BenchStack, partsOf, say, startBenchStack } from './harness/stack.ts';
import { type MailSink, startMailSink } from './load/start-mail-sink.ts';
import { startWorkers } from './load/start-workers.ts';

const ticketsEach = 2;
const warmupMails = 500;
/** Size of the backlog per requested second. */
const mailsPerSecond = 400;
const offeredShare = 0.7;
const sliceMs = 20;
const drainDeadlineMs = 120_000;
const sinkConnections = 20;

/**
 * Mails with tickets, from the staged fact of the payment to the mail server's acceptance, through the product's worker.
 */
export async function benchMails(options: BenchOptions): Promise<BenchReport> {
  const stack = await startBenchStack('mails', options);
  const sink = await startMailSink();
  const faults: string[] = [];
  try {
    const count = options.seconds * mailsPerSecond;
    const measurements: Measurement[] = [];
    const backlogs: Measurement[] = [];
    let warmupBytes = 0;
    for (const workers of [1, 2]) {
      const running = await startWorkers(stack, options, { count: workers, environment: { SMTP_URL: sink.url } });
      const name = `${workers} worker${workers > 1 ? 's' : ''}`;
      const parts = { workers: running.map((worker) => worker.pid()), 'mail sink': [sink.pid], ...partsOf(stack) };
      const means: Means = { stack, sink, faults, parts };
      const warm = await mailsOf(means, warmupMails, (event) => stagePaid(stack.owner.db, event, all(warmupMails)));
      warmupBytes = warm.bytes;
      const backlog = await measured(options, `mails, all paid at once, ${name}`, () =>
        mailsOf(means, count, (event) => stagePaid(stack.owner.db, event, all(count))),
      );
      const offered = Math.round(backlog.perSecond * offeredShare);
      const felt = await measured(options, `mails, ${offered}/s paid (open loop), ${name}`, () =>
        mailsOf(means, options.seconds * offered, (event) => stageEvenly(stack, event, options.seconds, offered)),
      );
      backlogs.push(backlog);
      measurements.push({ ...backlog, bar: { perSecondMin: 1000 } }, { ...felt, bar: { p99MsBelow: 1000 } });
      for (const worker of running) await worker.stop();
    }
    measurements.push(...scaleOut(backlogs, cpus().length));
    const size = Math.round(warmupBytes / warmupMails);
    const limit = await sink.limit(sinkConnections, size, options.seconds);
    return {
      measurements,
      faults: [...faults, ...(await auditFaults(stack))],
      facts: {
        pinned: `one worker where else one API process is: ${stack.pinned}; two run anywhere; the mail sink beside the load generator`,
        mail: `${ticketsEach} tickets with their codes as images, ${size} bytes`,
        'the sink alone': `${Math.round(limit)} such mails a second from ${sinkConnections} plain connections`,
        settings: await serverSettings(stack),
      },
    };
  } finally {
    await sink.stop();
    await stack.close();
  }
}

type Means = {
  readonly stack: BenchStack;
  readonly sink: MailSink;
  readonly faults: string[];
  readonly parts: Parameters<typeof watched>[0];
};
type MailRun = MeasuredRun & { readonly bytes: number };

const all = (count: number) => ({ first: 0, last: count - 1 });

async function measured(options: BenchOptions, name: string, run: () => Promise<MailRun>): Promise<Measurement> {
  const runs: MeasuredRun[] = [];
  for (let number = 1; number <= options.runs; number += 1) {
    const result = await run();
    say(`${name}, run ${number} of ${options.runs}: ${Math.round(result.perSecond)}/s`);
    runs.push(result);
  }
  return measurementOf(name, runs);
}

/** @param stage stages that the orders are paid; may return the time of each commit */
async function mailsOf(
  { stack, sink, faults, parts }: Means,
  count: number,
  stage: (event: TestEvent) => Promise<readonly number[] | void>,
): Promise<MailRun> {
  const event = await createEvent(stack.open.db, { categories: [{ capacity: count * ticketsEach, price: 0 }] });
  const secret = event.id;
  await insertTickets(stack.owner.db, event, { count: count * ticketsEach, secret, each: ticketsEach, untold: true });
  await sink.taken();
  let bytes = 0;
  const run = await watched(
    parts,
    async () => {
      const arrivals: Arrival[] = [];
      const startedMs = epochMs();
      const committed = await stage(event);
      const giveUpAt = performance.now() + drainDeadlineMs;
      while (arrivals.length < count && performance.now() < giveUpAt) {
        await new Promise((resolve) => setTimeout(resolve, sliceMs));
        const taken = await sink.taken();
        for (const arrival of taken.arrivals) arrivals.push(arrival);
        bytes += taken.bytes;
      }
      const distinct = new Set(arrivals.map(({ recipient }) => recipient)).size;
      if (distinct !== count || arrivals.length !== count)
        faults.push(`${count} orders were paid: ${arrivals.length} mails came, to ${distinct} buyers`);
      return resultOf(arrivals, (number) => committed?.[number] ?? startedMs);
    },
    0,
  );
  return { ...run, bytes };
}

function resultOf(arrivals: readonly Arrival[], dueMsOf: (number: number) => number): LoadResult {
  const latencies = createLatencies();
  for (const { recipient, atMs } of arrivals) latencies.add(Math.max(0, atMs - dueMsOf(orderNumberIn(recipient))));
  let [firstMs, lastMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { atMs } of arrivals) [firstMs, lastMs] = [Math.min(firstMs, atMs), Math.max(lastMs, atMs)];
  const seconds = arrivals.length === 0 ? 1 : (lastMs - firstMs) / 1000;
  return timedResult(latencies, seconds);
}

/** Orders become paid at this rate, whatever the worker does. Returns the time of each commit. */
async function stageEvenly(
  stack: BenchStack,
  event: TestEvent,
  seconds: number,
  perSecond: number,
): Promise<readonly number[]> {
  const total = seconds * perSecond;
  const committed: number[] = [];
  const started = performance.now();
  while (committed.length < total) {
    const owed = Math.min(total, Math.ceil(((performance.now() - started) / 1000) * perSecond));
    const first = committed.length;
    if (owed > first) {
      await stagePaid(stack.owner.db, event, { first, last: owed - 1 });
      const atMs = epochMs();
      while (committed.length < owed) committed.push(atMs);
    }
    await new Promise((resolve) => setTimeout(resolve, sliceMs));
  }
  return committed;
}

function epochMs(): number {
  return performance.timeOrigin + performance.now();
}
