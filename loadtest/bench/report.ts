export type BenchOptions = { readonly seconds: number; readonly runs: number; readonly connections: number };

/** One measured thing: every run, and the run in the middle. */
export type Measurement = {
  readonly name: string;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly runs: readonly {
    readonly perSecond: number;
    readonly p50Ms: number;
    readonly p99Ms: number;
    readonly statuses: Readonly<Record<string, number>>;
  }[];
  /** Figures of the control in the same run, divided into ours. */
  readonly ratio?: number;
  readonly note?: string;
};

export type BenchReport = {
  readonly measurements: readonly Measurement[];
  /** What makes the figures void: counts that do not match, broken invariants. */
  readonly faults: readonly string[];
  readonly facts: Readonly<Record<string, unknown>>;
};

export function median<Item>(items: readonly Item[], by: (item: Item) => number): Item {
  const sorted = [...items].sort((one, other) => by(one) - by(other));
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  if (middle === undefined) throw new Error('nothing was measured');
  return middle;
}

export function printReport(
  name: string,
  machine: { cpu: string; cores: number; node: string },
  report: BenchReport,
): void {
  const lines = [
    `bench ${name} on ${machine.cores} cores (${machine.cpu}), Node ${machine.node}; medians; load generator on the same machine`,
    '',
    row(['what', 'per second', 'p50 ms', 'p99 ms', 'x control', '']),
    row(['-'.repeat(44), '-'.repeat(10), '-'.repeat(8), '-'.repeat(8), '-'.repeat(9), '']),
    ...report.measurements.map((one) =>
      row([
        one.name,
        Math.round(one.perSecond).toLocaleString('en'),
        one.p50Ms.toFixed(1),
        one.p99Ms.toFixed(1),
        one.ratio?.toFixed(2) ?? '',
        one.note ?? '',
      ]),
    ),
    '',
    ...Object.entries(report.facts).map(
      ([key, value]) => `${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
    ),
    ...report.faults.map((fault) => `FAULT: ${fault}`),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function row([what = '', ...cells]: string[]): string {
  const note = cells.pop() ?? '';
  return `${what.padEnd(44)} ${cells.map((cell) => cell.padStart(10)).join(' ')}  ${note}`.trimEnd();
}
