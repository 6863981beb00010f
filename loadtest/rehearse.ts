import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder } from '../deploy/local/places.ts';
import { isInterrupted, sentenceOf } from './bench/harness/interruption.ts';
import { lineChart } from './chart/line-chart.ts';
import { RehearsalRefused, readRehearsal, usage } from './rehearsal/options.ts';
import type { Played } from './rehearsal/opening/play-opening.ts';
import { rehearseEvent } from './rehearsal/rehearse-event.ts';
import { rehearseStaging } from './rehearsal/rehearse-staging.ts';
import { verdictPage } from './rehearsal/verdict/verdict.ts';

/**
 * `npm run rehearse -- --event <slug or id> --people <n>`: sells copies of an event on the running stack to this many
 * people, and reports on one page whether the sale will hold, its first limit, and the machines to run. See
 * `docs/operations.md`.
 */
async function main(): Promise<void> {
  const options = readRehearsal(process.argv.slice(2));
  if (options === 'help') {
    process.stdout.write(`${usage}\n`);
    return;
  }
  const { against } = options;
  const { rehearsal, played } = await (against === undefined
    ? rehearseEvent(options)
    : rehearseStaging(options, against));
  const folder = join(dataFolder, 'rehearsal');
  const name = `${rehearsal.event.slug}-${rehearsal.at.slice(0, 16).replaceAll(':', '-')}`;
  mkdirSync(folder, { recursive: true });
  const chart = played === undefined ? undefined : `${name}.svg`;
  if (chart !== undefined && played !== undefined) writeFileSync(join(folder, chart), chartOf(played));
  const page = verdictPage({ ...rehearsal, chart });
  writeFileSync(join(folder, `${name}.md`), page);
  process.stdout.write(`\n${page}\nwritten to ${join(folder, `${name}.md`)}\n`);
  if ((rehearsal.auditFaults?.length ?? 0) > 0) process.exitCode = 1;
}

function chartOf({ offered, answered, opening }: Played): string {
  return lineChart({
    title: `The opening with ${opening.people.toLocaleString('en')} people`,
    xLabel: 'seconds since the opening',
    yLabel: 'requests per second',
    series: [
      { name: 'offered', points: offered },
      { name: 'answered', points: answered },
    ],
  });
}

main().then(
  // Kept-alive connections must not hold the process.
  () => process.exit(),
  (error: unknown) => {
    // The handler that ends the copies exits afterwards.
    if (isInterrupted()) return;
    const isRefusal = error instanceof RehearsalRefused;
    process.stderr.write(`${isRefusal ? error.message : `The rehearsal failed: ${sentenceOf(error)}`}\n`);
    process.exit(isRefusal ? 2 : 1);
  },
);
