import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryFolder } from '../deploy/local/places.ts';
import { sizingPage, sizingSchema } from './sizing/sizing-page.ts';

/**
 * `npm run sizing`: computes `docs/measurements/sizing.md` from the last result of `npm run bench -- surge`. No figure of it is typed by hand.
 */
const source = join(repositoryFolder, 'loadtest/results/bench.json');

if (!existsSync(source)) throw new Error('There is no result yet. Run: npm run bench -- surge');
const { surge } = sizingSchema.parse(JSON.parse(readFileSync(source, 'utf8')));
writeFileSync(join(repositoryFolder, 'docs/measurements/sizing.md'), sizingPage(surge));
process.stdout.write('written to docs/measurements/sizing.md\n');
