import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { nodeArguments } from '../../deploy/local/stack/node-arguments.ts';
import type { RowsToWrite } from './support/row-writer.ts';

/** Guards that the memory of a file does not grow with its rows. `npm run bench -- reports` does the same with a million rows of the database. */

const few = 20_000;
const many = 120_000;
const ratioMax = 1.3;
const program = fileURLToPath(new URL('support/row-writer.ts', import.meta.url));

async function peakMiB(task: RowsToWrite): Promise<number> {
  const child = fork(program, [], { execArgv: [...nodeArguments] });
  const { peakMiB: peak, bytes } = await new Promise<{ peakMiB: number; bytes: number }>((resolve, reject) => {
    child.once('message', (message) => resolve(message as { peakMiB: number; bytes: number }));
    child.once('exit', (code) => reject(new Error(`the writer ended with ${code}`)));
    child.send(task);
  });
  child.disconnect();
  expect(bytes).toBeGreaterThan(task.rows);
  return peak;
}

test.each(['csv', 'xlsx'] as const)(
  'a %s file of six times the rows takes no more memory',
  async (format) => {
    const small = await peakMiB({ format, rows: few, isHeld: false });
    expect(await peakMiB({ format, rows: many, isHeld: false })).toBeLessThanOrEqual(small * ratioMax);
    // The control: held rows are seen by the measure.
    expect(await peakMiB({ format, rows: many, isHeld: true })).toBeGreaterThan(small * ratioMax);
  },
  120_000,
);
