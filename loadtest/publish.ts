import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { repositoryFolder } from '../deploy/local/places.ts';

/**
 * `npm run bench:publish`: writes the last results of `npm run bench` into `docs/results`, with their charts, and `docs/results.md` from
 * them. No figure of it is typed by hand.
 */
const source = join(repositoryFolder, 'loadtest/results/bench.json');
const folder = join(repositoryFolder, 'docs/results');
const target = join(repositoryFolder, 'docs/results.md');

const measurementSchema = z.object({
  name: z.string(),
  perSecond: z.number(),
  p50Ms: z.number(),
  p99Ms: z.number(),
  ratio: z.number().optional(),
  note: z.string().optional(),
  runs: z.array(z.unknown()),
});
const resultSchema = z.object({
  at: z.string(),
  commit: z.string(),
  machine: z.object({ cpu: z.string(), cores: z.number(), node: z.string() }),
  options: z.object({ seconds: z.number() }),
  measurements: z.array(measurementSchema),
  faults: z.array(z.string()),
  facts: z.record(z.string(), z.unknown()),
});
type Result = z.infer<typeof resultSchema>;

/** Facts that are a sentence and belong beside the table. */
const saidFacts = ['machine', 'held', 'goodput past the knee, of the best', 'pinned'];

function sectionOf(name: string, { at, commit, machine, options, measurements, faults, facts }: Result): string {
  const rows = measurements.map(({ name: what, perSecond, p50Ms, p99Ms, ratio, note }) => [
    what.trim(),
    Math.round(perSecond).toLocaleString('en'),
    p50Ms.toFixed(1),
    p99Ms.toFixed(1),
    ratio?.toFixed(2) ?? '',
    note ?? '',
  ]);
  const head = ['what', 'per second', 'p50 ms', 'p99 ms', 'x control', 'more'];
  const table = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  const said = saidFacts.flatMap((fact) => (typeof facts[fact] === 'string' ? [`- ${fact}: ${facts[fact]}`] : []));
  const charts = chartsOf(facts).map((chart) => `![${name}](results/${basename(chart)})`);
  return [
    `## ${name}`,
    '',
    `${at.slice(0, 16).replace('T', ' ')} UTC, commit ${commit}, ${machine.cores} cores (${machine.cpu}), Node ${machine.node}; ${runsOf(measurements)} of ${options.seconds} s unless a row says otherwise.`,
    ...faults.map((fault) => `**Void: ${fault}**`),
    '',
    ...table,
    '',
    ...said,
    ...(charts.length > 0 ? ['', ...charts] : []),
    '',
  ].join('\n');
}

/** Some benches run each measurement once, whatever the options say. */
function runsOf(measurements: Result['measurements']): string {
  const most = Math.max(...measurements.map(({ runs }) => runs.length));
  return most === 1 ? 'one run' : `${most} runs`;
}

function chartsOf({ chart, charts }: Result['facts']): string[] {
  return z.array(z.string()).parse([chart ?? [], charts ?? []].flat());
}

if (!existsSync(source)) throw new Error('There are no results yet. Run: npm run bench');
const results = Object.entries(z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(source, 'utf8')))).map(
  ([name, result]): [string, Result] => [name, resultSchema.parse(result)],
);
mkdirSync(folder, { recursive: true });
for (const [, { facts }] of results)
  for (const chart of chartsOf(facts)) copyFileSync(join(repositoryFolder, chart), join(folder, basename(chart)));
writeFileSync(join(folder, 'bench.json'), `${JSON.stringify(Object.fromEntries(results), null, 2)}\n`);
writeFileSync(
  target,
  `# Results of the benches

Written by \`npm run bench:publish\` from the last results of \`npm run bench\` on one machine, with the load generator on the same cores. Ratios carry over to
other machines; absolute figures do not. \`docs/benchmarks.md\` says what each bench measures and which bar it has.

${results.map(([name, result]) => sectionOf(name, result)).join('\n')}`,
);
process.stdout.write('written to docs/results.md\n');
