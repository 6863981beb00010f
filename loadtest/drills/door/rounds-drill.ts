import { say } from '../../bench/harness/stack.ts';
import { type Drill, type DrillRun, type Variant, variantsOf } from '../drill.ts';
import type { Mutant } from '../world/mutants.ts';

export type RoundsOf = {
  readonly variant: Variant;
  readonly seed: number;
  readonly rounds: number;
  /** The guard that is missing in this run. */
  readonly mutant: Mutant | undefined;
};

export type Seen = Pick<DrillRun, 'proofs' | 'rows' | 'faults' | 'facts'>;

/** A drill that repeats one short scene many times. */
export type RoundsDrill = Omit<Drill, 'run'> & {
  /** The full size. */
  readonly rounds: number;
  readonly runRounds: (given: RoundsOf) => Promise<Seen>;
};

/** Control and mutant must show their effect in this many of the rounds. */
const smallShare = 0.05;

/** Progress and the first faults are enough; a thousand lines say no more. */
export const faultsShownMax = 5;

export function roundsDrill({ rounds: fullSize, runRounds, ...described }: RoundsDrill): Drill {
  return {
    ...described,
    run: async (options) => {
      const runs: DrillRun[] = [];
      const rounds = options.rounds ?? fullSize;
      for (const seed of options.seeds)
        for (const variant of variantsOf(options, seed)) {
          const own = variant === 'fault' ? rounds : Math.ceil(rounds * smallShare);
          say(`${variant}, seed ${seed}: ${own} rounds`);
          const started = performance.now();
          const mutant = variant === 'mutant' ? described.mutant : undefined;
          const seen = await runRounds({ variant, seed, rounds: own, mutant });
          runs.push({ variant, seed, seconds: Math.round((performance.now() - started) / 1000), ...seen });
          options.onRun?.(runs);
        }
      return runs;
    },
  };
}
