import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { repositoryFolder } from '../deploy/local/places.ts';
import { benchCallbacks } from './bench/callbacks.ts';
import { benchCheckIns } from './bench/check-ins.ts';
import { benchCost } from './bench/cost.ts';
import { benchGrowth } from './bench/growth.ts';
import { type BenchOptions, readArguments } from './bench/options.ts';
import { benchOrders } from './bench/orders.ts';
import { clearProfiles, profileFolder, topOfProfiles } from './bench/profile.ts';
import { benchReads } from './bench/reads.ts';
import { type BenchReport, type Machine, printReport } from './bench/report.ts';
import { benchSpread } from './bench/spread.ts';

/**
 * `npm run bench`, or with names: measures paths against their controls in the same run, and writes each result into
 * `loadtest/results/bench.json` under its name, and a table. What is claimed and how to read it: `docs/benchmarks.md`.
 */
const benches = {
  orders: benchOrders,
  spread: benchSpread,
  callbacks: benchCallbacks,
  'check-ins': benchCheckIns,
  reads: benchReads,
  growth: benchGrowth,
  cost: benchCost,
} as const satisfies Record<string, (options: BenchOptions) => Promise<BenchReport>>;

type BenchName = keyof typeof benches;

const isBench = (name: string): name is BenchName => Object.hasOwn(benches, name);
const file = join(repositoryFolder, 'loadtest/results/bench.json');

async function main(): Promise<void> {
  const { names, options } = readArguments(process.argv.slice(2));
  const unknown = names.find((name) => !isBench(name));
  if (unknown !== undefined) throw new Error(`${unknown} is no bench; there are ${Object.keys(benches).join(', ')}`);
  const wanted = Object.keys(benches)
    .filter(isBench)
    .filter((name) => names.length === 0 || names.includes(name));
  for (const name of wanted) {
    process.stderr.write(`bench ${name}\n`);
    if (options.profile) clearProfiles();
    const report = await benches[name](options);
    const profiles = options.profile ? { [`profiles in ${profileFolder}`]: topOfProfiles() } : {};
    const whole = { ...report, facts: { ...report.facts, ...profiles } };
    keep(name, options, whole);
    printReport(name, machine(), whole);
    if (report.faults.length > 0) process.exitCode = 1;
  }
  process.stdout.write('\nwritten to loadtest/results/bench.json\n');
}

/** Each bench replaces its own earlier result and leaves the others. */
function keep(name: BenchName, options: BenchOptions, report: BenchReport): void {
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>) : {};
  mkdirSync(join(file, '..'), { recursive: true });
  const result = { at: new Date().toISOString(), machine: machine(), options, ...report };
  writeFileSync(file, `${JSON.stringify({ ...known, [name]: result }, null, 2)}\n`);
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

/** What drizzle throws names the statement; why it failed is the cause. */
function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${sentenceOf(error.cause)}`;
}

// By their default, signals would end this process alone; leaving by `exit` takes along the servers that it has started.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(name, () => process.listenerCount(name) === 1 && process.exit(130));

main().catch((error: unknown) => {
  process.stderr.write(`${sentenceOf(error)}\n`);
  process.exitCode = 2;
});
