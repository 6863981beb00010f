import { parseArgs } from 'node:util';
import type { DrillOptions } from './drill.ts';

const defaults = { rows: 1_000_000, seconds: 20, seed: 1, seeds: 1 };
const most = {
  orders: 200_000,
  minutes: 60,
  rows: 10_000_000,
  seconds: 300,
  rounds: 10_000_000,
  seed: 999,
  seeds: 100,
};

/** How long a drill may take, with all its runs. */
export type TimeLimits = { readonly minutes: number };

/**
 * The drills of `--large`, which run once each at their full size with only the fault, and the minutes that each may
 * take.
 */
const large: Readonly<Record<string, number>> = {
  'redis-queue-flushed': 4,
  'redis-queue-full': 4,
  'worker-kills': 9,
  chaos: 9,
  backlog: 15,
};
/** `--nightly`: many small runs, each night with new seeds. */
const nightly = { orders: 200, minutes: 0.3, rows: 50_000, rounds: 1000, seeds: 20 };
const dayMs = 86_400_000;
/** Of each run of all other drills. */
const runMinutesMax = 25;
const runsPerSeedMax = 3;

export type Asked = {
  readonly names: readonly string[];
  readonly options: DrillOptions;
  /** This process is the one that runs the drill. */
  readonly isHere: boolean;
  limitsOf(name: string): TimeLimits;
};

/** The help text, which is also shown after an invalid option. */
export function usage(drills: Readonly<Record<string, { readonly fault: string }>>): string {
  const width = Math.max(...Object.keys(drills).map((name) => name.length));
  const lines = Object.entries(drills).map(([name, { fault }]) => `  ${name.padEnd(width)}  ${fault}`);
  return `npm run drills -- [names] [options]     all of them when none is named
${lines.join('\n')}
Options
  --orders N     orders of each run; the full size of the drill when missing
  --minutes N    minutes in which they are placed, may be a fraction
  --seed N       ${defaults.seed}; what else is random follows from it
  --seeds N      ${defaults.seeds}; so many seeds, from --seed on
  --no-control   leave out the runs without the fault
  --no-mutant    leave out the runs with the guard removed
  --rows N       ${defaults.rows}; rows of the outbox (backlog)
  --seconds N    ${defaults.seconds}; for which each part stands still (matrix)
  --parts a,b    the parts that stand still (matrix)
  --rounds N     tickets, codes or evenings (door-gates, door-codes, door-offline); the full size of the drill when missing
  --large        ${Object.keys(large).join(', ')}, or those of them that are named: once each, at their full size,
                 without control and mutant; ${Object.values(large).reduce((sum, minutes) => sum + minutes, 0)} min at most
  --nightly      ${nightly.seeds} seeds, others each day, of ${nightly.orders} orders in ${nightly.minutes} min (${nightly.rows} rows, ${nightly.rounds} rounds), unless options say otherwise
  --document     runs nothing, writes the last results of this machine into docs/measurements/drills.md
What each does, and what was seen last: docs/measurements/drills.md`;
}

/**
 * Reads names and options.
 * @returns `help` or `document` if asked for; all drills when none is named
 * @throws Error with a sentence for the user
 */
export function readOptions(
  given: readonly string[],
  drills: Readonly<Record<string, { readonly fault: string }>>,
  parts: readonly string[],
  now = Date.now(),
): Asked | 'help' | 'document' {
  const { values, positionals } = parseArgs({
    args: [...given],
    allowPositionals: true,
    allowNegative: true,
    options: {
      orders: { type: 'string' },
      minutes: { type: 'string' },
      rows: { type: 'string' },
      seconds: { type: 'string' },
      seed: { type: 'string' },
      seeds: { type: 'string' },
      parts: { type: 'string' },
      rounds: { type: 'string' },
      control: { type: 'boolean', default: true },
      mutant: { type: 'boolean', default: true },
      large: { type: 'boolean', default: false },
      nightly: { type: 'boolean', default: false },
      here: { type: 'boolean', default: false },
      document: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return 'help';
  if (values.document === true) return 'document';
  const unknown = positionals.find((name) => !Object.hasOwn(drills, name));
  if (unknown !== undefined) throw new Error(`There is no drill "${unknown}".\n\n${usage(drills)}`);
  const wantedParts = values.parts?.split(',') ?? parts;
  const unknownPart = wantedParts.find((name) => !parts.includes(name));
  if (unknownPart !== undefined) throw new Error(`--parts takes ${parts.join(',')}`);
  if (values.large && values.nightly) throw new Error('--large and --nightly are two sets: ask for one of them');
  const set = values.nightly ? nightly : undefined;
  const seeds = whole('seeds', values.seeds) ?? set?.seeds ?? defaults.seeds;
  const seed = whole('seed', values.seed) ?? (values.nightly ? seedOfDay(now, seeds) : defaults.seed);
  const all = values.large ? Object.keys(large) : Object.keys(drills);
  const notLarge = positionals.find((name) => !all.includes(name));
  if (notLarge !== undefined) throw new Error(`"${notLarge}" has no large size. --large takes ${all.join(', ')}`);
  return {
    isHere: values.here,
    limitsOf: (name) => ({
      minutes: (values.large ? large[name] : undefined) ?? runMinutesMax * runsPerSeedMax * seeds,
    }),
    names: positionals.length === 0 ? all : all.filter((name) => positionals.includes(name)),
    options: {
      orders: whole('orders', values.orders) ?? set?.orders,
      minutes: fraction('minutes', values.minutes) ?? set?.minutes,
      rows: whole('rows', values.rows) ?? set?.rows ?? defaults.rows,
      seconds: whole('seconds', values.seconds) ?? defaults.seconds,
      parts: wantedParts,
      rounds: whole('rounds', values.rounds) ?? set?.rounds,
      seeds: Array.from({ length: seeds }, (_, index) => seed + index),
      control: values.control && !values.large,
      mutant: values.mutant && !values.large,
      isLarge: values.large,
    },
  };
}

/** The first of the day's seeds; after many days they repeat. */
function seedOfDay(now: number, seeds: number): number {
  const days = Math.floor(most.seed / seeds);
  return 1 + (Math.floor(now / dayMs) % days) * seeds;
}

/** The options as they are written on the command line. */
export function argumentsOf(options: DrillOptions): string[] {
  const { orders, minutes, rows, seconds, parts, rounds, seeds, control, mutant, isLarge } = options;
  return [
    ...(orders === undefined ? [] : ['--orders', String(orders)]),
    ...(minutes === undefined ? [] : ['--minutes', String(minutes)]),
    ...(rounds === undefined ? [] : ['--rounds', String(rounds)]),
    `--rows=${rows}`,
    `--seconds=${seconds}`,
    `--parts=${parts.join(',')}`,
    `--seed=${seeds[0]}`,
    `--seeds=${seeds.length}`,
    ...(control ? [] : ['--no-control']),
    ...(mutant ? [] : ['--no-mutant']),
    ...(isLarge ? ['--large'] : []),
  ];
}

function whole(name: keyof typeof most, text: string | undefined): number | undefined {
  const value = fraction(name, text);
  if (value === undefined || Number.isInteger(value)) return value;
  throw new Error(`--${name} takes a whole number`);
}

function fraction(name: keyof typeof most, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!(value > 0) || value > most[name]) throw new Error(`--${name} takes a number above 0, at most ${most[name]}`);
  return value;
}
