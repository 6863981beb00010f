import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { repositoryFolder } from '../deploy/local/places.ts';
import { removeBundle } from './bench/harness/bundle.ts';
import { isInterrupted, sentenceOf } from './bench/harness/interruption.ts';
import { type BenchOptions, type Benches, readArguments, usage } from './bench/harness/options.ts';
import { clearProfiles, profileFolder, topOfProfiles } from './bench/harness/profile.ts';
import { type BenchReport, type Machine, printReport } from './bench/harness/report.ts';

/**
 * `npm run bench`, or with names: measures paths against their controls in one run, and writes each result into
 * `loadtest/results/bench.json` under its name, and a table. `docs/measurements/benchmarks.md` explains the claims and how to read them.
 * A bench is loaded when it runs, because all of them together take seconds to load.
 */
const benches = {
  surge: [
    'the mix of a million active users through the edge: the rate that holds for minutes, and what happens beyond it',
    async (options) => (await import('./bench/surge/surge.ts')).benchSurge(options),
  ],
  soak: [
    'the mix at 60 % of the held rate for --minutes: whether memory, connections, keys or tables grow',
    async (options) => (await import('./bench/soak/soak.ts')).benchSoak(options),
  ],
  orders: [
    'orders on one hot category, against one transaction per order and pgbench',
    async (options) => (await import('./bench/orders/orders.ts')).benchOrders(options),
  ],
  spread: [
    'orders over 50 categories of 10 events; orders of 3 lines',
    async (options) => (await import('./bench/orders/spread.ts')).benchSpread(options),
  ],
  refusals: [
    'orders after the sell-out',
    async (options) => (await import('./bench/orders/refusals.ts')).benchRefusals(options),
  ],
  callbacks: [
    'signed payment callbacks, each stored; the same ones ten times',
    async (options) => (await import('./bench/callbacks.ts')).benchCallbacks(options),
  ],
  'check-ins': [
    'scans at the door, each of its own ticket',
    async (options) => (await import('./bench/check-ins.ts')).benchCheckIns(options),
  ],
  joins: [
    'places in a waiting room, each for a confirmed buyer of its own',
    async (options) => (await import('./bench/queue/joins.ts')).benchJoins(options),
  ],
  draws: [
    'the draw of a million places, repeated from published data',
    async (options) => (await import('./bench/queue/draws.ts')).benchDraws(options),
  ],
  queue: [
    'a million buyers in line: called at the set rate, through failures and attacks; passes',
    async (options) => (await import('./bench/queue/queue.ts')).benchQueue(options),
  ],
  reads: [
    'cached reads, against a bare server and nginx; cold start',
    async (options) => (await import('./bench/reads/reads.ts')).benchReads(options),
  ],
  growth: [
    'orders with millions of orders already in the tables',
    async (options) => (await import('./bench/orders/growth.ts')).benchGrowth(options),
  ],
  holds: [
    'a million expired holds, released beside a sale',
    async (options) => (await import('./bench/orders/holds.ts')).benchHolds(options),
  ],
  settle: [
    'from the placed order to the mail and the WhatsApp message with its tickets: every stage, its rate and how long it took',
    async (options) => (await import('./bench/settle/settle.ts')).benchSettle(options),
  ],
  closes: [
    'orders that nobody paid: closed at the gateway and their places given back, per second',
    async (options) => (await import('./bench/settle/closes.ts')).benchCloses(options),
  ],
  mails: [
    'mails through the worker to a server that accepts everything',
    async (options) => (await import('./bench/mails.ts')).benchMails(options),
  ],
  live: [
    'live streams: messages, reconnects, idle streams, orders beside them',
    async (options) => (await import('./bench/live/live.ts')).benchLive(options),
  ],
  reports: [
    'reports of a million orders as CSV and XLSX, and their memory',
    async (options) => (await import('./bench/reports.ts')).benchReports(options),
  ],
  moments: [
    'promised times: tickets as PDF, a change in every process, answers without Redis',
    async (options) => (await import('./bench/moments.ts')).benchMoments(options),
  ],
  pages: [
    'pages on a throttled phone: largest paint of a first visit, longest interaction',
    async (options) => (await import('./bench/pages/pages.ts')).benchPages(options),
  ],
  neighbour: [
    '200 events while another one gets ten times its usual demand',
    async (options) => (await import('./bench/overload/neighbour.ts')).benchNeighbour(options),
  ],
  goodput: [
    'goodput at up to ten times the capacity, with and without shedding',
    async (options) => (await import('./bench/overload/goodput.ts')).benchGoodput(options),
  ],
  drift: [
    'a limit after an hour of overload, simulated; with --live also live',
    async (options) => (await import('./bench/overload/drift.ts')).benchDrift(options),
  ],
  recovery: [
    'a rush of immediate retries, and the time to recover; with --live also live',
    async (options) => (await import('./bench/overload/recovery.ts')).benchRecovery(options),
  ],
  tracing: [
    'the cost of tracing for orders: off, 1 % sampled, all sampled',
    async (options) => (await import('./bench/orders/tracing.ts')).benchTracing(options),
  ],
  cost: [
    'the cost of one order: round trips, commands, WAL, processor time',
    async (options) => (await import('./bench/orders/cost.ts')).benchCost(options),
  ],
} as const satisfies Record<string, readonly [string, (options: BenchOptions) => Promise<BenchReport>]>;

