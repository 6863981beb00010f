import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { benchOrders } from './bench/orders.ts';
import { benchReads } from './bench/reads.ts';
import type { BenchOptions, BenchReport } from './bench/report.ts';
import { printReport } from './bench/report.ts';

/**
 * `npm run bench -- orders|reads [--seconds 5] [--runs 3] [--connections 128]`: measures a path against its control in the same
 * run, and writes `loadtest/results/<name>.json` and a table.
 */
const benches: Readonly<Record<string, (options: BenchOptions) => Promise<BenchReport>>> = {
  orders: benchOrders,
  reads: benchReads,
};

async function main(): Promise<void> {
  const [name = '', ...rest] = process.argv.slice(2);
  const bench = benches[name];
  if (bench === undefined) {
    process.stderr.write(`Which bench? npm run bench -- ${Object.keys(benches).join(' | ')}\n`);
    process.exitCode = 1;
    return;
  }
  const options = readOptions(rest);
  const report = await bench(options);
  const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, memoryGiB: Math.round(totalmem() / 2 ** 30), node: process.version };
  mkdirSync('loadtest/results', { recursive: true });
  const file = `loadtest/results/${name}.json`;
  writeFileSync(file, `${JSON.stringify({ bench: name, at: new Date().toISOString(), machine, options, ...report }, null, 2)}\n`);
  printReport(name, machine, report);
  process.stdout.write(`\nwritten to ${file}\n`);
  process.exitCode = report.faults.length === 0 ? 0 : 1;
}

function readOptions(given: readonly string[]): BenchOptions {
  const number = (flag: string, fallback: number, max: number) => {
    const index = given.indexOf(`--${flag}`);
    const value = index < 0 ? fallback : Number(given[index + 1]);
    if (!Number.isInteger(value) || value < 1 || value > max) throw new Error(`--${flag} takes a whole number from 1 to ${max}`);
    return value;
  };
  return { seconds: number('seconds', 5, 120), runs: number('runs', 3, 20), connections: number('connections', 128, 2000) };
}

await main();
