/** What `npm run bench` can be told; see `docs/benchmarks.md`. */
export type BenchOptions = {
  /** Measured seconds of each run, after two seconds of warm-up. */
  readonly seconds: number;
  /** Runs of which the middle one is reported. */
  readonly runs: number;
  /** Orders that lie in the tables already, for the bench of growth. */
  readonly rows: number;
  /** Whether processes are tied to cores. */
  readonly pin: boolean;
  /** Whether the API writes a CPU profile, whose top is reported. */
  readonly profile: boolean;
};

export const warmupSeconds = 2;

/**
 * Names and options out of `orders reads --seconds 5 --runs 3 --rows 10000000 --no-pin --profile`.
 * @throws Error with a sentence for the person who typed it
 */
export function readArguments(given: readonly string[]): { names: readonly string[]; options: BenchOptions } {
  const names: string[] = [];
  const numbers = { seconds: 5, runs: 3, rows: 10_000_000 };
  const most = { seconds: 120, runs: 20, rows: 100_000_000 };
  let pin = true;
  let profile = false;
  for (let index = 0; index < given.length; index += 1) {
    const word = given[index] ?? '';
    const flag = word.slice(2);
    if (!word.startsWith('--')) names.push(word);
    else if (flag === 'no-pin') pin = false;
    else if (flag === 'profile') profile = true;
    else if (isNumberFlag(flag)) {
      index += 1;
      const value = Number(given[index]);
      if (!Number.isInteger(value) || value < 1 || value > most[flag])
        throw new Error(`--${flag} takes a whole number from 1 to ${most[flag]}`);
      numbers[flag] = value;
    } else throw new Error(`--${flag} is not an option; there are --seconds, --runs, --rows, --no-pin and --profile`);
  }
  return { names, options: { ...numbers, pin, profile } };
}

function isNumberFlag(flag: string): flag is 'seconds' | 'runs' | 'rows' {
  return flag === 'seconds' || flag === 'runs' || flag === 'rows';
}