type BenchName = keyof typeof benches;

const isBench = (name: string): name is BenchName => Object.hasOwn(benches, name);
const known: Benches = Object.fromEntries(Object.entries(benches).map(([name, [said]]) => [name, said]));
const file = join(repositoryFolder, 'loadtest/results/bench.json');

async function main(): Promise<void> {
  const asked = readArguments(process.argv.slice(2), known);
  if (asked === 'help') {
    process.stdout.write(`${usage(known)}\n`);
    return;
  }
  const { names, options } = asked;
  for (const [place, name] of names.filter(isBench).entries()) {
    const [said, bench] = benches[name];
    process.stderr.write(`bench ${name} (${place + 1} of ${names.length}): ${said}\n`);
    if (options.profile) clearProfiles();
    const report = await bench(options);
    const profiles = options.profile ? { [`profiles in ${profileFolder}`]: topOfProfiles() } : {};
    const whole = { ...report, facts: { ...report.facts, ...profiles } };
    keep(name, options, whole);
    printReport(name, machine(), whole);
    if (report.faults.length > 0) process.exitCode = 1;
  }
  process.stdout.write('\nwritten to loadtest/results/bench.json\n');
}

/** Each bench replaces its own earlier result and keeps the others. */
function keep(name: BenchName, options: BenchOptions, report: BenchReport): void {
  const earlier = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>) : {};
  mkdirSync(join(file, '..'), { recursive: true });
  const result = { at: new Date().toISOString(), commit: commit(), machine: machine(), options, ...report };
  writeFileSync(file, `${JSON.stringify({ ...earlier, [name]: result }, null, 2)}\n`);
}

/** The commit that is measured; a plus says that files were changed since. */
function commit(): string {
  const git = (...words: string[]) => execFileSync('git', words, { cwd: repositoryFolder, encoding: 'utf8' }).trim();
  try {
    return `${git('rev-parse', '--short=10', 'HEAD')}${git('status', '--porcelain') === '' ? '' : '+'}`;
  } catch {
    return 'unknown';
  }
}

function machine(): Machine {
  const all = cpus();
  return {
    cpu: all[0]?.model ?? 'unknown',
    cores: all.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
}

// By default a signal would end only this process. Leaving by `exit` also stops the servers.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(name, () => process.listenerCount(name) === 1 && process.exit(130));

process.on('exit', removeBundle);

main().then(
  // Handles that a bench has left open must not keep the process alive.
  () => process.exit(),
  (error: unknown) => {
    // The handler that stops the servers exits afterwards.
    if (isInterrupted()) return;
    process.stderr.write(`${sentenceOf(error)}\n`);
    process.exit(2);
  },
);
