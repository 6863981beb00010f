import type { LoadResult } from '../../generator/tally.ts';
import type { ByPart } from './processors.ts';

/** One run in the report; latencies in milliseconds. */
export type Run = {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
  readonly statuses: Readonly<Record<string, number>>;
  /** Cores kept busy by each part of the system and by the load generator. */
  readonly cores: ByPart;
};

/** The results of a load run, with its processor time. */
export type MeasuredRun = LoadResult & { readonly cores: ByPart };

/** The bar of a figure. */
export type Bar = {
  readonly perSecondMin?: number;
  readonly p99MsBelow?: number;
  /** The ratio to the control. */
  readonly ratioMin?: number;
};

/** One measurement: every run, and the median one. */
export type Measurement = Omit<Run, 'statuses'> & {
  readonly name: string;
  readonly runs: readonly Run[];
  /** Ours divided by the control of the same bench run. */
  readonly ratio?: number;
  readonly bar?: Bar;
  readonly note?: string;
};

export type BenchReport = {
  readonly measurements: readonly Measurement[];
  /** Discrepancies that void the figures: wrong counts, broken invariants. */
  readonly faults: readonly string[];
  readonly facts: Readonly<Record<string, unknown>>;
};

export function median<Item>(items: readonly Item[], by: (item: Item) => number): Item {
  const sorted = [...items].sort((one, other) => by(one) - by(other));
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  if (middle === undefined) throw new Error('nothing was measured');
  return middle;
}

export function measurementOf(
  name: string,
  results: readonly MeasuredRun[],
  middleBy: 'perSecond' | 'p99Ms' = 'perSecond',
): Measurement {
  const runs = results.map((result) => ({
    perSecond: result.perSecond,
    p50Ms: result.latencies.percentile(0.5),
    p99Ms: result.latencies.percentile(0.99),
    p999Ms: result.latencies.percentile(0.999),
    maxMs: result.latencies.max,
    statuses: result.statuses,
    cores: Object.fromEntries(Object.entries(result.cores).map(([part, cores]) => [part, Number(cores.toFixed(2))])),
  }));
  const { statuses: _, ...middle } = median(runs, (run) => run[middleBy]);
  return { name, ...middle, runs };
}

/** What a bar judges of a figure. */
type Judged = {
  readonly perSecond: number;
  readonly p99Ms: number;
  readonly ratio?: number | undefined;
  readonly bar?: { readonly [Name in keyof Bar]?: number | undefined } | undefined;
};

/** The bars that a figure missed, in words; empty if it reached all. */
export function missedBars({ bar = {}, ...figure }: Judged): string[] {
  const missed: string[] = [];
  if (bar.perSecondMin !== undefined && figure.perSecond < bar.perSecondMin)
    missed.push(`${Math.round(figure.perSecond)}/s is below ${bar.perSecondMin}/s`);
  if (bar.p99MsBelow !== undefined && figure.p99Ms >= bar.p99MsBelow)
    missed.push(`p99 of ${figure.p99Ms} ms is not below ${bar.p99MsBelow} ms`);
  if (bar.ratioMin !== undefined && (figure.ratio ?? 0) < bar.ratioMin)
    missed.push(`${(figure.ratio ?? 0).toFixed(2)} times the control is below ${bar.ratioMin}`);
  return missed;
}

export type Machine = {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly node: string;
};

export function printReport(name: string, machine: Machine, report: BenchReport): void {
  const lines = [
    '',
    `bench ${name} on ${machine.cores} cores (${machine.cpu}), Node ${machine.node}; medians; load generator on the same machine`,
    '',
    row(['what', 'per second', 'p50 ms', 'p99 ms', 'max ms', 'x control', 'bar', 'cores in use, and more']),
    row(['-'.repeat(nameWidth), ...Array.from({ length: 6 }, () => '-'.repeat(cellWidth)), '']),
    ...report.measurements.map((one) =>
      row([
        one.name,
        Math.round(one.perSecond).toLocaleString('en'),
        one.p50Ms.toFixed(1),
        one.p99Ms.toFixed(1),
        one.maxMs.toFixed(0),
        one.ratio?.toFixed(2) ?? '',
        barWord(one),
        [one.note, saidCores(one.cores)].filter((said) => said !== undefined && said !== '').join('; '),
      ]),
    ),
    '',
    ...Object.entries(report.facts).map(([key, value]) => `${key}: ${saidFact(value)}`),
    ...report.measurements.flatMap((one) => missedBars(one).map((missed) => `MISSED: ${one.name}: ${missed}`)),
    ...report.faults.map((fault) => `FAULT, the figures are void: ${fault}`),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Prints short values on one line, lists and containers on lines of their own. */
function saidFact(value: unknown, indent = '  '): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  if (!Array.isArray(value) && entries.every(([, one]) => typeof one !== 'object'))
    return entries.map(([name, one]) => `${name} ${String(one)}`).join(', ');
  const lines = entries.map(([name, one]) => {
    const said = saidFact(one, `${indent}  `);
    return `\n${indent}${Array.isArray(value) ? said : `${name}: ${said}`}`;
  });
  return lines.join('');
}

/** The cores in use by part, without negligible ones. */
export function saidCores(cores: ByPart): string {
  return Object.entries(cores)
    .filter(([, used]) => used >= leastSaidCores)
    .map(([part, used]) => `${part} ${used.toFixed(2)}`)
    .join(', ');
}

const leastSaidCores = 0.005;
const nameWidth = 74;
const cellWidth = 10;

function barWord(one: Measurement): string {
  if (one.bar === undefined) return '';
  return missedBars(one).length === 0 ? 'reached' : 'MISSED';
}

function row([what = '', ...cells]: string[]): string {
  const note = cells.pop() ?? '';
  return `${what.padEnd(nameWidth)} ${cells.map((cell) => cell.padStart(cellWidth)).join(' ')}  ${note}`.trimEnd();
}
