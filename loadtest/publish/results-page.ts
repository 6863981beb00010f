import { basename } from 'node:path';
import { z } from 'zod';
import { missedBars, saidCores } from '../bench/harness/report.ts';

const measurementSchema = z.object({
  name: z.string(),
  perSecond: z.number(),
  p50Ms: z.number(),
  p99Ms: z.number(),
  ratio: z.number().optional(),
  note: z.string().optional(),
  bar: z
    .object({
      perSecondMin: z.number().optional(),
      p99MsBelow: z.number().optional(),
      ratioMin: z.number().optional(),
    })
    .optional(),
  cores: z.record(z.string(), z.number()),
  runs: z.array(z.unknown()),
});
export const resultsSchema = z.record(
  z.string(),
  z.object({
    at: z.string(),
    commit: z.string(),
    machine: z.object({ cpu: z.string(), cores: z.number(), node: z.string() }),
    options: z.object({ seconds: z.number() }),
    measurements: z.array(measurementSchema),
    faults: z.array(z.string()),
    facts: z.record(z.string(), z.unknown()),
    /** Hash of each chart by its file, in published results. */
    chartHashes: z.record(z.string(), z.string()).optional(),
  }),
);
export type Results = z.infer<typeof resultsSchema>;
type MeasurementRow = z.infer<typeof measurementSchema>;
type Result = Results[string];

/** Facts that are a sentence, shown beside the table. */
const saidFacts = [
  'machine',
  'held',
  'goodput past the knee, of the best',
  'cores in use while held',
  'memory after the hold, MiB',
  'killed and reconnected',
  'memory with 1000 streams',
  'memory with 10000 idle streams',
  'pinned',
];

function sectionOf(name: string, { at, commit, machine, options, measurements, faults, facts }: Result): string {
  const head = ['what', 'per second', 'p50 ms', 'p99 ms', 'x control', 'bar', 'cores in use', 'more'];
  const rows = measurements.map((one) => [...figuresOf(one), barOf(one), saidCores(one.cores), one.note ?? '']);
  const said = saidFacts.flatMap((fact) => (typeof facts[fact] === 'string' ? [`- ${fact}: ${facts[fact]}`] : []));
  const charts = chartsOf(facts).map((chart) => `![${name}](results/${basename(chart)})`);
  return [
    `## ${name}`,
    '',
    `${at.slice(0, 16).replace('T', ' ')} UTC, commit ${commit}, ${machine.cores} cores (${machine.cpu}), Node ${machine.node}; ${runsOf(measurements)} of ${options.seconds} s unless a row says otherwise.`,
    ...faults.map((fault) => `**Void: ${fault}**`),
    '',
    ...tableOf(head, rows),
    '',
    ...said,
    ...(charts.length > 0 ? ['', ...charts] : []),
    '',
  ].join('\n');
}

const figuresOf = ({ name, perSecond, p50Ms, p99Ms, ratio }: MeasurementRow): string[] => [
  name.trim(),
  Math.round(perSecond).toLocaleString('en'),
  p50Ms.toFixed(1),
  p99Ms.toFixed(1),
  ratio?.toFixed(2) ?? '',
];

function barOf(one: MeasurementRow): string {
  if (one.bar === undefined) return '';
  const missed = missedBars(one);
  return missed.length === 0 ? 'reached' : `missed: ${missed.join('; ')}`;
}

const tableOf = (head: readonly string[], rows: readonly (readonly string[])[]): string[] =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);

/** Some benches run each measurement once, whatever the options say. */
function runsOf(measurements: Result['measurements']): string {
  const most = Math.max(...measurements.map(({ runs }) => runs.length));
  return most === 1 ? 'one run' : `${most} runs`;
}

/** The paths of the charts that a bench has drawn. */
export function chartsOf({ chart, charts }: Result['facts']): string[] {
  return z.array(z.string()).parse([chart ?? [], charts ?? []].flat());
}

