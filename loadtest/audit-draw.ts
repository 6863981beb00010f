import { auditDraw } from './audit-draw/audit-draw.ts';
import { readOptions, usage } from './audit-draw/options.ts';
import { exitCodeOf, verdictTable } from './audit-draw/verdicts.ts';
import { stackEnvironment } from './running-stack.ts';

/**
 * `npm run audit:draw -- <event slug>`: repeats the draw of a waiting room from published data, with a separate
 * implementation (docs/features/draw.md), and fails on every deviation.
 */
async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), stackEnvironment()['API_URL'] ?? 'http://localhost:3000');
  if (options === 'help') {
    process.stdout.write(`${usage}\n`);
    return;
  }
  const isTerminal = process.stderr.isTTY;
  const progress = (sentence: string) => {
    if (isTerminal) process.stderr.write(`\r\u001b[K${sentence}`);
  };
  const { verdicts, distribution } = await auditDraw(options, progress);
  progress('');
  process.stdout.write(`The draw of ${options.slug} at ${options.url}\n\n${verdictTable(verdicts)}`);
  if (distribution !== undefined)
    process.stdout.write(`\nOrder of joining (rows) and position in the draw (columns), in tenths\n\n${distribution}`);
  process.exitCode = exitCodeOf(verdicts);
  const conclusions = ['Everything that can be checked is correct.', 'The draw is WRONG; see above.', 'Not drawn yet.'];
  process.stdout.write(`\n${conclusions[process.exitCode] ?? ''}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`The draw could not be checked: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
});
