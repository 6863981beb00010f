import { setTimeout as pause } from 'node:timers/promises';
import { say } from '../../bench/harness/stack.ts';
import { type DrillOptions, type DrillRun, type Proof, type Variant, variantsOf } from '../drill.ts';
import type { Mutant } from '../world/mutants.ts';
import { createColumns } from './columns.ts';
import { type Cell, judge, recoverySeconds } from './judge.ts';
import { matrixRows } from './matrix-rows.ts';
import { faultsAfter, untilCalm } from './settle.ts';
import { startSteadyLoad } from './steady-load.ts';
import { openMatrixWorld } from './open-matrix-world.ts';

const warmUpMs = 4000;
const usualMs = 4000;
const recoverWithinMs = 10_000;

export const withoutLastGood: Mutant = {
  without: 'public reads send their last good bytes while Postgres does not answer',
  edits: [{ file: 'src/http/public-cache/entry.ts', text: 'lastGoodMs = 5 * 60_000', instead: 'lastGoodMs = 0' }],
};
/** Enough to notice the mutant: its guard is for a Postgres that stands still. */
const forMutant = { parts: ['postgres'], secondsMax: 10 } as const;

export async function drillMatrix(options: DrillOptions): Promise<readonly DrillRun[]> {
  const [seed = 1] = options.seeds;
  const runs: DrillRun[] = [];
  // The seconds before each fault are its control.
  for (const variant of variantsOf({ ...options, control: false }, seed)) {
    const { parts, secondsMax } = variant === 'mutant' ? forMutant : { parts: options.parts, secondsMax: Infinity };
    runs.push(await runOnce(variant, seed, { parts, seconds: Math.min(options.seconds, secondsMax) }));
    options.onRun?.(runs);
  }
  return runs;
}

/**
 * Breaks one part after another under a steady load, each for some seconds, and compares the answers with the rows of
 * the resiliency matrix. Afterwards everything acknowledged must exist and the books must agree.
 */
async function runOnce(
  variant: Variant,
  seed: number,
  { parts, seconds }: Pick<DrillOptions, 'parts' | 'seconds'>,
): Promise<DrillRun> {
  const started = performance.now();
  say('starting the stack, the outside world, an API process and a worker');
  const world = await openMatrixWorld(seed, variant === 'mutant' ? withoutLastGood : undefined);
  try {
    const columns = createColumns(world);
    const load = startSteadyLoad(world.url, columns);
    await pause(warmUpMs);
    const cells: Cell[] = [];
    const recoveries: string[] = [];
    const proofs: Proof[] = [];
    const faults: string[] = [];
    for (const row of parts.map((name) => matrixRows[name]).filter((one) => one !== undefined)) {
      await untilCalm(world);
      const before = { from: load.now(), to: load.now() + usualMs };
      await pause(usualMs);
      say(`${row.name} stands still for ${seconds} s`);
      proofs.push({ what: `${row.name} stood still`, times: await row.breakIt(world) });
      // Not earlier: on a busy machine it takes a while until all its processes are stopped.
      const from = load.now();
      await pause(seconds * 1000);
      const during = { from, to: load.now() };
      await row.mend(world);
      await pause(recoverWithinMs + 1000);
      const recovered = recoverySeconds(columns, load.seen, during.to, load.now());
      if (recovered === undefined) faults.push(`${row.name}: not well after ${recoverWithinMs / 1000} s`);
      recoveries.push(`${row.name} ${recovered ?? 'never'}`);
      cells.push(...judge(row, columns, load.seen, before, during));
    }
    await load.stop();
    say('waiting for what was put off, and auditing');
    faults.push(
      ...cells
        .filter(({ ok }) => !ok)
        .map(({ row, column, expected, seen }) => `${row}, ${column}: ${expected} was expected: ${seen}`),
      ...(await faultsAfter(world, columns)),
    );
    return {
      variant,
      seed,
      seconds: Math.round((performance.now() - started) / 1000),
      proofs,
      rows: [],
      faults,
      facts: {
        requests: load.seen.length,
        'seconds until all was as before': recoveries.join(', '),
        ...Object.fromEntries(
          cells.map(({ row, column, expected, seen }) => [`${row}, ${column} (${expected})`, seen]),
        ),
      },
    };
  } finally {
    await world.close();
  }
}
