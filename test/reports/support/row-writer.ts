import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { csvFile } from '../../../src/reports/making/csv-file.ts';
import type { Cell, OutputColumn } from '../../../src/reports/making/read-rows.ts';
import { xlsxFile } from '../../../src/reports/making/xlsx-file.ts';

/** Writes invented rows into nothing, and reports its peak memory. */

export type RowsToWrite = {
  readonly format: 'csv' | 'xlsx';
  readonly rows: number;
  /** The control: keeps all rows, as a writer that builds the whole file would. */
  readonly isHeld: boolean;
};

const columns: OutputColumn[] = Array.from({ length: 16 }, (_, index) => ({
  name: `column_${index}`,
  type: index === 0 ? 'number' : index === 1 ? 'local_time' : 'text',
}));
const rowsPerPage = 250;

async function* pagesOf({ rows, isHeld }: RowsToWrite): AsyncGenerator<Cell[][], void> {
  const held: Cell[][][] = [];
  for (let first = 0; first < rows; first += rowsPerPage) {
    const page = Array.from({ length: rowsPerPage }, (_, row) =>
      columns.map(({ type }, index): Cell => {
        if (type === 'number') return first + row;
        return type === 'local_time' ? '2027-03-20T19:00:00' : `Ayu Lestari ${first + row} ${index}`;
      }),
    );
    if (isHeld) held.push(page);
    yield page;
    // As between two queries.
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (isHeld && held.length === 0) throw new Error('nothing was held');
}

async function write(task: RowsToWrite): Promise<{ peakMiB: number; bytes: number }> {
  // Resets the peak, which loading the program has set.
  writeFileSync('/proc/self/clear_refs', '5');
  const pages = pagesOf(task);
  const pieces = task.format === 'csv' ? csvFile(columns, pages) : xlsxFile('rows', columns, pages);
  let bytes = 0;
  for await (const piece of pieces) bytes += piece.length;
  const kibibytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return { peakMiB: Math.round(Number(kibibytes) / 1024), bytes };
}

process.once('message', (task: RowsToWrite) => {
  write(task).then(
    (written) => process.send?.(written),
    () => process.exit(1),
  );
});
