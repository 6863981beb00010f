import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { repositoryFolder } from '../deploy/local/places.ts';
import { sha256Hex } from '../src/platform/crypto.ts';
import { type Results, chartsOf, resultsPage, resultsSchema, withFigures } from './publish/results-page.ts';
import { sizingPage, sizingSchema } from './sizing/sizing-page.ts';
import { takeNoArguments } from '../deploy/local/no-arguments.ts';

/**
 * `npm run bench:publish`: writes the last results of `npm run bench` into `docs/measurements/results`, with their charts,
 * and from them `docs/measurements/results.md`, `docs/measurements/sizing.md` and the figures of `README.md`. No figure is typed by hand:
 * `test/loadtest/published.test.ts` writes all of them again and compares.
 */
const source = join(repositoryFolder, 'loadtest/results/bench.json');
const docs = join(repositoryFolder, 'docs/measurements');
const folder = join(docs, 'results');

takeNoArguments('bench:publish', 'Writes the last results of npm run bench into docs/measurements and README.md.');

if (!existsSync(source)) {
  process.stderr.write('bench:publish: there are no results yet. Run: npm run bench\n');
  process.exit(1);
}
const found: unknown = JSON.parse(readFileSync(source, 'utf8'));
// Otherwise charts of benches that are no longer among the results would remain.
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const results: Results = Object.fromEntries(
  Object.entries(resultsSchema.parse(found)).map(([name, result]) => [
    name,
    { ...result, chartHashes: Object.fromEntries(chartsOf(result.facts).map(publishChart)) },
  ]),
);
writeFileSync(join(folder, 'bench.json'), `${JSON.stringify(results, null, 2)}\n`);
writeFileSync(join(docs, 'results.md'), resultsPage(results));
const readme = join(repositoryFolder, 'README.md');
writeFileSync(readme, withFigures(readFileSync(readme, 'utf8'), results));
const { surge } = sizingSchema.partial().parse(found);
if (surge !== undefined) writeFileSync(join(docs, 'sizing.md'), sizingPage(surge));
process.stdout.write(
  `written to README.md, docs/measurements/results.md${surge === undefined ? '' : ' and docs/measurements/sizing.md'}\n`,
);

function publishChart(chart: string): [file: string, hash: string] {
  const file = basename(chart);
  copyFileSync(join(repositoryFolder, chart), join(folder, file));
  return [file, sha256Hex(readFileSync(join(folder, file), 'utf8'))];
}
