import { setTimeout as pause } from 'node:timers/promises';
import { createColumns } from './columns.ts';
import { type Cell, judge, recoverySeconds } from './judge.ts';
import { type MatrixRow, matrixRows } from './matrix-rows.ts';
import { faultsAfter } from './settle.ts';
import { startSteadyLoad } from './steady-load.ts';
import { openDrillWorld } from './world.ts';

export type MatrixReport = {
  readonly cells: readonly Cell[];
  readonly recovery: readonly { readonly row: string; readonly seconds: number | undefined }[];
  /** Faults found afterwards. */
  readonly faults: readonly string[];
  readonly requests: number;
};

const warmUpMs = 4000;
const usualMs = 4000;
const recoverWithinMs = 10_000;

/**
 * Breaks one part after another under a steady load, each for some seconds, and compares what people see with the rows of
 * the resiliency matrix. Afterwards everything acknowledged must exist and the books must agree.
 */
export async function drillMatrix(options: {
  rows: readonly string[];
  seconds: number;
  say: (line: string) => void;
}): Promise<MatrixReport> {
  const { say } = options;
  say('starting the stack, the outside world, an API process and a worker');
  const world = await openDrillWorld();
  try {
    const columns = createColumns(world);
    const load = startSteadyLoad(world.url, columns);
    await pause(warmUpMs);
    const cells: Cell[] = [];
    const recovery: { row: string; seconds: number | undefined }[] = [];
    for (const row of options.rows.map((name) => matrixRows[name]).filter(isRow)) {
      const before = { from: load.now(), to: load.now() + usualMs };
      await pause(usualMs);
      say(`${row.name} stands still for ${options.seconds} s`);
      const from = load.now();
      await row.breakIt(world);
      await pause(options.seconds * 1000);
      const during = { from, to: load.now() };
      await row.mend(world);
      await pause(recoverWithinMs + 1000);
      recovery.push({ row: row.name, seconds: recoverySeconds(columns, load.seen, during.to, load.now()) });
      cells.push(...judge(row, columns, load.seen, before, during));
    }
    await load.stop();
    say('waiting for what was put off, and auditing');
    const slow = recovery
      .filter(({ seconds }) => seconds === undefined)
      .map(({ row }) => `${row}: not well after 10 s`);
    return { cells, recovery, faults: [...slow, ...(await faultsAfter(world, columns))], requests: load.seen.length };
  } finally {
    await world.close();
  }
}

function isRow(row: MatrixRow | undefined): row is MatrixRow {
  return row !== undefined;
}
