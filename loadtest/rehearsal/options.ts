import { parseArgs } from 'node:util';

/** A rehearsal that cannot begin. The message says why and what to do. */
export class RehearsalRefused extends Error {}

export type RehearsalOptions = {
  /** Slug or id of the event whose sale is rehearsed. */
  readonly event: string;
  /** People who come to the sale. */
  readonly people: number;
  /** Measured seconds of each rate, after two of warm-up. */
  readonly seconds: number;
  /** Seconds of the opening that are played. */
  readonly opening: number;
  /** The staging copy to rehearse against; default: the stack of this folder. */
  readonly against?: URL;
  /** The sandbox at which the staging copy pays. Without it nobody pays there. */
  readonly sandbox?: URL;
};

/** The bounds of every number, and its default. */
const bounds = {
  people: { min: 10, max: 1_000_000, default: undefined },
  seconds: { min: 2, max: 120, default: 15 },
  // Everybody who comes in the first rush is on the page by the end of the first minute.
  opening: { min: 10, max: 600, default: 90 },
} as const;

export const usage = `npm run rehearse -- --event <slug or id> --people <n> [options]
  --event <slug or id>   the event whose sale is rehearsed; it is copied and never touched
  --people <n>           people who come to the sale (${bounds.people.min} to ${bounds.people.max})
  --seconds <${bounds.seconds.default}>         measured seconds of each rate (${bounds.seconds.min} to ${bounds.seconds.max})
  --opening <${bounds.opening.default}>         seconds of the opening that are played (${bounds.opening.min} to ${bounds.opening.max})
  --against <address>    a staging copy elsewhere that says it is for rehearsals (REHEARSALS_ALLOWED); needs REHEARSAL_TOKEN
  --sandbox <address>    with --against: the sandbox at which the copy pays; without it nobody pays
  --plain-http           with --against: lets the token and the orders of a copy elsewhere go over http
Without --against the stack must run from this folder (npm start, or npm start -- --edge) and pay at the sandbox. REHEARSAL_TOKEN is the API key of the
event's organiser, with the role of a manager; without it the demo organiser is taken. See docs/operations.md, "Rehearsing a sale".`;

/**
 * Reads the command line; `help` if asked for.
 * @throws RehearsalRefused with a sentence and the usage
 */
export function readRehearsal(given: readonly string[]): RehearsalOptions | 'help' {
  const { event, help, against, sandbox, 'plain-http': isPlainAllowed = false, ...numbers } = parse(given);
  if (help === true) return 'help';
  if (event === undefined || event === '') throw new RehearsalRefused(`--event is missing.\n\n${usage}`);
  if (!/^[A-Za-z0-9_-]{1,80}$/.test(event))
    throw new RehearsalRefused(`--event takes the slug or the id of an event.\n\n${usage}`);
  if (against === undefined && (sandbox !== undefined || isPlainAllowed))
    throw new RehearsalRefused(`--sandbox and --plain-http mean something with --against only.\n\n${usage}`);
  return {
    event,
    ...(against === undefined ? {} : { against: readAddress('against', against, isPlainAllowed) }),
    ...(sandbox === undefined ? {} : { sandbox: readAddress('sandbox', sandbox, isPlainAllowed) }),
    people: readNumber('people', numbers.people),
    seconds: readNumber('seconds', numbers.seconds),
    opening: readNumber('opening', numbers.opening),
  };
}

function parse(given: readonly string[]) {
  try {
    return parseArgs({
      args: [...given],
      options: {
        event: { type: 'string' },
        people: { type: 'string' },
        seconds: { type: 'string' },
        opening: { type: 'string' },
        against: { type: 'string' },
        sandbox: { type: 'string' },
        'plain-http': { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new RehearsalRefused(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
}

const loopback = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

function readAddress(name: string, text: string, isPlainAllowed: boolean): URL {
  const address = URL.canParse(text) ? new URL(text) : undefined;
  if (address === undefined || !/^https?:$/.test(address.protocol) || address.href !== `${address.origin}/`)
    throw new RehearsalRefused(`--${name} takes an address without a path, such as https://staging.example.`);
  if (address.protocol === 'http:' && !loopback.test(address.hostname) && !isPlainAllowed)
    throw new RehearsalRefused(
      `--${name} is not encrypted: the token and the orders could be read on the way. Take https, or add --plain-http.`,
    );
  return address;
}

function readNumber(name: keyof typeof bounds, text: string | undefined): number {
  const { min, max, default: fallback } = bounds[name];
  const value = text === undefined ? fallback : Number(text);
  if (value === undefined) throw new RehearsalRefused(`--${name} is missing.\n\n${usage}`);
  if (!Number.isInteger(value) || value < min || value > max)
    throw new RehearsalRefused(`--${name} takes a whole number from ${min} to ${max}.`);
  return value;
}