/** `docs/measurements/results.md`, from the results of the benches. */
export function resultsPage(results: Results): string {
  const sections = Object.entries(results).map(([name, result]) => sectionOf(name, result));
  return `# Results of the benches

Written by \`npm run bench:publish\` from the last results of \`npm run bench\` on one machine, with the load generator on the same cores. Ratios carry over to
other machines; absolute figures do not. \`docs/measurements/benchmarks.md\` says what each bench measures and which bar it has.

${sections.join('\n')}`;
}

const figuresBlock = /(<!-- figures: npm run bench:publish -->\n)[^]*?(<!-- \/figures -->)/;
const chartsBlock = /(<!-- charts: npm run bench:publish -->\n)[^]*?(<!-- \/charts -->)/;

/** The charts of the README, each with the bench that draws it. */
const shownBenches: readonly string[] = ['surge', 'orders', 'settle'];
const shownCharts = [
  { bench: 'surge', file: 'surge-p95.svg', said: 'a whole sale: p95 by the rate that is offered' },
  { bench: 'orders', file: 'orders-p99.svg', said: 'orders of one hot category: p99 by the number of connections' },
  { bench: 'settle', file: 'settle.svg', said: 'from the order to the mail with its tickets' },
] as const;

/** The README with its figures and charts, from the results of the benches. What has no result stays as it is. */
export function withFigures(readme: string, results: Results): string {
  return withCharts(withHeadline(readme, results), results);
}

function withHeadline(readme: string, { surge }: Results): string {
  const mix = surge?.measurements.find(({ name }) => name.startsWith('the mix, held'));
  const paid = surge?.measurements.find(({ name }) => name.trim() === 'placed to paid, with tickets');
  if (surge === undefined || mix === undefined || paid === undefined) return readme;
  const { cores, cpu } = surge.machine;
  const perSecond = Math.round(mix.perSecond).toLocaleString('en');
  const said = `On ${cores} cores (${cpu}), shared with the load generator, a whole sale (browsing, orders, payments, scans) holds ${perSecond} requests/s:
half of the answers come within ${mix.p50Ms.toFixed(1)} ms, and half of the paid orders have their tickets within ${(paid.p50Ms / 1000).toFixed(1)} s of being placed.
[Results](docs/measurements/results.md) and [sizing](docs/measurements/sizing.md) have the rest.
`;
  return readme.replace(figuresBlock, `$1${said}$2`);
}

/** The figures with a bar of three benches, how many of all reach theirs, and the charts. A bench says more in its section of the results. */
function withCharts(readme: string, results: Results): string {
  const judged = Object.entries(results).flatMap(([bench, { measurements }]) =>
    measurements.filter(({ bar }) => bar !== undefined).map((one) => ({ bench, one })),
  );
  const rows = judged
    .filter(({ bench }) => shownBenches.includes(bench))
    .map(({ bench, one }) => [`[${bench}](docs/measurements/results.md#${bench})`, ...figuresOf(one), barOf(one)]);
  const reached = judged.filter(({ one }) => barOf(one) === 'reached').length;
  const charts = shownCharts.filter(({ bench, file }) =>
    chartsOf(results[bench]?.facts ?? {}).some((chart) => basename(chart) === file),
  );
  const said = [
    ...tableOf(['bench', 'what', 'per second', 'p50 ms', 'p99 ms', 'x control', 'bar'], rows),
    '',
    `These are the sale as a whole, its orders, and what follows an order. Of the ${judged.length} figures of all benches that have a bar, ${reached} reach it:`,
    'the [results](docs/measurements/results.md) have them all.',
    '',
    ...charts.map((chart) => `![${chart.said}](docs/measurements/results/${chart.file})`),
    '',
  ].join('\n');
  return readme.replace(chartsBlock, (_block, begin: string, end: string) => `${begin}${said}${end}`);
}
