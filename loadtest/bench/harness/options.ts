/** Options of `npm run bench`; see `docs/measurements/benchmarks.md`. */
export type BenchOptions = {
  /** Measured seconds of each run, after two seconds of warm-up. */
  readonly seconds: number;
  /** Number of runs. The median is reported. */
  readonly runs: number;
  /** Orders that are in the tables beforehand, for the bench of growth. */
  readonly rows: number;
  /** Measured minutes of a live drift and of the soak. */
  readonly minutes: number;
  /** Seconds for which the surge is held. */
  readonly holdSeconds: number;
  /** Whether drift and recovery are also measured on the running product, not only simulated. */
  readonly live: boolean;
  /** Whether processes are pinned to cores. */
  readonly pin: boolean;
  /** Whether the API writes CPU profiles, whose top is reported. */
  readonly profile: boolean;
};

export const warmupSeconds = 2;

const defaults = { seconds: 5, runs: 3, rows: 10_000_000, minutes: 10, hold: 300 };
const most = { seconds: 120, runs: 20, rows: 100_000_000, minutes: 120, hold: 3600 };

/** The benches, with one line each. */
export type Benches = Readonly<Record<string, string>>;

/** The help text, which is also shown after an invalid option. */
export function usage(benches: Benches): string {
  const width = Math.max(...Object.keys(benches).map((name) => name.length));
  const lines = Object.entries(benches).map(([name, said]) => `  ${name.padEnd(width)}  ${said}`);
  return `npm run bench -- [names] [options]     all of them when none is named; about an hour
${lines.join('\n')}
Options
  --seconds ${defaults.seconds}       measured seconds of each run, after ${warmupSeconds} of warm-up
  --runs ${defaults.runs}          runs of each measurement; the median is reported
  --rows ${defaults.rows}   orders in the tables beforehand (growth, holds, reports)
  --live            drift and recovery on the running product too, not only simulated
  --minutes ${defaults.minutes}      of a live drift and of the soak
  --hold ${defaults.hold}        seconds for which the highest rate of the surge is held
  --no-pin          do not pin processes to cores
  --profile         CPU profiles of the API into loadtest/results/profiles, their top into the report
What each measures and how to read it: docs/measurements/benchmarks.md`;
}

/**
 * Parses names and options such as `orders reads --seconds 5 --runs 3 --rows 10000000 --no-pin --profile`; `help` if asked
 * for. Without names, all benches.
 * @throws Error with a sentence for the user
 */
export function readArguments(
  given: readonly string[],
  benches: Benches,
): { names: readonly string[]; options: BenchOptions } | 'help' {
  const names: string[] = [];
  const numbers = { ...defaults };
  let pin = true;
  let profile = false;
  let live = false;
  for (let index = 0; index < given.length; index += 1) {
    const word = given[index] ?? '';
    const flag = word.slice(2);
    if (word === '--help' || word === '-h') return 'help';
    if (!word.startsWith('-')) names.push(word);
    else if (word === '--no-pin') pin = false;
    else if (word === '--profile') profile = true;
    else if (word === '--live') live = true;
    else if (word.startsWith('--') && isNumberFlag(flag)) {
      index += 1;
      numbers[flag] = readNumber(flag, given[index]);
    } else throw new Error(`${word} is not an option.\n\n${usage(benches)}`);
  }
  const unknown = names.find((name) => !Object.hasOwn(benches, name));
  if (unknown !== undefined) throw new Error(`There is no bench "${unknown}".\n\n${usage(benches)}`);
  const wanted = Object.keys(benches).filter((name) => names.length === 0 || names.includes(name));
  const { hold: holdSeconds, ...rest } = numbers;
  return { names: wanted, options: { ...rest, holdSeconds, pin, profile, live } };
}

function readNumber(flag: keyof typeof defaults, text: string | undefined): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > most[flag])
    throw new Error(`--${flag} takes a whole number from 1 to ${most[flag]}`);
  return value;
}

function isNumberFlag(flag: string): flag is keyof typeof defaults {
  return Object.hasOwn(defaults, flag);
}
