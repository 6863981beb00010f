import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryFolder } from '../deploy/local/places.ts';
import { sizingPage, sizingSchema } from './sizing/sizing-page.ts';
import { takeNoArguments } from '../deploy/local/no-arguments.ts';

/**
 * `npm run sizing`: computes `docs/measurements/sizing.md` from the last result of `npm run bench -- surge`. No figure of it is typed by hand.
 */
const source = join(repositoryFolder, 'loadtest/results/bench.json');

/** @returns why the page cannot be written; undefined once it is */
function write(): string | undefined {
  const results: unknown = existsSync(source) ? JSON.parse(readFileSync(source, 'utf8')) : {};
  const parsed = sizingSchema.safeParse(results);
  if (!parsed.success) return 'there is no result of the surge yet. Run: npm run bench -- surge';
  writeFileSync(join(repositoryFolder, 'docs/measurements/sizing.md'), sizingPage(parsed.data.surge));
  return undefined;
}

takeNoArguments('sizing', 'Computes docs/measurements/sizing.md from the last result of npm run bench -- surge.');
const refusal = write();
if (refusal === undefined) process.stdout.write('written to docs/measurements/sizing.md\n');
else {
  process.stderr.write(`sizing: ${refusal}\n`);
  process.exitCode = 2;
}
