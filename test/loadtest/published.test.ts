import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repositoryFolder } from '../../deploy/local/places.ts';
import { resultsPage, resultsSchema, withFigures } from '../../loadtest/publish/results-page.ts';
import { sizingPage, sizingSchema } from '../../loadtest/sizing/sizing-page.ts';
import { sha256Hex } from '../../src/platform/crypto.ts';

/** Published figures are those of the committed results. To change one, run `npm run bench:publish`. */
const docs = join(repositoryFolder, 'docs/measurements');
const read = (file: string) => readFileSync(join(docs, file), 'utf8');
const committed: unknown = JSON.parse(read('results/bench.json'));
const results = resultsSchema.parse(committed);

test('the page of results is written from the committed results', () => {
  expect(read('results.md')).toBe(resultsPage(results));
});

test('the figures of the README are those of the committed results', () => {
  const readme = readFileSync(join(repositoryFolder, 'README.md'), 'utf8');
  expect(readme).toMatch(/\d+ cores .* holds [\d,]+ requests\/s/);
  expect(readme).toBe(withFigures(readme, results));
});

test('the page of sizes is computed from the committed result of the surge', () => {
  expect(read('sizing.md')).toBe(sizingPage(sizingSchema.parse(committed).surge));
});

test('each chart is the one that was published with its result, and there is no other', () => {
  const published = Object.assign({}, ...Object.values(results).map(({ chartHashes }) => chartHashes ?? {}));
  const charts = readdirSync(join(docs, 'results')).filter((file) => file.endsWith('.svg'));
  expect(Object.fromEntries(charts.map((file) => [file, sha256Hex(read(`results/${file}`))]))).toEqual(published);
});
