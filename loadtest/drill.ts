import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { repositoryFolder } from '../deploy/local/places.ts';
import { type MatrixReport, drillMatrix } from './drills/matrix.ts';
import { matrixRows } from './drills/matrix-rows.ts';

/**
 * `npm run drill`: stops parts of the product under load and compares what people see with the resiliency matrix. Writes
 * `loadtest/results/drill.json` and a table; fails when a cell or the audit does.
 *
 *     npm run drill -- --seconds 20 --rows redis-cache,postgres
 */
const file = join(repositoryFolder, 'loadtest/results/drill.json');
const secondsMax = 300;
const usage = `usage: npm run drill -- [--seconds 1..${secondsMax}] [--rows ${Object.keys(matrixRows).join(',')}]`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { seconds: { type: 'string', default: '20' }, rows: { type: 'string' }, help: { type: 'boolean' } },
  });
  const seconds = Number(values.seconds);
  const rows = values.rows?.split(',') ?? Object.keys(matrixRows);
  const unknown = rows.find((name) => !Object.hasOwn(matrixRows, name));
  if (values.help === true) return void process.stdout.write(`${usage}\n`);
  if (unknown !== undefined || !Number.isInteger(seconds) || seconds < 1 || seconds > secondsMax)
    throw new Error(usage);
  const report = await drillMatrix({ rows, seconds, say: (line) => void process.stderr.write(`  ${line}\n`) });
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ at: new Date().toISOString(), seconds, ...report }, null, 2)}\n`);
  print(report);
  if (report.faults.length > 0 || report.cells.some(({ ok }) => !ok)) process.exitCode = 1;
}

function print({ cells, recovery, faults, requests }: MatrixReport): void {
  const lines = [
    '',
    line('stopped', 'what people do', 'expected', 'ok', 'seen'),
    line('-'.repeat(18), '-'.repeat(14), '-'.repeat(9), '---', '----'),
    ...cells.map(({ row, column, expected, ok, seen }) => line(row, column, expected, ok ? 'yes' : 'NO', seen)),
    '',
    ...recovery.map(
      ({ row, seconds }) => `${row}: all as before ${seconds === undefined ? 'NEVER' : `after ${seconds} s`}`,
    ),
    `${requests} requests; ${faults.length === 0 ? 'everything acknowledged is there, the audit is clean' : 'FAULTS:'}`,
    ...faults.map((fault) => `  ${fault}`),
    'written to loadtest/results/drill.json',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function line(row: string, column: string, expected: string, ok: string, seen: string): string {
  return `${row.padEnd(18)} ${column.padEnd(14)} ${expected.padEnd(9)} ${ok.padEnd(3)} ${seen}`;
}

// By default a signal would end only this process. Leaving by `exit` also stops the servers.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(name, () => process.listenerCount(name) === 1 && process.exit(130));

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
});
